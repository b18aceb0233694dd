package org.skyway.experiments.jmh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.p2p.detect.P2pDetector;

/// Rule sets for the detector's benchmarks, the same for the same seed.
///
/// Half of the ports are chained by rules about the ingress port, half have rules about flows:
/// * [Kind#STEERING]: one table; for each flow port, rules about its 5-tuples, as an NFV
///   orchestrator installs them.
/// * [Kind#PIPELINE]: the same behind a classifying table: table 0 writes metadata and goes on.
/// * [Kind#ACL]: ClassBench-like: prefix pairs, protocols and ports, of every ingress port, with
///   priorities of their own, as in access lists; below the chain's rules for half of the ports.
/// * [Kind#AGREEING]: rules about 5-tuples of one port that all do what its chain rule does.
/// * [Kind#HARD]: random three-bit masks above a rule that drops: whether they leave a packet to it
///   is a random 3-SAT instance near its hardest.
/// * [Kind#ROUTES]: destination prefixes by length, of every ingress port, as in a routing table.
public final class P2pRules {
    /// Which rules.
    public enum Kind {
        /// Rules about 5-tuples of a port.
        STEERING,
        /// The same in two tables.
        PIPELINE,
        /// Access lists.
        ACL,
        /// Routes.
        ROUTES,
        /// Many rules of one port that agree.
        AGREEING,
        /// Rules of one port that are hard to decide.
        HARD
    }

    private static final int CHAIN_PRIORITY = 60000;
    private static final int HARD_BITS = 48;
    private static final int[] PREFIXES = {0, 8, 16, 20, 24, 24, 26, 28, 32, 32};

    private final Kind kind;
    private final int ports;
    private final Random random;
    private final Set<Object> used = new HashSet<>();

    /// A source of rules.
    ///
    /// @param kind which
    /// @param ports how many ports, an even number
    /// @param seed of the random numbers
    public P2pRules(Kind kind, int ports, long seed) {
        this.kind = kind;
        this.ports = ports;
        this.random = new Random(seed);
    }

    /// A detector that knows the ports.
    ///
    /// @return a new detector
    public P2pDetector detector() {
        Map<Integer, PortState> states = new TreeMap<>();
        P2pDetector detector = new P2pDetector(() -> states);
        for (int port = 1; port <= ports; port++) {
            states.put(port, PortState.of(port, "p" + port, port));
            detector.portAdded(port);
        }
        return detector;
    }

    /// The rules that chain half of the ports.
    ///
    /// @return rules that make links
    public List<FlowRule> chain() {
        List<FlowRule> rules = new ArrayList<>();
        for (int port = 1; port <= ports / 2; port++) {
            rules.addAll(chain(port));
        }
        return rules;
    }

    /// The rules that chain one port.
    ///
    /// @param port 1 to half of the ports
    /// @return one rule, or two in two tables
    public List<FlowRule> chain(int port) {
        Match in = Match.builder().exact(Field.IN_PORT, port).build();
        int to = chainTarget(port);
        if (kind == Kind.HARD && port == 1) {
            return List.of(new FlowRule(0, CHAIN_PRIORITY, in, Instructions.DROP));
        }
        if (kind != Kind.PIPELINE) {
            return List.of(new FlowRule(0, CHAIN_PRIORITY, in, out(to)));
        }
        Match tag = Match.builder().exact(Field.METADATA, port).build();
        return List.of(
                new FlowRule(0, CHAIN_PRIORITY, in, tag(port)),
                new FlowRule(1, CHAIN_PRIORITY, tag, out(to)));
    }

    private int chainTarget(int port) {
        int next = port % (ports / 2) + 1;
        return next == port ? ports : next; // of two ports, the other
    }

    /// A rule about some flows of a port that has no link.
    ///
    /// @return a rule that was not returned before
    public FlowRule next() {
        int port = ports / 2 + 1 + random.nextInt(ports - ports / 2);
        return next(port);
    }

    /// A rule about some flows of a port.
    ///
    /// @param port the ingress port, where the kind of rules has one
    /// @return a rule that was not returned before
    public FlowRule next(int port) {
        while (true) {
            FlowRule rule = make(port);
            if (used.add(List.of(rule.table(), rule.priority(), rule.match()))) {
                return rule;
            }
        }
    }

    private FlowRule make(int port) {
        Instructions out = out(1 + random.nextInt(ports));
        Match.Builder match = Match.builder().exact(Field.ETH_TYPE, 0x0800);
        return switch (kind) {
            case STEERING -> {
                match.exact(Field.IN_PORT, port);
                tuple(match);
                yield new FlowRule(0, 100 + random.nextInt(4), match.build(), out);
            }
            case PIPELINE -> {
                if (random.nextInt(4) == 0) {
                    match.exact(Field.IN_PORT, port);
                    prefix(match, Field.IPV4_SRC, 24);
                    yield new FlowRule(0, 100, match.build(), tag(port));
                }
                match.exact(Field.METADATA, port);
                tuple(match);
                yield new FlowRule(1, 100 + random.nextInt(4), match.build(), out);
            }
            case ACL -> {
                prefix(match, Field.IPV4_SRC, PREFIXES[random.nextInt(PREFIXES.length)]);
                prefix(match, Field.IPV4_DST, PREFIXES[random.nextInt(PREFIXES.length)]);
                if (random.nextInt(4) > 0) {
                    boolean tcp = random.nextBoolean();
                    match.exact(Field.IP_PROTO, tcp ? 6 : 17);
                    if (random.nextBoolean()) {
                        match.exact(Field.TCP_DST, random.nextInt(1024));
                    }
                }
                yield new FlowRule(0, 1 + random.nextInt(50000), match.build(), out);
            }
            case AGREEING -> {
                match.exact(Field.IN_PORT, 1);
                tuple(match);
                yield new FlowRule(0, CHAIN_PRIORITY + 1, match.build(), out(chainTarget(1)));
            }
            case HARD -> {
                Match.Builder bits = Match.builder().exact(Field.IN_PORT, 1);
                long mask = 0;
                while (Long.bitCount(mask) < 3) {
                    mask |= 1L << random.nextInt(HARD_BITS);
                }
                bits.masked(Field.ETH_DST, random.nextLong() & 0xffffff, mask & 0xffffff);
                bits.masked(Field.ETH_SRC, random.nextLong(), mask >>> 24);
                int priority = CHAIN_PRIORITY + 1 + random.nextInt(5000);
                yield new FlowRule(0, priority, bits.build(), out(chainTarget(1)));
            }
            case ROUTES -> {
                int length = 8 + random.nextInt(25);
                prefix(match, Field.IPV4_DST, length);
                yield new FlowRule(0, length, match.build(), out);
            }
        };
    }

    private void tuple(Match.Builder match) {
        match.exact(Field.IP_PROTO, random.nextBoolean() ? 6 : 17);
        prefix(match, Field.IPV4_SRC, 32);
        prefix(match, Field.IPV4_DST, 32);
        match.exact(Field.TCP_DST, random.nextInt(65536));
    }

    private void prefix(Match.Builder match, Field field, int length) {
        long mask = length == 0 ? 0 : 0xffffffffL << 32 - length & 0xffffffffL;
        match.masked(field, random.nextInt(), mask);
    }

    private static Instructions out(int port) {
        return Instructions.apply(new Action.Output(port, 0));
    }

    private static Instructions tag(int tag) {
        return new Instructions(-1, List.of(), false, List.of(), tag, -1L, 1);
    }
}
