package org.skyway.experiments.siege;

import java.io.IOException;
import java.util.List;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;

/// Rules and groups that cost much when a packet meets them, or when they are changed.
final class RuleAssaults {
    private static final int PACKETS = 50;
    private static final int ALL_TABLES = 254;
    private static final int MOST_PRIORITIES = 65_536;

    private RuleAssaults() {}

    static void chain(Ground g) throws IOException {
        for (int table = 0; table < ALL_TABLES; table++) {
            g.controller()
                    .add(
                            "table=%d,in_port=3,actions=resubmit(,%d)"
                                    .formatted(table, (table + 1) % ALL_TABLES));
        }
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    static void tree(Ground g) throws IOException {
        for (int table = 0; table < ALL_TABLES - 1; table++) {
            g.controller()
                    .add(
                            "table=%d,in_port=3,actions=resubmit(,%d),resubmit(,%d),output:4"
                                    .formatted(table, table + 1, table + 1));
        }
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    static void itself(Ground g) throws IOException {
        g.controller().add("in_port=3,actions=output:4,resubmit(,0),resubmit(3,0)");
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    // Each has two buckets that both lead to the next: 2 to the power of the depth, if it may.
    static void groups(Ground g) throws IOException {
        int deep = 200;
        g.controller().group(GroupMod.ADD, "group_id=%d,type=all,bucket=output:4".formatted(deep));
        for (int id = deep - 1; id > 0; id--) {
            g.controller()
                    .group(
                            GroupMod.ADD,
                            "group_id=%d,type=all,bucket=group:%d,bucket=group:%d"
                                    .formatted(id, id + 1, id + 1));
        }
        g.controller().group(GroupMod.MODIFY, "group_id=200,type=all,bucket=group:1");
        g.controller().add("in_port=3,actions=group:1");
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    static void outputs(Ground g) throws IOException {
        g.controller().add("in_port=3,actions=" + "output:4,".repeat(4000) + "output:4");
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    // 100,000 entries of one match, by their priorities in two tables.
    static void oneMatch(Ground g) throws IOException {
        int left = g.some(100_000);
        for (int table = 10; left > 0; table++) {
            int here = Math.min(left, MOST_PRIORITIES);
            for (int priority = 0; priority < here; priority++) {
                g.controller()
                        .add(
                                "table=%d,priority=%d,in_port=3,actions=output:4"
                                        .formatted(table, priority));
            }
            left -= here;
        }
        g.controller().add("in_port=3,actions=resubmit(,10),resubmit(,11)");
        g.controller().barrier();
        g.send(PACKETS);
        g.controller().barrier();
    }

    static void randomMasks(Ground g) throws IOException {
        int rules = g.some(20_000);
        for (int i = 0; i < rules; i++) {
            g.controller()
                    .add(
                            "table=1,priority=%d,udp,nw_src=%s/%s,nw_dst=%s/%s,tp_src=0x%x/0x%x,actions=output:4"
                                    .formatted(
                                            g.random().nextInt(1, 65536),
                                            address(g.random().nextInt()),
                                            address(g.random().nextInt()),
                                            address(g.random().nextInt()),
                                            address(g.random().nextInt()),
                                            g.random().nextInt(65536),
                                            g.random().nextInt(65536)));
        }
        g.controller().add("in_port=3,actions=resubmit(,1)");
        g.controller().barrier();
        g.flood(2, 64, at -> Ground.udp(at, g.random().nextInt(), g.random().nextInt(65536)));
    }

    private static String address(int ip) {
        return "%d.%d.%d.%d".formatted(ip >>> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
    }

    // 400 additions and deletions of a rule that no packet meets, ten times over, flat out.
    static void pairs(Ground g) {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 400; i++) {
                String rule = "priority=%d,in_port=99,udp,actions=output:4".formatted(1000 + i);
                g.controller().add(rule);
                g.controller().delete(rule);
            }
            g.controller().barrier();
        }
    }

    static void churn(Ground g) {
        int rounds = g.some(3000);
        for (int i = 0; i < rounds; i++) {
            int id = 1 + g.random().nextInt(200);
            var meter =
                    new Meter(id, 1, List.of(new Meter.Band(1, g.random().nextInt(1000), 0, 0)));
            g.controller().send(new MeterMod(g.random().nextInt(3), meter));
            String group =
                    "group_id=%d,type=select,bucket=output:4,bucket=output:%d"
                            .formatted(id, 1 + g.random().nextInt(4));
            g.controller().group(g.random().nextBoolean() ? GroupMod.ADD : GroupMod.DELETE, group);
            if (i % 100 == 0) {
                g.controller().add("in_port=99,priority=%d,actions=group:%d".formatted(i, id));
                g.controller().barrier();
            }
        }
        g.controller().barrier();
    }
}
