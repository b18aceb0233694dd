package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.p2p.detect.RandomPipelines;
import org.skyway.p2p.detect.SmallPackets;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// Outcomes that an entry does not touch, as they say, against runs with the entry and without.
class DependenciesPropertyTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final int CASES = Integer.getInteger("skyway.pipeline.cases", 40);
    private static final int PACKETS = 120;
    private static final int CHANGES = 20;

    /// What random pipelines do not have.
    private static final String[] MORE = {
        "table=0,priority=1200,in_port=1,tcp actions=resubmit(3,4),resubmit(2,),output:2",
        "table=0,priority=1200,ip,nw_dst=10.0.0.1 actions=load:2->NXM_OF_IN_PORT[],goto_table:4",
        "table=0,priority=1200,dl_vlan=1 actions=strip_vlan,goto_table:5",
        "table=0,priority=1200,tcp,tp_dst=81 actions=set_field:80->tcp_dst,goto_table:5",
        "table=0,priority=1200,arp actions=push_mpls:0x8847,goto_table:5",
        "table=0,priority=1200,udp actions=set_field:1.2.3.4->ip_dst,dec_ttl,resubmit(,5),goto_table:6",
        "table=0,priority=1200,ip,nw_ttl=2 actions=move:eth_src[0..7]->reg1[0..7],goto_table:5",
        "table=0,priority=1200,ip actions=clone(set_field:7->reg1,resubmit(,5)),goto_table:5",
        "table=4,priority=1200,in_port=3 actions=output:4",
        "table=4,priority=900,ip,nw_dst=10.0.0.1 actions=conjunction(5,1/2)",
        "table=4,priority=900,tcp,tp_dst=80 actions=conjunction(5,2/2)",
        "table=4,priority=900,udp actions=conjunction(5,2/2)",
        "table=4,priority=800,conj_id=5 actions=output:1",
        "table=5,priority=1200,vlan_tci=0 actions=output:1",
        "table=5,priority=1200,dl_type=0x8847,mpls_label=0 actions=output:2",
        "table=5,priority=1201,dl_type=0x8847,mpls_ttl=64 actions=output:2,goto_table:6",
        "table=5,priority=1100,tcp,tp_dst=80 actions=output:3",
        "table=5,priority=1100,tcp,tp_dst=0 actions=output:4",
        "table=5,priority=1100,reg1=7 actions=NORMAL",
        "table=5,priority=1100,reg1=1 actions=NORMAL",
        "table=6,priority=1100,ip,nw_dst=1.2.3.4,nw_ttl=63 actions=output:3",
        "table=6,priority=1100,ip,nw_dst=1.2.3.0/24 actions=group:1",
        "table=6,priority=1000,actset_output=2 actions=drop",
        "table=7,priority=1000 actions=NORMAL",
    };

    private static final int LONG = 4000;
    private static final List<List<long[]>> PACKETS_AT =
            IntStream.rangeClosed(1, RandomPipelines.PORTS).mapToObj(SmallPackets::at).toList();

    private record Outcome(String text, Match megaflow, Dependencies on) {}

    private Random random;
    private Tables tables;
    private final List<FlowRule> rules = new ArrayList<>();
    private final Set<Long> moved = new HashSet<>();
    private long untouched;
    private long touched;

    @Test
    void whatAnEntryDoesNotTouchStaysAsItIs() {
        System.out.printf("-Dskyway.seed=%d, %d cases%n", SEED, CASES);
        for (int i = 0; i < CASES; i++) {
            random = new Random(SEED + i);
            pipeline("seed " + (SEED + i));
        }
        System.out.printf("%d kept, %d dropped%n", untouched, touched);
        assertTrue(untouched > 20L * CASES * PACKETS / 10 && touched > 0);
    }

    private void pipeline(String seed) {
        tables = new Tables();
        tables.macs().onChange(moved::add);
        rules.clear();
        for (int port = 1; port <= RandomPipelines.PORTS; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
        tables.fragmentHandling(random.nextInt(4) == 0 ? 3 : Tables.FRAGMENTS_NORMAL);
        RandomPipelines pipeline = new RandomPipelines(random);
        pipeline.groups.stream()
                .map(GroupText::parse)
                .forEach(
                        g -> tables.group(g.id(), new GroupState(g, 0, () -> new FlowCounters(1))));
        pipeline.flows.forEach(f -> add(alone(FlowText.parse(f))));
        for (String more : MORE) {
            if (random.nextBoolean()) {
                add(alone(FlowText.parse(more)));
            }
        }
        tables.publish();
        List<long[]> keys = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            int port = 1 + random.nextInt(RandomPipelines.PORTS);
            List<long[]> all = PACKETS_AT.get(port - 1);
            long[] key = all.get(random.nextInt(all.size())).clone();
            Field.ETH_SRC.set(key, 0x0200_0000_0100L | port);
            keys.add(key);
        }
        keys.forEach(this::run); // what is there to be learned is
        List<Outcome> after = keys.stream().map(this::run).toList();
        for (int change = 0; change < CHANGES; change++) {
            List<Outcome> before = after;
            moved.clear();
            FlowRule rule = change(pipeline.groups.size());
            tables.publish();
            tables.reclaim(tables.version());
            after = keys.stream().map(this::run).toList();
            for (Outcome old : before) {
                boolean learned = Arrays.stream(old.on.macs()).anyMatch(moved::contains);
                if (learned || old.on.touchedBy(rule)) {
                    touched++;
                    continue;
                }
                untouched++;
                for (int k = 0; k < keys.size(); k++) {
                    if (old.megaflow.matches(keys.get(k))) {
                        String now = after.get(k).text;
                        assertEquals(old.text, now, () -> seed + ": " + rule);
                    }
                }
            }
        }
    }

    // Which of equals wins is nobody's promise, but for clauses of conjunctions there is no winner.
    private FlowRule alone(FlowRule rule) {
        boolean clause = rule.table() == 4 && rule.priority() == 900;
        FlowRule r = rule;
        while (!clause && isTaken(r)) {
            r = new FlowRule(r.table(), r.priority() + 1, r.match(), r.instructions());
        }
        return r;
    }

    private boolean isTaken(FlowRule rule) {
        return rules.stream()
                .anyMatch(r ->
                        r.table() == rule.table()
                                && r.priority() == rule.priority()
                                && !r.match().equals(rule.match()));
    }

    private void add(FlowRule rule) {
        rules.removeIf(r -> isSame(r, rule));
        rules.add(rule);
        tables.put(new FlowEntry(rule, 0, 0, new FlowCounters(1)));
    }

    private static boolean isSame(FlowRule a, FlowRule b) {
        return a.table() == b.table()
                && a.priority() == b.priority()
                && a.match().equals(b.match());
    }

    private Outcome run(long[] key) {
        Translation translation = new Translation(tables, key, 0);
        DatapathProgram program = translation.run();
        String text = Outcomes.text(program);
        return new Outcome(
                // Of a packet that runs in circles there is too much to keep.
                text.length() < LONG ? text : text.substring(0, LONG) + text.hashCode(),
                Match.of(key, translation.examined()),
                translation.dependencies());
    }

    private FlowRule change(int groups) {
        if (random.nextInt(3) == 0) {
            FlowRule gone = rules.remove(random.nextInt(rules.size()));
            tables.remove(tables.find(gone));
            return gone;
        }
        FlowRule rule = alone(random.nextInt(3) == 0 ? known() : fresh());
        add(rule);
        return rule;
    }

    // With other actions.
    private FlowRule known() {
        FlowRule old = rules.get(random.nextInt(rules.size()));
        return new FlowRule(
                old.table(),
                random.nextBoolean() ? old.priority() : random.nextInt(1300),
                old.match(),
                fresh().instructions());
    }

    private FlowRule fresh() {
        List<String> flows = new RandomPipelines(random).flows;
        String text =
                random.nextInt(3) == 0
                        ? MORE[random.nextInt(MORE.length)]
                        : flows.get(random.nextInt(flows.size()));
        FlowRule rule = FlowText.parse(text);
        int table = random.nextInt(3) == 0 ? random.nextInt(9) : rule.table();
        int priority = random.nextInt(3) == 0 ? random.nextInt(1300) : rule.priority();
        return new FlowRule(table, priority, rule.match(), rule.instructions());
    }
}
