package org.skyway.experiments.conformance;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.skyway.experiments.conformance.Encoder.Encoded;
import org.skyway.experiments.conformance.generate.Case;
import org.skyway.experiments.conformance.generate.CaseGenerator;
import org.skyway.experiments.conformance.generate.Feature;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.process.ExperimentException;

/// The differential test: seeded cases on both switches, until one shows an unexplained difference.
public final class Conformance implements AutoCloseable {
    private static final int BATCH = 25;
    private static final int PACKET_PORTS = Lab.PORTS - 1;
    private static final int REPEATS = 3;
    private static final int RESTORED = 8; // one case in so many

    private final Lab lab;
    private final Encoder encoder;
    private final CaseRunner runner;
    private final Comparison comparison;
    private final Set<Feature> features;
    private final PrintStream out;
    private final Map<String, Integer> explained = new TreeMap<>();
    private final Set<Long> leftOut; // seeds
    private long current; // the seed of the case at work
    private int done;
    private int differing;
    private int passing; // seen, but not each time the case was repeated

    /// Runs cases, with new switches whenever a case was too much for Open vSwitch.
    ///
    /// @param features what cases may hold
    /// @param cases how many
    /// @param seed of the first; the next have the next numbers
    /// @param most unexplained differences before it stops
    /// @param log takes what the switches say
    /// @param out where progress and differences go
    /// @return how many cases had unexplained differences
    public static int run(
            Set<Feature> features,
            int cases,
            long seed,
            int most,
            Consumer<String> log,
            PrintStream out) {
        Set<Long> leftOut = new HashSet<>();
        int differing = 0;
        int done = 0;
        while (true) {
            try (Lab lab = new Lab(log);
                    Conformance conformance = new Conformance(lab, features, leftOut, out)) {
                try {
                    conformance.run(cases - done, seed + done, most - differing);
                    return differing + conformance.differing;
                } catch (ExperimentException e) {
                    if (!(e instanceof BusyException) && !lab.ovsHasEnded()) {
                        throw e;
                    }
                    out.printf("case %d is left out: %s%n", conformance.current, e.getMessage());
                    leftOut.add(conformance.current);
                    differing += conformance.differing;
                    done += conformance.done;
                }
            }
        }
    }

    private Conformance(Lab lab, Set<Feature> features, Set<Long> leftOut, PrintStream out) {
        this.lab = lab;
        this.features = EnumSet.copyOf(features);
        this.leftOut = leftOut;
        this.out = out;
        encoder = new Encoder(lab.scratch());
        runner = new CaseRunner(lab, encoder);
        comparison = new Comparison(lab.scratch());
    }

    private void run(int cases, long seed, int most) {
        long start = System.nanoTime();
        while (done < cases && differing < most) {
            int n = Math.min(BATCH, cases - done);
            batch(seed + done, n, most);
            done += n;
            out.printf(
                    "%d of %d cases, %d with differences, %.0f s%n",
                    done, cases, differing, (System.nanoTime() - start) / 1e9);
        }
        out.printf(
                "%d line(s) were refused by ovs-ofctl itself; explained differences: %s; %d did not"
                        + " reproduce%n",
                encoder.refused(), explained, passing);
    }

    private void batch(long seed, int n, int most) {
        List<Encoded> cases = new ArrayList<>();
        List<Observation> ovs = new ArrayList<>();
        List<Observation> skyway = new ArrayList<>();
        List<List<Difference>> found = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            current = seed + i;
            if (leftOut.contains(current)) {
                continue;
            }
            Case c = new CaseGenerator(current, PACKET_PORTS, features).next();
            Encoded encoded = encoder.encode(c);
            List<Observation> seen = runner.run(encoded);
            cases.add(encoded);
            ovs.add(seen.get(0));
            skyway.add(seen.get(1));
            found.add(comparison.direct(encoded, seen.get(0), seen.get(1)));
            restore(c, found.getLast());
        }
        List<Difference> dumps = comparison.dumps(ovs, skyway);
        for (int i = 0; i < cases.size() && differing < most; i++) {
            if (dumps.get(i) != null) {
                found.get(i).add(dumps.get(i));
            }
            List<Difference> unexplained = unexplained(found.get(i), true);
            if (!unexplained.isEmpty()) {
                current = cases.get(i).of().seed();
                boolean again = isLasting(cases.get(i).of(), unexplained.getFirst().kind());
                differing += again ? 1 : 0;
                passing += again ? 0 : 1;
                report(cases.get(i).of(), unexplained.getFirst(), again);
            }
        }
    }

    // Takes several programs, so not of every case.
    private void restore(Case c, List<Difference> found) {
        if (c.seed() % RESTORED == 0) {
            Difference d = Restoration.check(lab, c.version());
            if (d != null) {
                found.add(d);
            }
        }
    }

    private List<Difference> unexplained(List<Difference> all, boolean count) {
        List<Difference> left = new ArrayList<>();
        for (Difference d : all) {
            List<KnownDifferences.Known> known = KnownDifferences.find(d);
            if (known.isEmpty()) {
                left.add(d);
            } else if (count) {
                known.forEach(k -> explained.merge(k.name(), 1, Integer::sum));
            }
        }
        return left;
    }

    /// Runs one case by itself.
    private List<Difference> check(Case c) {
        Encoded encoded = encoder.encode(c);
        List<Observation> seen = runner.run(encoded);
        List<Difference> found = comparison.direct(encoded, seen.get(0), seen.get(1));
        restore(c, found);
        Difference dump = comparison.dumps(seen.subList(0, 1), seen.subList(1, 2)).getFirst();
        if (dump != null) {
            found.add(dump);
        }
        return unexplained(found, false);
    }

    private void report(Case original, Difference first, boolean again) {
        Case small = original;
        Difference shown = first;
        if (again) {
            small = new Shrinker(c -> has(c, first.kind())).shrink(original);
            shown =
                    check(small).stream()
                            .filter(d -> d.kind() == first.kind())
                            .findFirst()
                            .orElse(first);
        } else {
            out.println("(did not reproduce when the case was repeated by itself)");
        }
        out.printf("%n==== case %d, OpenFlow 1.%d%n", small.seed(), small.version() - 1);
        small.meters().forEach(m -> out.println("meter " + m));
        small.packetOuts().forEach(p -> out.println("packet-out " + p));
        small.groups().forEach(g -> out.println("group " + g));
        small.flows().forEach(f -> out.println("flow " + f));
        List<byte[]> messages = encoder.encode(small).messages();
        for (int i = messages.size() - small.damage().size(); i < messages.size(); i++) {
            byte[] damaged = messages.get(Math.max(i, 0));
            out.printf(
                    "damaged %s%n%s",
                    Comparison.hex(damaged), comparison.printed(List.of(damaged)));
        }
        out.println(shown);
        if (shown == first && small != original) {
            out.println("(seen in the whole case, not always in what is shown)");
        }
    }

    // Others use the machine, too: what a switch did once, late or not at all, is no difference.
    // What
    // is one shows every time.
    private boolean isLasting(Case c, Difference.Kind kind) {
        for (int i = 0; i < REPEATS; i++) {
            if (!has(c, kind)) {
                return false;
            }
        }
        return true;
    }

    private boolean has(Case c, Difference.Kind kind) {
        return check(c).stream().anyMatch(d -> d.kind() == kind);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
