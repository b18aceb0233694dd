package org.skyway.experiments.conformance.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// Random action lists in the syntax of `ovs-ofctl`, of which most make sense for what the flow
/// matches.
final class ActionGenerator {
    private static final int LEARNED = 10; // the table of what is learned
    private static final Field[] FIELDS = Field.values();

    /// What fields of a learned flow presuppose.
    private static final String[] LEARNED_CONSTANTS = {
        "eth_type=0x800",
        "eth_type=0x806",
        "eth_type=0x86dd",
        "eth_type=0x8847",
        "eth_type=0x800,nw_proto=6",
        "eth_type=0x800,nw_proto=17",
        "eth_type=0x86dd,nw_proto=132",
        "eth_type=0x800,nw_proto=1",
        "eth_type=0x86dd,nw_proto=58",
        "eth_type=0x86dd,nw_proto=58,icmpv6_type=135,icmpv6_code=0",
        "eth_type=0x86dd,nw_proto=58,icmpv6_type=136,icmpv6_code=0"
    };

    private final Pools pools;
    private final int version;
    private final Set<Feature> features;
    private final boolean normal;
    private final boolean learn;
    private final int meters;
    private final Layers layers;
    private final int groups;
    private final boolean selects;

    /// A generator.
    ///
    /// @param selects whether there are select groups: then no table calls an earlier one, because
    ///   a loop that sends packets round again keeps Open vSwitch busy for minutes
    ActionGenerator(
            Pools pools,
            int version,
            Set<Feature> features,
            boolean normal,
            boolean learn,
            Layers layers,
            int groups,
            boolean selects,
            int meters) {
        this.pools = pools;
        this.version = version;
        this.features = features;
        this.normal = normal;
        this.learn = learn;
        this.meters = meters;
        this.layers = layers;
        this.groups = groups;
        this.selects = selects;
    }

    /// Actions of a flow.
    String list(int table, Match match) {
        if (pools.chance(6)) {
            return "drop";
        }
        StringJoiner list = new StringJoiner(",");
        // In the first table only: behind a copy that was changed Open vSwitch meters the packet
        // with
        // what the copy was given.
        if (meters > 0 && table == 0 && pools.chance(50)) {
            list.add("meter:" + (1 + pools.below(meters)));
        }
        int n = 1 + pools.below(4);
        for (int i = 0; i < n; i++) {
            list.add(action(table, match, 2));
        }
        if (version > 1) {
            instructions(table, match, list);
        }
        String all = list.toString();
        // Behind a copy Open vSwitch cuts the packet before it has taken back what the copy was
        // given.
        return all.contains("clone") || all.contains("group")
                ? all.replaceAll("output\\(port=(\\d+),max_len=\\d+\\)", "output:$1")
                : all;
    }

    /// Actions of a packet-out.
    String plain(Match match) {
        StringJoiner list = new StringJoiner(",");
        for (int n = 1 + pools.below(4); n > 0; n--) {
            list.add(action(0, match, 2));
        }
        return list.toString();
    }

    /// Actions of a bucket.
    String bucket(int id, String type) {
        StringJoiner list = new StringJoiner(",");
        if (pools.chance(40)) {
            list.add(set(Match.ANY));
        }
        if (pools.chance(15) && layers.newTags()) {
            list.add(pools.one("push_vlan:0x8100", "push_vlan:0x88a8"));
        }
        if (id > 1 && pools.chance(15)) {
            list.add("group:" + (1 + pools.below(id - 1)));
        } else {
            list.add(output());
        }
        return list.toString();
    }

    private void instructions(int table, Match match, StringJoiner list) {
        if (pools.chance(12)) {
            list.add("clear_actions");
        }
        if (pools.chance(25)) {
            StringJoiner written = new StringJoiner(",", "write_actions(", ")");
            int n = 1 + pools.below(4);
            for (int i = 0; i < n; i++) {
                written.add(written(match));
            }
            list.add(written.toString());
        }
        if (pools.chance(12)) {
            list.add(
                    "write_metadata:0x%x%s"
                            .formatted(pools.below(4), pools.chance(40) ? "/0x3" : ""));
        }
        if (table < 3 && pools.chance(35)) {
            list.add("goto_table:" + (table + 1 + pools.below(3)));
        }
    }

