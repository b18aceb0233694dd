package org.skyway.experiments.conformance.generate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// Random flows and groups in the syntax of `ovs-ofctl`. Matches are made from the keys of the
/// packets that are to come, so that many of them hit.
final class RuleGenerator {
    private static final int[] TABLES = {0, 0, 0, 0, 1, 1, 2, 2, 3, 253};

    private final Pools pools;
    private final int version;
    private final Set<Feature> features;
    private final List<long[]> keys;
    private final ActionGenerator actions;
    private final int groupCount;
    private final int meterCount;
    private final boolean selects;
    private final Set<Integer> priorities = new HashSet<>();

    RuleGenerator(
            Random random,
            int version,
            Set<Feature> features,
            boolean normal,
            boolean learn,
            Layers layers,
            List<long[]> keys,
            Pools pools) {
        this.pools = pools;
        this.version = version;
        this.features = features;
        this.keys = keys;
        groupCount =
                version > 1 && features.contains(Feature.GROUPS) && random.nextInt(2) == 0
                        ? 1 + random.nextInt(5)
                        : 0;
        meterCount =
                version >= 4 && features.contains(Feature.METERS) && pools.chance(25)
                        ? 1 + pools.below(2)
                        : 0;
        selects = groupCount > 0 && pools.chance(40);
        actions =
                new ActionGenerator(
                        pools,
                        version,
                        features,
                        normal,
                        learn,
                        layers,
                        groupCount,
                        selects,
                        meterCount);
    }

    List<String> meters() {
        List<String> meters = new ArrayList<>();
        for (int id = 1; id <= meterCount; id++) {
            String unit = pools.one("kbps", "pktps");
            String burst = pools.chance(50) ? ",burst" : "";
            StringBuilder meter =
                    new StringBuilder("meter=%d,%s%s,stats,bands=".formatted(id, unit, burst));
            for (int bands = 1 + pools.below(2); bands > 0; bands--) {
                meter.append("type=drop,rate=").append(4_000_000 + pools.below(1000));
                meter.append(burst.isEmpty() ? "" : ",burst_size=4000000").append(' ');
            }
            meters.add(meter.toString().strip());
        }
        return meters;
    }

    /// A packet that the controller sends.
    String packetOut(byte[] frame) {
        String port = pools.one("1", "2", "3", "4", "controller", "local");
        long[] key = org.skyway.openflow.packet.FrameParser.parse(frame, 1);
        Match match = match(key);
        return "in_port=%s,packet=%s,actions=%s"
                .formatted(port, java.util.HexFormat.of().formatHex(frame), actions.plain(match));
    }

    List<String> groups() {
        List<String> groups = new ArrayList<>();
        for (int id = 1; id <= groupCount; id++) {
            String type = pools.one("all", "indirect", selects ? "select" : "ff", "ff");
            // Which of several buckets Open vSwitch selects is its own hash's choice.
            int buckets = type.equals("all") || type.equals("ff") ? 1 + pools.below(3) : 1;
            StringBuilder group = new StringBuilder("group_id=%d,type=%s".formatted(id, type));
            for (int i = 0; i < buckets; i++) {
                group.append(",bucket=");
                if (type.equals("ff")) {
                    group.append("watch_port:").append(1 + pools.below(4)).append(',');
                }
                group.append("actions=").append(actions.bucket(id, type));
            }
            groups.add(group.toString());
        }
        return groups;
    }

    List<String> flows() {
        List<String> flows = new ArrayList<>();
        int n = 3 + pools.below(18);
        for (int i = 0; i < n; i++) {
            flows.add(pools.chance(96) || flows.isEmpty() ? flow() : again(flows));
        }
        if (features.contains(Feature.CONJUNCTION) && pools.chance(25)) {
            conjunction(flows, 1 + pools.below(1000));
        }
        return flows;
    }

    // Several clauses, each met by one of several matches, and what is done when all are met.
    private void conjunction(List<String> flows, int id) {
        int table = pools.oneOf(0, 0, 1, 2);
        int priority = priority();
        int clauses = 2 + pools.below(2);
        for (int clause = 1; clause <= clauses; clause++) {
            for (int n = 1 + pools.below(3); n > 0; n--) {
                Match match = match(keys.get(pools.below(keys.size())));
                String matched = FlowText.print(match);
                flows.add(
                        "table=%d,priority=%d%s%s,actions=conjunction(%d,%d/%d)"
                                .formatted(
                                        table,
                                        priority,
                                        matched.isEmpty() ? "" : ",",
                                        matched,
                                        id,
                                        clause,
                                        clauses));
            }
        }
        flows.add(
                "table=%d,priority=%d,conj_id=%d,actions=%s"
                        .formatted(
                                table,
                                pools.chance(70) ? priority : priority(),
                                id,
                                actions.list(table, Match.ANY)));
    }

    // An entry that is there already, with other actions.
    private String again(List<String> flows) {
        String old = flows.get(pools.below(flows.size()));
        return old.substring(0, old.indexOf("actions=")) + "actions=" + actions.list(3, Match.ANY);
    }

