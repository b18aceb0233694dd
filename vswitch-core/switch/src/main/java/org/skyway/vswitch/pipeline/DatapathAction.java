package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.tables.MeterState;

/// One step of a [DatapathProgram]: what is really done to a packet, after everything that could be
/// decided beforehand has been.
public sealed interface DatapathAction {
    /// Sends the packet as it is now.
    ///
    /// @param port number of a real port
    record Output(int port) implements DatapathAction {}

    /// Sends the packet as it is now, as one of a queue.
    ///
    /// @param port number of a real port that has the queue
    /// @param queue the queue's id, not that of the default one
    record Enqueue(int port, int queue) implements DatapathAction {}

    /// Takes off the next output as many bytes as the packet has too many now. Open vSwitch does it
    /// before the changes to the packet that are still to be made, which may add some.
    ///
    /// @param maxLength bytes; unsigned
    record Truncate(int maxLength) implements DatapathAction {}

    /// Writes header fields; the packet keeps its length.
    ///
    /// @param values flow-key words; only those below
    ///   [org.skyway.openflow.model.FlowKey#PACKET_WORDS] count
    /// @param masks which bits to write
    record Rewrite(long[] values, long[] masks) implements DatapathAction {}

    /// Puts a VLAN tag on, outermost.
    ///
    /// @param etherType its type
    /// @param tci its tag control information
    record PushVlan(int etherType, int tci) implements DatapathAction {}

    /// Takes the outermost VLAN tag off.
    record PopVlan() implements DatapathAction {}

    /// Puts an MPLS label on, outermost.
    ///
    /// @param etherType 0x8847 or 0x8848
    /// @param entry the label stack entry
    record PushMpls(int etherType, int entry) implements DatapathAction {}

    /// Takes the outermost MPLS label off.
    ///
    /// @param etherType what the packet is then
    record PopMpls(int etherType) implements DatapathAction {}

    /// Sends a copy to the controllers.
    ///
    /// @param maxLength how much of it
    /// @param reason OFPR_ code
    /// @param table the table that it happened in
    /// @param cookie of the entry that did it; all ones if none did
    /// @param controllerId which controllers
    /// @param userdata for an `NXT_PACKET_IN2`
    /// @param inPort the ingress port to report
    /// @param metadata flow-key words from [org.skyway.openflow.model.FlowKey#PACKET_WORDS] up
    /// @param rest what is left to do when a controller resumes it; null if it goes on by itself
    record ToController(
            int maxLength,
            int reason,
            int table,
            long cookie,
            int controllerId,
            Bytes userdata,
            int inPort,
            long[] metadata,
            Frozen rest)
            implements DatapathAction {}

    /// Passes a meter, which may drop the packet or raise its drop precedence.
    ///
    /// @param meter the meter
    record Metered(MeterState meter) implements DatapathAction {}

    /// Installs a rule that was learned from the packet, or keeps it from timing out.
    final class Learned implements DatapathAction {
        private static final long REPEAT_NANOS = 100_000_000L;

        private final FlowRule rule;
        private final int limit;
        private volatile long lastNanos = Long.MIN_VALUE;

        /// A rule to be installed.
        ///
        /// @param rule the rule
        /// @param limit how many rules with its cookie there may be in its table; 0 for any
        public Learned(FlowRule rule, int limit) {
            this.rule = rule;
            this.limit = limit;
        }

        /// The rule.
        ///
        /// @return what to install
        public FlowRule rule() {
            return rule;
        }

        /// How many such rules there may be.
        ///
        /// @return a number of rules with the same cookie and table; 0 for any
        public int limit() {
            return limit;
        }

        /// Whether it is to be installed now: not again for each packet, but often enough to count
        /// as used.
        ///
        /// @param nowNanos [System#nanoTime]
        /// @return true a few times a second
        public boolean isDue(long nowNanos) {
            if (lastNanos != Long.MIN_VALUE && nowNanos - lastNanos < REPEAT_NANOS) {
                return false;
            }
            lastNanos = nowNanos;
            return true;
        }
    }

    /// Reads the packet's headers anew and goes on with what was left to do.
    ///
    /// @param rest what that is
    record Recirculate(Frozen rest) implements DatapathAction {}

    /// Goes on with the next actions if the packet is long enough, else behind them.
    ///
    /// @param length the packet must be longer than so many bytes
    /// @param skip how many actions to leave out if it is not
    record IfLonger(int length, int skip) implements DatapathAction {}

    /// Leaves actions out.
    ///
    /// @param count how many
    record Skip(int count) implements DatapathAction {}

    /// Does the rest up to the matching [Restore] to a copy of the packet.
    record Save() implements DatapathAction {}

    /// Goes on with the packet as it was at the matching [Save].
    record Restore() implements DatapathAction {}
}
