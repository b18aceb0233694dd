package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random pipelines in `ovs-ofctl` syntax over 4 ports, of which about half of the ports have a
/// link: each port gets a way to another that is right, many of which are then spoilt a little.
public final class RandomPipelines {
    /// How many ports there are, numbered from 1.
    public static final int PORTS = 4;

    private static final String[] CONDITIONS = {
        "eth_dst=02:00:00:00:00:01",
        "eth_dst=01:00:00:00:00:00/01:00:00:00:00:00",
        "dl_vlan=1",
        "dl_vlan=0xffff",
        "vlan_tci=0x1000/0x1000",
        "dl_vlan=1,dl_vlan_pcp=1",
        "arp",
        "arp,arp_op=1",
        "ip",
        "ip,nw_dst=0.0.0.0/1",
        "ip,nw_dst=128.0.0.0/1",
        "ip,nw_dst=10.0.0.1",
        "ip,nw_ttl=64",
        "ip,ip_frag=later",
        "ip,ip_frag=no",
        "tcp",
        "tcp,tp_dst=80",
        "tcp,tp_dst=0x50/0xfffe",
        "udp,tp_dst=80,nw_dst=10.0.0.1",
        "tcp6",
        "tcp6,tp_dst=80",
        "icmp6,icmpv6_type=135",
        "icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1",
        "tcp,ip_frag=first",
        "tcp,tp_dst=80,ip_frag=first",
        "udp,ip_frag=no",
        "ipv6",
        "eth_type=0x88b5"
    };

    private static final String[] IMPOSSIBLE = {
        "metadata=9",
        "reg5=1",
        "actset_output=2",
        "tun_id=3",
        "vlan_tci=0x0001/0x1001",
        "vlan_tci=0x0002/0x1002"
    };

    /// The flows. Not to be changed.
    public final List<String> flows = new ArrayList<>();

    /// The groups. Not to be changed.
    public final List<String> groups = new ArrayList<>();

    private final Random random;
    private final int[] nextPriority = new int[8];
    private int nextGroup = 1;
    private int nextTag = 1;

    /// A pipeline.
    ///
    /// @param random decides everything
    public RandomPipelines(Random random) {
        this.random = random;
        java.util.Arrays.fill(nextPriority, 1000);
        for (int port = 1; port <= PORTS; port++) {
            port(port);
        }
        java.util.Collections.shuffle(flows, random);
    }

    private boolean chance(double p) {
        return random.nextDouble() < p;
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }

    private int otherPort(int port) {
        return 1 + (port - 1 + 1 + random.nextInt(PORTS - 1)) % PORTS;
    }

    /// Adds a flow below all that its table has so far.
    private void flow(int table, String match, String actions) {
        flows.add(
                "table=%d,priority=%d%s actions=%s"
                        .formatted(
                                table,
                                nextPriority[table]--,
                                match.isEmpty() ? "" : "," + match,
                                actions));
    }

    private void port(int port) {
        int to = otherPort(port);
        String in = "in_port=" + port;
        // Above the way: impossible ones, ones that agree, and ones that do not.
        for (int i = random.nextInt(3); i > 0; i--) {
            flow(0, in + "," + pick(IMPOSSIBLE), spoilt(port, to));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            String condition = in + "," + pick(CONDITIONS);
            flow(0, condition, chance(0.7) ? way(port, to, condition) : "output:" + to);
        }
        if (chance(0.4)) {
            String condition = in + "," + pick(CONDITIONS);
            flow(0, condition, chance(0.3) ? harmless(to, condition) : spoilt(port, to));
        }
        // The way, perhaps in pieces that only together are everything.
        switch (random.nextInt(6)) {
            case 0 ->
                    pieces(
                            port,
                            to,
                            new String[] {"vlan_tci=0x0000/0x1000", "vlan_tci=0x1000/0x1000"});
            case 1 ->
                    pieces(
                            port,
                            to,
                            new String[] {
                                "eth_dst=00:00:00:00:00:00/01:00:00:00:00:00",
                                "eth_dst=01:00:00:00:00:00/01:00:00:00:00:00"
                            });
            case 2 -> {
                flow(0, in + ",ip,nw_dst=0.0.0.0/1", way(port, to, in + ",ip"));
                if (!chance(0.2)) {
                    flow(0, in + ",ip,nw_dst=128.0.0.0/1", way(port, to, in + ",ip"));
                }
                flow(0, in + ",ip", spoilt(port, to));
                flow(0, in, way(port, to, in));
            }
            default -> flow(0, in, way(port, to, in));
        }
        // Below it: shadowed, whatever it does.
        for (int i = random.nextInt(3); i > 0; i--) {
            flow(0, chance(0.5) ? in : in + "," + pick(CONDITIONS), spoilt(port, to));
        }
    }