    private String flow() {
        int table = pools.oneOf(TABLES);
        Match match = pools.chance(12) ? Match.ANY : match(keys.get(pools.below(keys.size())));
        StringBuilder flow = new StringBuilder("table=" + table);
        boolean overlapping = pools.chance(3);
        flow.append(",priority=").append(overlapping ? 500 : priority());
        if (pools.chance(30)) {
            flow.append(",cookie=0x").append(Integer.toHexString(pools.below(1 << 20)));
        }
        if (pools.chance(8)) {
            flow.append(",idle_timeout=").append(1000 + pools.below(60000));
        }
        if (pools.chance(8)) {
            flow.append(",hard_timeout=").append(1000 + pools.below(60000));
        }
        if (overlapping) {
            flow.append(",check_overlap");
        } else if (pools.chance(5)) {
            flow.append(',').append(pools.one("send_flow_rem", "reset_counts"));
        }
        if (version >= 4 && pools.chance(4)) {
            flow.append(',').append(pools.one("no_packet_counts", "no_byte_counts"));
        }
        if (version >= 5 && pools.chance(5)) {
            flow.append(",importance=").append(pools.below(100));
        }
        String matched = FlowText.print(match);
        if (!matched.isEmpty()) {
            flow.append(',').append(matched);
        }
        return flow.append(",actions=").append(actions.list(table, match)).toString();
    }

    // No two are alike: which of two entries of one priority wins is anyone's choice.
    private int priority() {
        int priority;
        do {
            priority = pools.below(65535);
        } while (priority == 500 || !priorities.add(priority));
        return priority;
    }

    // Some fields of a packet, each whole or in part, with what they presuppose.
    private Match match(long[] key) {
        long[] values = new long[FlowKey.WORDS];
        long[] masks = new long[FlowKey.WORDS];
        if (pools.chance(60)) {
            take(key, Field.IN_PORT, values, masks, true);
        }
        if (pools.chance(85)) {
            take(key, Field.ETH_TYPE, values, masks, true);
            if (pools.chance(75)) {
                take(key, Field.IP_PROTO, values, masks, true);
            }
        }
        if (pools.chance(25)) {
            vlan(key, values, masks);
        }
        Match whole = Match.of(values, masks);
        if (!Field.IP_PROTO.prerequisite().isMetBy(whole)) {
            masks[FlowKey.IP_MISC] = 0;
            values[FlowKey.IP_MISC] = 0;
        }
        int n = pools.below(4);
        for (int i = 0; i < n; i++) {
            Field field = Field.values()[pools.below(Field.values().length)].base();
            boolean given =
                    switch (field) {
                        case VLAN_TCI, VLAN_VID, VLAN_PCP, ETH_TYPE, IP_PROTO -> true;
                        case IP_FRAG -> pools.chance(50) || fragment(key, values, masks);
                        case ACTSET_OUTPUT, CONJ_ID, CT_STATE, CT_ZONE, CT_MARK, CT_LABEL -> true;
                        case PACKET_TYPE, DP_HASH, RECIRC_ID -> pools.chance(90);
                        default -> false;
                    };
            // A code alone or a partial prerequisite is what ovs-ofctl would drop.
            if (!given && field.prerequisite().isMetBy(Match.of(values, masks))) {
                take(key, field, values, masks, !field.maskable() || pools.chance(60));
            }
        }
        return Match.of(values, masks);
    }

    // ovs-ofctl has names for these masks alone.
    private boolean fragment(long[] key, long[] values, long[] masks) {
        if (Field.IP_FRAG.prerequisite().isMetBy(Match.of(values, masks))) {
            long mask = (long) pools.oneOf(1, 2, 3) << Field.IP_FRAG.shift();
            masks[FlowKey.IP_MISC] |= mask;
            values[FlowKey.IP_MISC] |= key[FlowKey.IP_MISC] & mask;
        }
        return true;
    }

    private void vlan(long[] key, long[] values, long[] masks) {
        long tci = key[FlowKey.ETH_SRC_VLAN] & 0xffff;
        long mask = tci == 0 ? 0xffff : pools.oneOf(0x1fff, 0x1000, 0xf000, 0xffff, 0x1001);
        masks[FlowKey.ETH_SRC_VLAN] |= mask;
        values[FlowKey.ETH_SRC_VLAN] |= tci & mask;
    }

    private void take(long[] key, Field field, long[] values, long[] masks, boolean whole) {
        if (field.word() >= FlowKey.PACKET_WORDS) {
            // Nothing there in the packet: a value that actions may have written.
            long value = pools.below(3);
            long mask = field.ones() & (whole ? -1L : pools.oneOf(1, 3, 0xff));
            int word = field.wide() ? field.word() + 1 : field.word();
            int shift = field.wide() ? 0 : field.shift();
            masks[word] |= mask << shift;
            values[word] = values[word] & ~(mask << shift) | (value & mask) << shift;
            if (field.wide() && whole) {
                masks[field.word()] = -1L;
            }
            return;
        }
        if (field.wide()) {
            long high = whole ? -1L : -1L << pools.below(64);
            long low = whole ? -1L : pools.chance(50) ? 0 : pools.bits();
            masks[field.word()] |= high;
            masks[field.word() + 1] |= low;
        } else {
            long mask = whole ? field.ones() : pools.bits() & field.ones();
            masks[field.word()] |= mask << field.shift();
        }
        int last = field.wide() ? field.word() + 1 : field.word();
        for (int w = field.word(); w <= last; w++) {
            values[w] = key[w] & masks[w];
        }
    }
}