    private String written(Match match) {
        return switch (pools.below(9)) {
            case 8 -> "set_queue:" + pools.below(2);
            case 0, 1, 2 -> "output:" + port();
            case 3, 4 -> set(match);
            case 5 ->
                    layers.labels() && (pools.chance(33) || !layers.newTags())
                            ? "push_mpls:0x8847"
                            : layers.newTags()
                                    ? pools.one("push_vlan:0x8100", "push_vlan:0x88a8")
                                    : output();
            case 6 -> groups > 0 ? "group:" + (1 + pools.below(groups)) : output();
            default -> isIp(match) && layers.controller() ? "dec_ttl" : set(match);
        };
    }

    private String action(int table, Match match, int depth) {
        return switch (pools.below(24)) {
            case 0, 1, 2, 3, 4, 5 -> output();
            case 6, 7, 8, 9 -> set(match);
            case 10, 11 -> load(match);
            case 12, 13 -> move(match);
            case 14 -> vlan(match);
            case 15 -> mpls(match);
            case 16 ->
                    isIp(match) && layers.controller()
                            ? pools.one("dec_ttl", "dec_ttl(1,2)", "dec_ttl")
                            : vlan(match);
            case 17, 18 -> resubmit(table);
            case 19 -> groups > 0 ? "group:" + (1 + pools.below(groups)) : output();
            case 20 -> depth > 0 ? cloned(table, match, depth) : output();
            case 21 -> stack(match);
            case 22 -> version == 1 && pools.chance(50) ? port10() : rare();
            default -> special(match);
        };
    }

    /// A port of whichever protocol the packet has.
    private String port10() {
        return "mod_tp_%s:%d"
                .formatted(pools.one("src", "dst"), pools.oneOf(0, 80, 300, 1000, 65535));
    }

    private int port() {
        return pools.chance(94) ? 1 + pools.below(4) : pools.oneOf(5, 6, 77);
    }

    private String output() {
        int kind = pools.below(layers.controller() ? 30 : 25);
        if (kind < 20) {
            return "output:" + port();
        }
        return switch (kind) {
            case 20, 21 -> "in_port";
            case 22 -> "all";
            case 23 -> pools.one("flood", "output:reg0[0..15]", "output:reg0[]", "output:reg1[]");
            case 24 -> normal ? "normal" : "local";
            case 25 -> "controller";
            case 26, 29 ->
                    "controller(max_len=%d,reason=%s,id=%d)"
                            .formatted(
                                    pools.oneOf(0, 20, 65535),
                                    pools.one("action", "no_match", "invalid_ttl"),
                                    pools.oneOf(0, 0, 1));
            default -> "controller(userdata=01.02.03.04.05)";
        };
    }

    private String special(Match match) {
        if (learn && pools.chance(70)) {
            return pools.chance(30) ? "resubmit(,%d)".formatted(LEARNED) : learned(match);
        }
        if (normal && pools.chance(60)) {
            return "normal";
        }
        if (features.contains(Feature.MULTIPATH) && pools.chance(30)) {
            return pools.one(
                    "multipath(eth_src,50,modulo_n,1,0,%s)".formatted(any(writable(match), 64)),
                    "bundle(eth_src,0,active_backup,ofport,members:6,2,3)",
                    "bundle_load(eth_src,0,active_backup,ofport,%s,members:3,2)"
                            .formatted(part(writable(match, 16), 16)));
        }
        if (pools.chance(50)) {
            return unusual(match);
        }
        return output();
    }

    private String unusual(Match match) {
        int kind = pools.below(7);
        if (kind == 0 && version > 1 && layers.controller()) {
            return "controller(pause)"; // in 1.0 the packet-in would hold what only its switch
            // knows
        }
        if (kind == 1 && meters > 0 && layers.controller()) {
            return "controller(meter_id=%d)".formatted(1 + pools.below(meters));
        }
        if (kind == 2 && Field.NSH_TTL.prerequisite().isMetBy(match)) {
            return "dec_nsh_ttl";
        }
        return pools.one(
                "check_pkt_larger(%d)->reg0[%d]".formatted(pools.oneOf(59, 60, 80), pools.below(3)),
                "check_pkt_larger(70)->metadata[0]",
                "output:" + any(readable(match), 64),
                "ct_clear",
                "sample(probability=65535,collector_set_id=1,obs_domain_id=2,obs_point_id=3)",
                "sample(probability=1,collector_set_id=1,sampling_port=2,egress)");
    }