    private void pieces(int port, int to, String[] matches) {
        String in = "in_port=" + port;
        for (String match : matches) {
            if (!chance(0.1)) {
                flow(0, in + "," + match, way(port, to, in + "," + match));
            }
        }
    }

    /// Actions that send packets that match to a port, unchanged.
    private String way(int port, int to, String match) {
        return switch (random.nextInt(15)) {
            case 0 -> {
                int tag = nextTag++;
                int table = 1 + random.nextInt(3);
                if (chance(0.3)) {
                    flow(
                            table,
                            "metadata=" + tag + "," + pick(CONDITIONS),
                            spoiltSometimes(port, to));
                }
                flow(table, "metadata=%d".formatted(tag), harmless(to, ""));
                yield "write_metadata:%d,goto_table:%d".formatted(tag, table);
            }
            case 1 -> {
                int tag = nextTag++;
                int table = 4 + random.nextInt(3);
                flow(table, "reg1=%d".formatted(tag), harmless(to, ""));
                yield "set_field:%d->reg1,resubmit(,%d)".formatted(tag, table);
            }
            case 2 -> "group:" + group(port, to);
            case 3 -> "write_actions(output:%d)".formatted(to);
            case 4 -> "set_field:%d->reg0,output:reg0".formatted(to);
            case 5 ->
                    "load:%d->reg2[4..7],move:reg2[4..7]->reg3[0..3],output:reg3[0..3]"
                            .formatted(to);
            case 6 -> {
                int tag = nextTag++;
                int table = 1 + random.nextInt(3);
                String in = "metadata=" + tag;
                if (chance(0.5)) {
                    flow(table, in + ",actset_output=" + otherPort(to), spoilt(port, to));
                }
                if (chance(0.2)) {
                    flow(table, in + ",actset_output=" + to, spoiltSometimes(port, to));
                }
                flow(table, in, chance(0.7) ? "drop" : "output:" + to + ",clear_actions");
                yield "write_actions(output:%d),write_metadata:%d,goto_table:%d"
                        .formatted(to, tag, table);
            }
            case 7 -> {
                int tag = nextTag++;
                int table = 4 + random.nextInt(3);
                flow(table, "reg4=%d".formatted(tag), harmless(to, ""));
                yield "load:%d->reg4[],write_actions(resubmit(,%d))".formatted(tag, table);
            }
            case 8 -> {
                int tag = nextTag++;
                int table = 1 + random.nextInt(3);
                flow(
                        0,
                        "metadata=" + tag + ",in_port=" + port + ",reg8=1",
                        chance(0.8) ? harmless(to, "") : spoilt(port, to));
                flow(
                        table,
                        "metadata=" + tag,
                        "load:1->reg8[],write_actions(resubmit(%d,255))".formatted(port));
                yield "write_metadata:%d,goto_table:%d".formatted(tag, table);
            }
            default -> harmless(to, match);
        };
    }

    /// Output that is the same as no more than output.
    private String harmless(int to, String match) {
        List<String> same = new ArrayList<>();
        if (match.contains("eth_dst=02:00:00:00:00:01")) {
            same.add("set_field:02:00:00:00:00:01->eth_dst,output:%d");
        }
        if (match.contains("dl_vlan=1")) {
            same.add("set_field:4097->vlan_vid,output:%d");
            same.add("mod_vlan_vid:7,mod_vlan_vid:1,output:%d");
        }
        if (match.contains("vlan_tci=0x0000/0x1000")) {
            same.add("load:0->vlan_tci[],output:%d");
            same.add("load:5->vlan_tci[0..11],output:%d");
            same.add("load:0x1005->vlan_tci[],pop_vlan,output:%d");
            same.add("push_vlan:0x8100,push_vlan:0x8100,pop_vlan,pop_vlan,pop_vlan,output:%d");
        }
        if (match.contains("nd_target=fe80::1")) {
            same.add("set_field:fe80::1->nd_target,output:%d");
            same.add("set_field:fe80::2->nd_target,set_field:fe80::1->nd_target,output:%d");
        }
        if (match.contains("nw_ttl=64")) {
            same.add("dec_ttl,set_field:64->nw_ttl,output:%d");
        }
        if (match.contains("tcp,tp_dst=80")) {
            same.add("set_field:80->tcp_dst,output:%d");
            same.add("mod_tp_dst:80,output:%d");
        }
        if (match.contains("nw_dst=10.0.0.1")) {
            same.add("set_field:10.0.0.9->nw_dst,set_field:10.0.0.1->nw_dst,output:%d");
        }
        same.add("output:%d");
        same.add("output:%d");
        same.add("output:%d,set_field:02:00:00:00:00:99->eth_dst");
        same.add("clone(set_field:02:00:00:00:00:99->eth_dst),note:01,output:%d");
        same.add("push_vlan:0x8100,pop_vlan,output:%d");
        same.add("output:9,output:%d");
        same.add("load:0xffff0001->reg0[],output:reg0[],output:%d");
        same.add("load:0xffff->reg0[],output:reg0[],output:%d");
        same.add("output:%d,load:0->vlan_tci[]");
        same.add("output:%d,goto_table:200");
        same.add("push:eth_src[],set_field:02:00:00:00:00:07->eth_src,pop:eth_src[],output:%d");
        same.add("move:eth_src[0..31]->reg7,output:%d");
        same.add("clear_actions,write_actions(output:%d)");
        return same.get(random.nextInt(same.size())).formatted(to);
    }

