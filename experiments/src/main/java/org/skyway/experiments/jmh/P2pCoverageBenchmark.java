package org.skyway.experiments.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;

/// Ternary cubes or decision diagrams? Both answer whether rules that send a port's IPv4 packets to
/// one place leave any to the rule below, which drops them: the detector with a whole first
/// decision, the diagram by the union of the rules.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class P2pCoverageBenchmark {
    /// How the rules' addresses lie.
    public enum Shape {
        /// Destination prefixes that are everything together.
        PARTITION,
        /// Random pairs of source and destination prefixes, which are not.
        PAIRS
    }

    /// How the rules' addresses lie.
    @Param({"PARTITION", "PAIRS"})
    public Shape shape;

    /// How many rules.
    @Param({"100", "1000"})
    public int rules;

    private final List<long[]> cubes =
            new ArrayList<>(); // value, mask: source high, destination low
    private P2pDetector detector;

    /// For JMH.
    public P2pCoverageBenchmark() {}

    /// Makes the rules.
    @Setup(Level.Trial)
    public void fill() {
        Random random = new Random(1);
        if (shape == Shape.PARTITION) {
            cubes.add(new long[] {0, 0});
            while (cubes.size() < rules) {
                long[] cube = cubes.remove(random.nextInt(cubes.size()));
                long next = Integer.toUnsignedLong(Integer.MIN_VALUE >>> Long.bitCount(cube[1]));
                cubes.add(new long[] {cube[0], cube[1] | next});
                cubes.add(new long[] {cube[0] | next, cube[1] | next});
            }
        } else {
            while (cubes.size() < rules) {
                long mask = prefix(8 + random.nextInt(17)) << 32 | prefix(8 + random.nextInt(17));
                cubes.add(new long[] {random.nextLong() & mask, mask});
            }
        }
        Map<Integer, PortState> ports =
                Map.of(1, PortState.of(1, "p1", 1), 2, PortState.of(2, "p2", 2));
        detector = new P2pDetector(() -> ports);
        ports.keySet().forEach(detector::portAdded);
        Match in = Match.builder().exact(Field.IN_PORT, 1).build();
        Match ip = Match.builder().exact(Field.IN_PORT, 1).exact(Field.ETH_TYPE, 0x0800).build();
        Instructions out = Instructions.apply(new Action.Output(2, 0));
        detector.ruleAdded(new FlowRule(0, 1, in, out));
        detector.ruleAdded(new FlowRule(0, 2, ip, Instructions.DROP));
        for (long[] cube : cubes) {
            Match.Builder match =
                    Match.builder().exact(Field.IN_PORT, 1).exact(Field.ETH_TYPE, 0x0800);
            match.masked(Field.IPV4_SRC, cube[0] >>> 32, cube[1] >>> 32);
            match.masked(Field.IPV4_DST, cube[0], cube[1]);
            detector.ruleInstalled(new FlowRule(0, 3, match.build(), out));
        }
    }

    private static long prefix(int length) {
        return 0xffffffffL << 32 - length & 0xffffffffL;
    }

    /// The detector's first decision about the port.
    ///
    /// @return the verdict
    @Benchmark
    public Verdict cubes() {
        detector.portRemoved(1);
        detector.portAdded(1);
        detector.update();
        return detector.verdict(1);
    }

    /// The union of the rules as a diagram, from nothing.
    ///
    /// @return whether they are everything
    @Benchmark
    public boolean diagram() {
        P2pBdd bdd = new P2pBdd();
        int union = P2pBdd.FALSE;
        for (long[] cube : cubes) {
            union = bdd.or(union, bdd.cube(cube[0], cube[1]));
        }
        return union == P2pBdd.TRUE;
    }
}
