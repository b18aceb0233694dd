package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowStats;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.GroupStats;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterStats;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PortStats;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.TableConfig;
import org.skyway.openflow.message.TableStats;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;
import org.skyway.vswitch.tables.PortCounters;

/// Answers to what controllers ask of the switch's state. Ofproto thread only; the caller has made
/// all changes effective.
final class StatisticsReplies {
    private static final long SECOND = 1_000_000_000;

    /// OFPC_ bits: flow, table, port and queue statistics; IP addresses in ARP (1.0), group
    /// statistics (1.1) and bundles (1.4).
    private static final int CAPABILITIES = 1 | 1 << 1 | 1 << 2 | 1 << 6;

    private static final int ARP_MATCH_IP = 1 << 7;
    private static final int GROUP_STATS = 1 << 3;
    private static final int BUNDLES = 1 << 9;

    /// OpenFlow 1.0's actions, all of them.
    private static final int ACTIONS_10 = 0xfff;

    private static final int ACTIONS_11 = 0x01ffe7ff;

    /// OpenFlow 1.0's wildcards, all of them.
    private static final int WILDCARDS_10 = 0x3fffff;

    /// OFPIT_ bits: all of OpenFlow 1.1 and 1.2.
    private static final int INSTRUCTIONS = 0x3e;

    private static final int GOTO_TABLE = 1 << 1;

    private static final int GROUP_TYPES = 0xf;

    /// OFPGFC_ bits: weights, liveness, chaining.
    private static final int GROUP_CAPABILITIES = 7;

    /// Output, the TTL, tag, label, queue, group and set-field actions.
    private static final int GROUP_ACTIONS = 0x03ff8001;

    private final OfSwitch bridge;

    StatisticsReplies(OfSwitch bridge) {
        this.bridge = bridge;
    }

    Message.FeaturesReply features(Version version) {
        boolean first = version == Version.OF10;
        int capabilities = CAPABILITIES | (first ? 0 : GROUP_STATS);
        if (!version.atLeast(Version.OF12)) {
            capabilities |= ARP_MATCH_IP;
        }
        if (version.atLeast(Version.OF14)) {
            capabilities |= BUNDLES;
        }
        return new Message.FeaturesReply(
                bridge.config().datapathId(),
                0,
                FlowTables.VISIBLE,
                0,
                capabilities,
                first ? ACTIONS_10 : 0,
                version.atLeast(Version.OF13) ? List.of() : selected(OfPort.ANY));
    }

    StatsReply.Desc description() {
        OfprotoConfig.Description d = bridge.config().description();
        return new StatsReply.Desc(
                d.manufacturer(), d.hardware(), d.software(), d.serial(), d.datapath());
    }

    StatsReply.Flow flows(StatsRequest.Flow request) {
        long now = bridge.now();
        return new StatsReply.Flow(
                new SelectedFlows(
                        bridge.tables(),
                        request.table(),
                        FlowFilter.wanted(request),
                        entry -> stats(entry, now)));
    }

    private static FlowStats stats(FlowEntry e, long now) {
        return new FlowStats(
                e.rule(),
                OfSwitch.wholeMillis(now - e.createdNanos()),
                Math.max(0, now - e.lastUsedNanos()) / SECOND,
                Math.max(0, now - e.modifiedNanos()) / SECOND,
                e.counters().packets(),
                e.counters().bytes());
    }

    StatsReply.Aggregate aggregate(StatsRequest.Flow request) {
        long packets = 0;
        long bytes = 0;
        int n = 0;
        for (FlowEntry e : bridge.tables().select(request.table(), FlowFilter.wanted(request))) {
            packets += e.counters().packets();
            bytes += e.counters().bytes();
            n++;
        }
        return new StatsReply.Aggregate(packets, bytes, n);
    }

    StatsReply.Table tables() {
        List<TableStats> tables = new ArrayList<>(FlowTables.VISIBLE);
        for (int t = 0; t < FlowTables.VISIBLE; t++) {
            tables.add(
                    new TableStats(
                            t,
                            bridge.tables().settings(t).name,
                            WILDCARDS_10,
                            t < FlowTables.VISIBLE - 1 ? INSTRUCTIONS : INSTRUCTIONS & ~GOTO_TABLE,
                            bridge.tables().settings(t).miss.bits(),
                            FlowTables.MAX_ENTRIES,
                            bridge.tables().visibleEntries(t),
                            bridge.forwarding().lookups(t),
                            bridge.forwarding().matched(t)));
        }
        return new StatsReply.Table(tables);
    }

    StatsReply.TableDesc tableDescriptions() {
        List<TableConfig> tables = new ArrayList<>(FlowTables.VISIBLE);
        for (int t = 0; t < FlowTables.VISIBLE; t++) {
            tables.add(bridge.vacancies().describe(t));
        }
        return new StatsReply.TableDesc(tables);
    }