    private String spoiltSometimes(int port, int to) {
        return chance(0.5) ? harmless(to, "") : spoilt(port, to);
    }

    private String spoilt(int port, int to) {
        String[] ways = {
            "drop",
            "output:" + otherPort(to),
            "output:" + port,
            "in_port",
            "output:%d,output:%d".formatted(to, otherPort(to)),
            "output:%d,CONTROLLER".formatted(to),
            "set_field:02:00:00:00:00:01->eth_dst,output:" + to,
            "set_field:00:00:00:00:00:01/00:00:00:00:00:01->eth_dst,output:" + to,
            "mod_vlan_vid:1,output:" + to,
            "strip_vlan,output:" + to,
            "dec_ttl,output:" + to,
            "push_vlan:0x8100,output:" + to,
            "ALL",
            "move:eth_src[]->eth_dst[],output:" + to,
            "goto_table:7",
            "resubmit(,7),output:" + to,
            "exit,output:" + to,
            "write_actions(output:%d),goto_table:7".formatted(to),
            "meter:1,output:" + to,
            "NORMAL",
            "load:0x1000%d->reg0[],output:reg0[]".formatted(to),
            "load:0xfff8->reg0[],output:reg0[]",
            "load:0xfffc->reg0[],output:reg0[]",
            "load:0xfffd->reg0[],output:reg0[],output:" + to,
            "push_vlan:0x8100,push_vlan:0x8100,pop_vlan,pop_vlan,output:" + to,
            "load:0->vlan_tci[],output:" + to,
            "load:0x1001->vlan_tci[],output:" + to,
            "set_field:fe80::1->nd_target,output:" + to,
            "set_field:80->tcp_dst,output:" + to,
            "clone(note:01),write_actions(output:%d)".formatted(to),
            "clone(output:%d),output:%d".formatted(to, to)
        };
        return pick(ways);
    }

    private int resubmitted(int port, int to) {
        int table = 4 + random.nextInt(3);
        flow(table, "reg9=" + nextGroup, spoiltSometimes(port, to));
        flow(table, "in_port=" + port, chance(0.7) ? harmless(to, "") : spoilt(port, to));
        return table;
    }

    private int group(int port, int to) {
        int id = nextGroup++;
        int other = otherPort(to);
        String[] forms = {
            "type=all,bucket=actions=output:%d".formatted(to),
            "type=indirect,bucket=actions=output:%d".formatted(to),
            "type=select,bucket=weight:0,actions=output:%d,bucket=weight:3,actions=output:%d"
                    .formatted(other, to),
            "type=ff,bucket=watch_port:9,actions=output:%d,bucket=watch_port:%d,actions=output:%d,bucket=watch_port:1,actions=drop"
                    .formatted(other, to, to),
            "type=all,bucket=actions=output:%d,bucket=actions=set_field:02:00:00:00:00:99->eth_dst"
                    .formatted(to),
            "type=select,bucket=weight:1,actions=output:%d,bucket=weight:3,actions=output:%d"
                    .formatted(other, to),
            "type=all,bucket=actions=output:%d,bucket=actions=output:%d".formatted(to, other),
            "type=all,bucket=actions=output:%d,bucket=actions=output:%d".formatted(to, port),
            "type=indirect,bucket=actions=resubmit(,%d)".formatted(resubmitted(port, to))
        };
        groups.add(
                "group_id=%d,%s"
                        .formatted(id, chance(0.7) ? forms[random.nextInt(5)] : pick(forms)));
        return id;
    }
}
