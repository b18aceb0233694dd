package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;

/// Multipart requests (statistics requests in OpenFlow 1.0).
public sealed interface StatsRequest extends Message {
    /// Asks what the switch is.
    record Desc() implements StatsRequest {}

    /// Asks for flow entries.
    ///
    /// @param match only entries that this covers
    /// @param table 0 to 254, or 255 for all
    /// @param outPort only entries that output there; [OfPort#ANY] for all
    /// @param outGroup only entries that use this group; -1 for all
    /// @param cookie what the cookie must be, under the mask
    /// @param cookieMask which bits of the cookie to compare; 0 for any
    record Flow(Match match, int table, int outPort, int outGroup, long cookie, long cookieMask)
            implements StatsRequest {}

    /// Asks for sums over flow entries.
    ///
    /// @param flow which entries
    record Aggregate(Flow flow) implements StatsRequest {}

    /// Asks for table counters.
    record Table() implements StatsRequest {}

    /// Asks for port counters.
    ///
    /// @param port the port, or [OfPort#ANY]
    record Port(int port) implements StatsRequest {}

    /// Asks for queue counters.
    ///
    /// @param port the port, or [OfPort#ANY]
    /// @param queue the queue, or -1 for all
    record Queue(int port, int queue) implements StatsRequest {}

    /// Asks for group counters.
    ///
    /// @param group the group, or [GroupMod#ALL]
    record Group(int group) implements StatsRequest {}

    /// Asks for groups.
    ///
    /// @param group the group, or [GroupMod#ALL]
    record GroupDesc(int group) implements StatsRequest {}

    /// Asks what groups can do.
    record GroupFeatures() implements StatsRequest {}

    /// Asks for meter counters.
    ///
    /// @param meter the meter, or [org.skyway.openflow.message.Meter#ALL]
    record Meter(int meter) implements StatsRequest {}

    /// Asks for meters.
    ///
    /// @param meter the meter, or [org.skyway.openflow.message.Meter#ALL]
    record MeterConfig(int meter) implements StatsRequest {}

    /// Asks what meters can do.
    record MeterFeatures() implements StatsRequest {}

    /// Asks what tables can do, or says what they shall do.
    ///
    /// @param wanted what they shall do, as on the wire; empty to ask
    record TableFeatures(List<Bytes> wanted) implements StatsRequest {
        /// Copies the lists.
        public TableFeatures {
            wanted = List.copyOf(wanted);
        }
    }

    /// Asks for the tables' configuration (OpenFlow 1.4).
    record TableDesc() implements StatsRequest {}

    /// Asks for ports.
    ///
    /// @param port the port, or [OfPort#ANY]; versions before 1.5 always ask for all
    record PortDesc(int port) implements StatsRequest {}

    /// Asks for queues (OpenFlow 1.4).
    ///
    /// @param port the port, or [OfPort#ANY]
    /// @param queue the queue, or -1 for all
    record QueueDesc(int port, int queue) implements StatsRequest {}

    /// Nicira: asks for IPFIX exporters' counters.
    ///
    /// @param flows those of flow-based exporters, else the bridge's
    record Ipfix(boolean flows) implements StatsRequest {}

    /// Asks to be told of changes to flow entries.
    ///
    /// @param items monitors to add, change or remove
    record FlowMonitor(List<Item> items) implements StatsRequest {
        /// Copies the lists.
        public FlowMonitor {
            items = List.copyOf(items);
        }

        /// One monitor.
        ///
        /// @param id chosen by the controller
        /// @param command 0 to add, 1 to modify, 2 to delete
        /// @param flags NXFMF_ bits, whatever the dialect
        /// @param outPort only entries that output there; [OfPort#ANY] for all
        /// @param outGroup only entries that use this group; -1 for all
        /// @param table 0 to 254, or 255 for all
        /// @param match only entries that this covers
        public record Item(
                int id,
                int command,
                int flags,
                int outPort,
                int outGroup,
                int table,
                Match match) {}
    }
}