    // What is learned of one action has one priority, and matches the same fields.
    private String learned(Match match) {
        StringJoiner learn = new StringJoiner(",", "learn(", ")");
        learn.add("table=" + LEARNED).add("priority=" + (1 + pools.below(65000)));
        if (pools.chance(30)) {
            learn.add(pools.one("idle_timeout=5000", "hard_timeout=6000"));
        }
        if (pools.chance(30)) {
            learn.add("cookie=0x" + Integer.toHexString(1 + pools.below(1000)));
        }
        if (pools.chance(30)) {
            learn.add(pools.one("send_flow_rem", "delete_learned"));
        }
        if (pools.chance(50)) {
            learn.add("NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[]");
        } else {
            learn.add("NXM_OF_ETH_SRC[]");
        }
        if (pools.chance(40)) {
            learn.add("NXM_OF_VLAN_TCI[0..11]");
        }
        Match made = Match.ANY;
        if (match.has(Field.IPV4_SRC) && pools.chance(60)) {
            learn.add("eth_type=0x800").add("NXM_OF_IP_DST[]=NXM_OF_IP_SRC[]");
        } else if (pools.chance(60)) {
            String constants = pools.one(LEARNED_CONSTANTS);
            learn.add(constants);
            made = FlowText.parseMatch(constants.replace("[]", ""));
        }
        for (int n = pools.below(4); n > 0; n--) {
            learn.add(learnedSpec(match, made));
        }
        if (pools.chance(40)) {
            learn.add("reg1=0x%x".formatted(pools.below(3)));
        }
        if (pools.chance(50)) {
            learn.add("load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]");
        }
        if (pools.chance(40)) {
            learn.add("load:0x%x->NXM_NX_REG2[3..9]".formatted(pools.below(128)));
        }
        if (pools.chance(70)) {
            learn.add("output:NXM_OF_IN_PORT[]");
        }
        return learn.toString();
    }

    // Anything copied into anything; of a constant, that field's width.
    private String learnedSpec(Match match, Match made) {
        Field from = readable(match);
        boolean load = pools.chance(50);
        Field to = load ? writable(made) : readable(made);
        boolean experimenter = FieldTexts.isLong(to) || FieldTexts.isLong(from);
        if (experimenter) {
            return "NXM_NX_REG3[]"; // learn has no room for their names
        }
        int bits = 1 + pools.below(Math.min(from.width(), to.width()));
        if (pools.chance(50)) {
            bits = Math.min(from.width(), to.width());
        }
        if (load && pools.chance(30)) {
            return "load:0x%x->%s".formatted(pools.below(2), any(to, 64));
        }
        return load
                ? "load:%s->%s".formatted(part(from, bits), part(to, bits))
                : "%s=%s".formatted(part(to, bits), part(from, bits));
    }

    private String rare() {
        return switch (pools.below(8)) {
            case 0 -> "note:01.02.03";
            case 7 -> "output(port=%d,max_len=%d)".formatted(port(), 14 + pools.below(200));
            case 1 -> "exit";
            case 2 -> "set_tunnel:" + pools.below(4);
            case 3 ->
                    version == 1 ? "enqueue:%d:0".formatted(port()) : "set_queue:" + pools.below(2);
            case 4 -> "pop_queue";
            case 5 -> selects || meters > 0 ? "pop_queue" : "table";
            default -> "note:aa";
        };
    }

    private String resubmit(int table) {
        int next = pools.chance(85) ? Math.min(table, 250) + 1 + pools.below(3) : pools.below(4);
        return pools.chance(80)
                ? "resubmit(,%d)".formatted(next)
                : "resubmit(%d,%d)".formatted(1 + pools.below(5), next);
    }

    private String cloned(int table, Match match, int depth) {
        StringJoiner list = new StringJoiner(",", "clone(", ")");
        int n = 1 + pools.below(3);
        for (int i = 0; i < n; i++) {
            list.add(action(table, match, depth - 1));
        }
        return list.toString();
    }

    private String stack(Match match) {
        return pools.chance(50)
                ? "push:" + any(readable(match), 128)
                : "pop:" + any(writable(match), 128);
    }

    private String vlan(Match match) {
        boolean tagged = Field.VLAN_PCP.prerequisite().isMetBy(match);
        if (!layers.newTags()) {
            return version == 1 ? "strip_vlan" : tagged ? "pop_vlan" : output();
        }
        return switch (pools.below(6)) {
            case 0 -> version == 1 ? "strip_vlan" : "push_vlan:" + pools.one("0x8100", "0x88a8");
            case 1, 2 ->
                    tagged && version > 1
                            ? "pop_vlan"
                            : version == 1 ? "strip_vlan" : "push_vlan:0x8100";
            case 3 -> "mod_vlan_vid:" + pools.vlan();
            case 4 -> "mod_vlan_pcp:" + pools.below(8);
            default -> "load:0x%x->vlan_tci[]".formatted(pools.oneOf(0, 0x1064, 0xb001, 0x0002));
        };
    }

