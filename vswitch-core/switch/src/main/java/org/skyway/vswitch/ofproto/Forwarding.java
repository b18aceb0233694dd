package org.skyway.vswitch.ofproto;

import java.util.List;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.PortCounters;
import org.skyway.vswitch.tables.QueueCounters;
import org.skyway.vswitch.tables.TableMiss;
import org.skyway.vswitch.tables.Tables;

/// What the OpenFlow side asks of the rest of the switch: detector, link manager and datapath.
///
/// Every method is called on the ofproto thread. Changes are only noted until [#settle]; a flow-mod
/// that breaks a point-to-point link has the link revoked there, so a barrier is answered after it.
public interface Forwarding {
    /// The tables that it goes by. What is told of entries is in them already.
    ///
    /// @return the tables
    Tables tables();

    /// A flow entry was added.
    ///
    /// @param entry the new entry
    void entryAdded(FlowEntry entry);

    /// A flow entry was removed. Its counters are final after the next [#settle].
    ///
    /// @param entry the entry that is gone
    void entryRemoved(FlowEntry entry);

    /// All flow entries that there were, very many, were removed.
    ///
    /// @param entries they
    void allRemoved(List<FlowEntry> entries);

    /// A flow entry was modified: same table, priority and match, other instructions, cookie or
    /// flags.
    ///
    /// @param old the entry that is gone
    /// @param now the entry that took its place, with the same counters object unless these were
    ///   reset
    void entryReplaced(FlowEntry old, FlowEntry now);

    /// A group was added, changed or removed.
    ///
    /// @param id the group's id
    /// @param now what the tables have in its place, or null if it is gone
    void groupChanged(int id, GroupState now);

    /// A meter was added, changed or removed.
    ///
    /// @param id the meter's id
    /// @param now what the tables have in its place, or null if it is gone
    default void meterChanged(int id, MeterState now) {}

    /// A meter for the tables.
    ///
    /// @param meter its configuration
    /// @param createdNanos [System#nanoTime] when it was made
    /// @return with full buckets
    default MeterState newMeter(Meter meter, long createdNanos) {
        return new MeterState(meter, createdNanos, System.nanoTime(), CounterMemory.ofProcess(), 1);
    }

    /// Switches on or off what a port is outside of the switch, if it is something there.
    ///
    /// @param port the port's number
    /// @param up whether it is to be on
    /// @return false if that can't be done: the port stays as it is
    default boolean administer(int port, boolean up) {
        return true;
    }

    /// A controller changed a port's configuration bits.
    ///
    /// @param old the port as it was
    /// @param now what the tables have in its place
    void portConfigured(PortState old, PortState now);

    /// Whether packets that no entry matches go to the controllers: while one of them speaks
    /// OpenFlow 1.2 or older and wants them. Effective after the next [#settle].
    ///
    /// @param wanted true if so
    default void missToController(boolean wanted) {}

    /// What becomes of packets that no entry of a table matches. Effective after the next
    /// [#settle].
    ///
    /// @param table its number
    /// @param miss what becomes of them
    default void tableMiss(int table, TableMiss miss) {}

    /// What is done with IP fragments. Effective after the next [#settle].
    ///
    /// @param bits OFPC_FRAG_ code: 0 passes them without looking at ports, 1 drops them, 3 lets
    ///   matches see the ports of the first
    default void fragmentHandling(int bits) {}

    /// Where errors that were survived are counted.
    ///
    /// @return the switch's faults
    Faults faults();

    /// Begins to make all changes since the last call effective: revokes the links that they break,
    /// and hands the tables to the datapath, so that look-ups see them all from now on. Waits for
    /// nobody: see [#whenSettled]. Cheap if nothing changed. To be called before a barrier reply, a
    /// FLOW_REMOVED, a statistics reply or a packet-out, and after each batch of messages.
    ///
    /// @param by on whose behalf; null for the switch's own
    void settle(Object by);

    /// Does something when all that was begun on somebody's behalf is effective: when no poll
    /// thread uses the old tables any more, and nothing is delivered any more that is sent past the
    /// switch on a link that was broken. At once, before this returns, if that is so already.
    ///
    /// @param by on whose behalf; null for everybody
    /// @param then what to do, on the ofproto thread
    default void whenSettled(Object by, Runnable then) {
        then.run();
    }

    /// Finds out what a packet-out's actions do with the tables as they are now.
    ///
    /// @param frame the packet
    /// @param metadata the ingress port that it claims, and what other pipeline fields it has
    /// @param actions in order
    /// @return what sends the packet, if it is still to be sent; null if the pipeline is in a loop
    Runnable packetOut(byte[] frame, Match metadata, List<Action> actions);

    /// Finds out how a paused packet goes on with the tables as they are now.
    ///
    /// @param frame the packet as the controller gave it back
    /// @param metadata its ingress port and other pipeline fields, as the controller gave them back
    /// @param rest what is left to do
    /// @return what does it; null if the pipeline is in a loop
    Runnable resume(byte[] frame, Match metadata, Frozen rest);

    /// A port's counters now.
    ///
    /// @param port the port's number
    /// @return its counters; null if there is no such port
    PortCounters portCounters(int port);

    /// What went through a port's queues.
    ///
    /// @param port the port's number
    /// @return one for each, by id; none if there are no queues, or no such port
    default List<QueueCounters> queues(int port) {
        return List.of();
    }

    /// Packets looked up in a table so far, bypassed ones included.
    ///
    /// @param table 0 to 254
    /// @return packets
    long lookups(int table);

    /// Packets that matched an entry of a table so far, bypassed ones included.
    ///
    /// @param table 0 to 254
    /// @return packets
    long matched(int table);

    /// Notes something for the switch that comes after this one. Entries, groups, meters and ports
    /// are noted anyway.
    ///
    /// @param item what there is now
    default void remember(Saved item) {}

    /// Counters of a new entry, at zero.
    ///
    /// @return the counters
    default FlowCounters newCounters() {
        return new FlowCounters(pollThreads());
    }

    /// How many poll threads there are: new [FlowCounters] need a cell for each.
    ///
    /// @return 1 or more
    int pollThreads();
}