    /// The ports that a request names: one, all, or none if there is no such port.
    private List<PortState> selected(int port) {
        if (port == OfPort.ANY) {
            return HashOrder.of(bridge.ports().byAge(), p -> p.number() & 0xffff);
        }
        PortState one = bridge.ports().find(port);
        return one == null ? List.of() : List.of(one);
    }

    StatsReply.PortDesc portDescriptions(int port) {
        return new StatsReply.PortDesc(selected(port));
    }

    StatsReply.Port ports(int port) {
        List<PortStats> stats = new ArrayList<>();
        for (PortState p : selected(port)) {
            stats.add(portStats(p.number()));
        }
        return new StatsReply.Port(stats);
    }

    private PortStats portStats(int number) {
        PortCounters c = bridge.forwarding().portCounters(number);
        long duration = OfSwitch.wholeMillis(bridge.now() - bridge.ports().createdNanos(number));
        if (c == null) {
            return new PortStats(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, duration);
        }
        return new PortStats(
                number,
                c.rxPackets(),
                c.txPackets(),
                c.rxBytes(),
                c.txBytes(),
                c.rxDropped(),
                c.txDropped(),
                c.rxErrors(),
                c.txErrors(),
                0,
                0,
                0,
                0,
                duration);
    }

    private List<GroupState> selectedGroups(int group) {
        if (group == GroupMod.ALL) {
            return new ArrayList<>(bridge.groups().all());
        }
        GroupState one = bridge.groups().find(group);
        return one == null ? List.of() : List.of(one);
    }

    StatsReply.Group groups(int group) {
        List<GroupStats> stats = new ArrayList<>();
        for (GroupState g : selectedGroups(group)) {
            GroupEntry entry = g.group();
            List<GroupStats.Bucket> buckets = new ArrayList<>();
            for (int i = 0; i < entry.buckets().size(); i++) {
                FlowCounters c = g.counters(i);
                buckets.add(new GroupStats.Bucket(c.packets(), c.bytes()));
            }
            stats.add(
                    new GroupStats(
                            entry.id(),
                            bridge.users().references(entry.id()),
                            g.counters().packets(),
                            g.counters().bytes(),
                            OfSwitch.wholeMillis(bridge.now() - g.createdNanos()),
                            buckets));
        }
        return new StatsReply.Group(stats);
    }

    StatsReply.GroupDesc groupDescriptions(int group) {
        return new StatsReply.GroupDesc(
                selectedGroups(group).stream().map(GroupState::group).toList());
    }

    StatsReply.GroupFeatures groupFeatures(Version version) {
        int actions =
                switch (version) {
                    case OF10 -> ACTIONS_10;
                    case OF11 -> ACTIONS_11;
                    default -> GROUP_ACTIONS;
                };
        int types = GroupEntry.Type.values().length;
        return new StatsReply.GroupFeatures(
                GROUP_TYPES,
                GROUP_CAPABILITIES,
                Collections.nCopies(types, GroupTable.MAX_ID),
                Collections.nCopies(types, actions));
    }

    /// The meters that a request names; unlike a group, a meter that is not there is an error.
    private List<MeterState> selectedMeters(int meter) {
        if (meter == Meter.ALL) {
            return HashOrder.of(bridge.meters().all(), m -> m.meter().id());
        }
        MeterState one = bridge.meters().find(meter);
        if (one == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPMMFC_UNKNOWN_METER, "there is no meter %d".formatted(meter));
        }
        return List.of(one);
    }

    StatsReply.Meter meters(int meter) {
        List<MeterStats> stats = new ArrayList<>();
        for (MeterState m : selectedMeters(meter)) {
            List<MeterStats.Band> bands = new ArrayList<>();
            for (int band = 0; band < m.meter().bands().size(); band++) {
                bands.add(new MeterStats.Band(m.bandPackets(band), m.bandBytes(band)));
            }
            stats.add(
                    new MeterStats(
                            m.meter().id(),
                            bridge.users().ofMeter(m.meter().id()).size(),
                            m.packets(),
                            m.bytes(),
                            OfSwitch.wholeMillis(bridge.now() - m.createdNanos()),
                            bands));
        }
        return new StatsReply.Meter(stats);
    }

    StatsReply.MeterConfig meterConfigs(int meter) {
        return new StatsReply.MeterConfig(
                selectedMeters(meter).stream().map(MeterState::meter).toList());
    }

    StatsReply.MeterFeatures meterFeatures() {
        return new StatsReply.MeterFeatures(
                MeterTable.MAX_METERS,
                bridge.meters().bandTypes(),
                MeterTable.CAPABILITIES,
                MeterTable.MAX_BANDS,
                0);
    }
}
