package org.skyway.experiments.jmh;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.skyway.openflow.model.FlowRule;
import org.skyway.p2p.detect.P2pDetector;

/// How long single decisions take, with their tail: a stream of insertions and removals against a
/// filled detector, one [P2pDetector#update] each.
///
/// JMH gives means per benchmark; this gives the percentiles that the goals are about. With
/// `-Dp2p.clock=cpu` it counts the thread's own processor time, which other work on the machine
/// does not lengthen (much), but reading it adds about half a microsecond.
public final class P2pStream {
    private static final P2pRules.Kind[] KINDS = {
        P2pRules.Kind.STEERING, P2pRules.Kind.PIPELINE, P2pRules.Kind.ACL, P2pRules.Kind.ROUTES
    };

    private static final LongSupplier CLOCK =
            "cpu".equals(System.getProperty("p2p.clock"))
                    ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime
                    : System::nanoTime;

    private P2pStream() {}

    /// Runs one stream, or all of the table when called without arguments.
    ///
    /// @param arguments kind, rules, ports, `flows` or `links` (what the changes are about),
    ///   changes
    public static void main(String[] arguments) {
        System.out.println(
                "| rules | kind | ports | changes | n | mean µs | p50 | p99 | p99.9 | max | B/rule | load s |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        if (arguments.length == 5) {
            stream(
                    P2pRules.Kind.valueOf(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    arguments[3].equals("links"),
                    Integer.parseInt(arguments[4]));
            return;
        }
        for (int rules : new int[] {1_000, 10_000, 100_000, 1_000_000}) {
            for (P2pRules.Kind kind : KINDS) {
                int ports = rules < 10_000 ? 16 : 100;
                stream(kind, rules, ports, false, 100_000);
                stream(kind, rules, ports, true, 100_000);
            }
        }
        stream(P2pRules.Kind.ACL, 10_000, 2, false, 100_000);
        stream(P2pRules.Kind.ACL, 10_000, 2, true, 100_000);
        stream(P2pRules.Kind.ACL, 1_000_000, 2, true, 100_000);
        stream(P2pRules.Kind.STEERING, 1_000_000, 1000, true, 100_000);
        stream(P2pRules.Kind.ACL, 100_000, 1000, false, 100_000);
        stream(P2pRules.Kind.AGREEING, 10_000, 16, false, 100_000);
        stream(P2pRules.Kind.HARD, 205, 16, false, 20_000);
        stream(P2pRules.Kind.HARD, 1_000, 16, false, 20_000);
    }

    private static void stream(
            P2pRules.Kind kind, int count, int ports, boolean links, int changes) {
        P2pRules rules = new P2pRules(kind, ports, 1);
        long memory = usedMemory();
        P2pDetector detector = rules.detector();
        long start = System.nanoTime();
        for (FlowRule rule : rules.chain()) {
            detector.ruleAdded(rule);
        }
        List<FlowRule> installed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FlowRule rule = rules.next();
            installed.add(rule);
            detector.ruleAdded(rule);
        }
        detector.update();
        double loadSeconds = (System.nanoTime() - start) / 1e9;
        long perRule = (usedMemory() - memory) / count;
        Random random = new Random(2);
        run(detector, rules, installed, random, links, ports, changes / 2);
        Histogram times = run(detector, rules, installed, random, links, ports, changes);
        System.out.printf(
                "| %d | %s | %d | %s | %d | %.2f | %.1f | %.1f | %.1f | %.0f | %d | %.1f |%n",
                count,
                kind,
                ports,
                links ? "links" : "flows",
                times.getTotalCount(),
                times.getMean() / 1e3,
                times.getValueAtPercentile(50) / 1e3,
                times.getValueAtPercentile(99) / 1e3,
                times.getValueAtPercentile(99.9) / 1e3,
                times.getMaxValue() / 1e3,
                perRule,
                loadSeconds);
    }

    private static Histogram run(
            P2pDetector detector,
            P2pRules rules,
            List<FlowRule> installed,
            Random random,
            boolean links,
            int ports,
            int changes) {
        Histogram times = new Histogram(3);
        for (int i = 0; i < changes; i += 2) {
            FlowRule removed;
            FlowRule added;
            if (links) {
                List<FlowRule> chain = rules.chain(1 + random.nextInt(ports / 2));
                removed = chain.get(random.nextInt(chain.size()));
                added = removed;
            } else {
                int at = random.nextInt(installed.size());
                removed = installed.get(at);
                added = rules.next();
                installed.set(at, added);
            }
            long start = CLOCK.getAsLong();
            detector.ruleRemoved(removed);
            detector.update();
            long between = CLOCK.getAsLong();
            detector.ruleAdded(added);
            detector.update();
            long end = CLOCK.getAsLong();
            times.recordValue(between - start);
            times.recordValue(end - between);
        }
        return times;
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