    private String mpls(Match match) {
        boolean labelled = Field.MPLS_LABEL.prerequisite().isMetBy(match);
        if (!labelled && !layers.labels()) {
            return output();
        }
        if (!labelled) {
            return pools.one("push_mpls:0x8847", "push_mpls:0x8848");
        }
        return pools.one(
                layers.labels() ? "push_mpls:0x8847" : "dec_mpls_ttl",
                "pop_mpls:0x0800",
                "pop_mpls:0x86dd",
                "pop_mpls:0x8847",
                "dec_mpls_ttl",
                "set_mpls_ttl(%d)".formatted(pools.ttl()),
                "set_mpls_label(%d)".formatted(pools.label()),
                "set_mpls_tc(%d)".formatted(pools.below(8)));
    }

    private static boolean isIp(Match match) {
        return Field.IP_TTL.prerequisite().isMetBy(match);
    }

    // ---- fields

    private Field writable(Match match) {
        return writable(match, 1);
    }

    private Field writable(Match match, int least) {
        List<Field> possible = new ArrayList<>();
        for (Field field : FIELDS) {
            if (field.writable()
                    && field.width() >= least
                    && !isExcluded(field)
                    && field.prerequisite().isMetBy(match)) {
                possible.add(field);
                if (field.word() < org.skyway.openflow.model.FlowKey.PACKET_WORDS) {
                    possible.add(field); // twice as likely as the many registers
                    possible.add(field);
                }
            }
        }
        return possible.get(pools.below(possible.size()));
    }

    // Connections are tracked by neither; where tunnels go to, Open vSwitch looks at.
    private boolean isExcluded(Field field) {
        return switch (field) {
            case VLAN_TCI, VLAN_VID -> !layers.newTags();
            case CT_MARK, CT_LABEL, TUN_SRC, TUN_DST, TUN_IPV6_SRC, TUN_IPV6_DST -> true;
            default -> false;
        };
    }

    private String set(Match match) {
        Field field = writable(match);
        boolean tagged = Field.VLAN_PCP.prerequisite().isMetBy(match);
        if (field == Field.VLAN_TCI || field == Field.VLAN_VID && !tagged) {
            return version > 1 ? "set_field:0x7->reg0" : vlan(match);
        }
        if (field == Field.IN_PORT) {
            return load(match); // that name can't be set
        }
        String mask =
                field.maskable() && pools.chance(20) && !field.ovsName().contains("vlan")
                        ? "/" + FieldTexts.value(field, pools, true)
                        : "";
        return "set_field:%s%s->%s"
                .formatted(FieldTexts.value(field, pools, false), mask, FieldTexts.name(field));
    }

    private String load(Match match) {
        Field field = writable(match);
        int width = Math.min(field.width(), 64);
        int from = pools.chance(60) ? 0 : pools.below(width);
        int bits = pools.chance(60) ? width - from : 1 + pools.below(width - from);
        long value = FieldTexts.number(field, pools) & (bits == 64 ? -1L : (1L << bits) - 1);
        return "load:0x%x->%s".formatted(value, part(field, from, bits));
    }

    private String move(Match match) {
        Field to = writable(match);
        Field from = readable(match);
        int most = Math.min(from.width(), to.width());
        int bits = pools.chance(50) ? most : 1 + pools.below(most);
        return "move:%s->%s".formatted(part(from, bits), part(to, bits));
    }

    private String part(Field field, int bits) {
        return part(field, pools.below(field.width() - bits + 1), bits);
    }

    // A whole field may be said without its bits.
    private String part(Field field, int from, int bits) {
        String name = FieldTexts.name(field);
        return bits == field.width() && pools.chance(50)
                ? name + "[]"
                : "%s[%d..%d]".formatted(name, from, from + bits - 1);
    }

    private String any(Field field, int most) {
        int width = Math.min(field.width(), most);
        return part(field, pools.chance(50) ? width : 1 + pools.below(width));
    }

    private Field readable(Match match) {
        while (true) {
            Field field = FIELDS[pools.below(FIELDS.length)];
            if (field.prerequisite().isMetBy(match)) {
                return field;
            }
        }
    }
}
