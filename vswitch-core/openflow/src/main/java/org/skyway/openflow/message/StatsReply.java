package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;

/// Multipart replies (statistics replies in OpenFlow 1.0). A long list may be split over several
/// envelopes.
public sealed interface StatsReply extends FromSwitch {
    /// What the switch is.
    ///
    /// @param manufacturer up to 255 characters
    /// @param hardware up to 255 characters
    /// @param software up to 255 characters
    /// @param serial up to 31 characters
    /// @param datapath up to 255 characters
    record Desc(
            String manufacturer, String hardware, String software, String serial, String datapath)
            implements StatsReply {}

    /// Flow entries.
    ///
    /// @param flows in no particular order; not copied, because there may be very many
    record Flow(List<FlowStats> flows) implements StatsReply {}

    /// Sums over flow entries.
    ///
    /// @param packets sum
    /// @param bytes sum
    /// @param flows how many entries
    record Aggregate(long packets, long bytes, int flows) implements StatsReply {}

    /// Table counters.
    ///
    /// @param tables in order
    record Table(List<TableStats> tables) implements StatsReply {
        /// Copies the lists.
        public Table {
            tables = List.copyOf(tables);
        }
    }

    /// Port counters.
    ///
    /// @param ports in no particular order
    record Port(List<PortStats> ports) implements StatsReply {
        /// Copies the lists.
        public Port {
            ports = List.copyOf(ports);
        }
    }

    /// Queue counters.
    ///
    /// @param queues in no particular order
    record Queue(List<QueueStats> queues) implements StatsReply {
        /// Copies the lists.
        public Queue {
            queues = List.copyOf(queues);
        }
    }

    /// Group counters.
    ///
    /// @param groups in no particular order
    record Group(List<GroupStats> groups) implements StatsReply {
        /// Copies the lists.
        public Group {
            groups = List.copyOf(groups);
        }
    }

    /// Groups.
    ///
    /// @param groups in no particular order
    record GroupDesc(List<GroupEntry> groups) implements StatsReply {
        /// Copies the lists.
        public GroupDesc {
            groups = List.copyOf(groups);
        }
    }

    /// What groups can do. The lists have one item for each OFPGT_ type.
    ///
    /// @param types bit `n` is set if OFPGT_ type `n` is supported
    /// @param capabilities OFPGFC_ bits
    /// @param maxGroups how many there may be
    /// @param actions bit `n` is set if standard action `n` may be in a bucket
    record GroupFeatures(
            int types, int capabilities, List<Integer> maxGroups, List<Integer> actions)
            implements StatsReply {
        /// Copies the lists.
        public GroupFeatures {
            maxGroups = List.copyOf(maxGroups);
            actions = List.copyOf(actions);
        }
    }

    /// Meter counters.
    ///
    /// @param meters in no particular order
    record Meter(List<MeterStats> meters) implements StatsReply {
        /// Copies the lists.
        public Meter {
            meters = List.copyOf(meters);
        }
    }

    /// Meters.
    ///
    /// @param meters in no particular order
    record MeterConfig(List<org.skyway.openflow.message.Meter> meters) implements StatsReply {
        /// Copies the lists.
        public MeterConfig {
            meters = List.copyOf(meters);
        }
    }

    /// What meters can do.
    ///
    /// @param maxMeters how many there may be
    /// @param bandTypes bit `n` is set if OFPMBT_ type `n` is supported
    /// @param capabilities OFPMF_ bits
    /// @param maxBands how many a meter may have
    /// @param maxColors for dscp_remark
    record MeterFeatures(
            int maxMeters, int bandTypes, int capabilities, int maxBands, int maxColors)
            implements StatsReply {}

    /// What tables can do.
    ///
    /// @param tables one or more tables
    record TableFeatures(List<TableCapabilities> tables) implements StatsReply {
        /// Copies the lists.
        public TableFeatures {
            tables = List.copyOf(tables);
        }
    }

    /// The tables' configuration.
    ///
    /// @param tables in order
    record TableDesc(List<TableConfig> tables) implements StatsReply {
        /// Copies the lists.
        public TableDesc {
            tables = List.copyOf(tables);
        }
    }

    /// Ports.
    ///
    /// @param ports in no particular order
    record PortDesc(List<PortState> ports) implements StatsReply {
        /// Copies the lists.
        public PortDesc {
            ports = List.copyOf(ports);
        }
    }

    /// Queues.
    ///
    /// @param queues port and id of each; the counters mean nothing
    record QueueDesc(List<QueueStats> queues) implements StatsReply {
        /// Copies the lists.
        public QueueDesc {
            queues = List.copyOf(queues);
        }
    }

    /// Changes to flow entries.
    ///
    /// @param updates in order
    record FlowMonitor(List<FlowUpdate> updates) implements StatsReply {
        /// Copies the lists.
        public FlowMonitor {
            updates = List.copyOf(updates);
        }
    }
}
