package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// Decides about one port: explores the pipeline and keeps what the answer rests on.
///
/// The first branch that a packet really takes sets the port that all others must agree on. One
/// that does not agree ends the exploration if a packet really takes it. Of those that agree, two
/// that are real and hit other entries are enough to know that counters can't be attributed.
final class Decision implements Explorer.Leaves {
    /// What a decision after a change may cost.
    static final long BUDGET = 250_000;

    private static final long NO_OUTPUT = Field.ACTSET_OUTPUT.ones() << Field.ACTSET_OUTPUT.shift();

    private final int port;
    private final Budget budget;
    private final WitnessSearch search;
    private final Dependencies explored = new Dependencies();

    private Verdict.Link first; // of the first branch that is real
    private Walk firstWalk;
    private long[] firstPacket;
    private Verdict.Link other; // of a second one that hits other entries
    private Walk otherWalk;
    private long[] otherPacket;
    private boolean unanimous = true; // whether no branch disagreed, not even one without packets
    private Verdict.NoLink none;
    private Dependencies proof; // of none; null if all that was explored is needed

    private Decision(PacketDomain domain, int port, long most) {
        this.port = port;
        budget = new Budget(most);
        search = new WitnessSearch(domain, budget);
    }

    /// A verdict and what it rests on.
    ///
    /// @param agreement what spares the next decision; null for nothing
    record Result(
            Verdict verdict,
            Dependencies dependencies,
            Agreement agreement,
            boolean tooComplex,
            long cost) {}

    /// Decides about a port.
    ///
    /// @param most what it may cost, in units of [Budget]
    static Result decide(Pipeline pipeline, int port, long most) {
        return new Decision(pipeline.domain(), port, most).decide(pipeline);
    }

    private Result decide(Pipeline pipeline) {
        boolean tooComplex = false;
        Explorer explorer = new Explorer(pipeline, explored, budget, this);
        try {
            explorer.explore(new Walk(port, new SymbolicPacket(entering(port))));
        } catch (Budget.Exceeded e) {
            tooComplex = none == null;
        }
        if (tooComplex) {
            none = new Verdict.NoLink(port, "the entries are too complex to decide", null, null);
        }
        if (none != null) {
            Dependencies on = proof == null ? explored : proof;
            if (proof != null) {
                proof.addPortsAndGroups(explored);
            }
            return new Result(none, on, null, tooComplex, budget.spent());
        }
        return new Result(link(), explored, agreement(explorer), false, budget.spent());
    }

    /// The packets that come in at a port: nothing but the port is known, and what the words that
    /// the pipeline adds begin with.
    static Cube entering(int port) {
        Cube cube = new Cube();
        cube.fix(FlowKey.IN_PORT, -1L, (long) port << 32);
        for (int w = FlowKey.PACKET_WORDS; w < FlowKey.WORDS; w++) {
            cube.fix(w, w == FlowKey.ACTSET_OUTPUT ? ~NO_OUTPUT : -1L, 0);
        }
        cube.fix(FlowKey.ACTSET_OUTPUT, NO_OUTPUT, NO_OUTPUT & (long) OfPort.UNSET << 32);
        return cube;
    }

    private Agreement agreement(Explorer explorer) {
        if (other == null || !unanimous || explorer.lookUps().size() > Explorer.MOST_KEPT) {
            return null;
        }
        Dependencies witnesses = new Dependencies();
        prove(witnesses, firstWalk, firstPacket);
        prove(witnesses, otherWalk, otherPacket);
        return new Agreement(first.to(), explorer.lookUps(), explored, witnesses);
    }

    private Verdict link() {
        if (other == null) {
            return first;
        }
        List<FlowRule> entries = new ArrayList<>();
        for (Verdict.Link link : List.of(first, other)) {
            for (FlowRule rule : link.path()) {
                if (!entries.contains(rule)) {
                    entries.add(rule);
                }
            }
        }
        return new Verdict.NotTaken(
                port, first.to(), "counters could not be attributed to one path", entries);
    }

    @Override
    public boolean ended(Walk walk) {
        if (!walk.left) {
            String why = walk.note == null ? "" : ": " + walk.note;
            return broken(walk, "packets are dropped" + why, Step.lastRule(walk.last), true);
        }
        if (first != null && first.to() == walk.to && (other != null || samePath(walk))) {
            return true;
        }
        unanimous &= !walk.uncertain && (first == null || first.to() == walk.to);
        long[] packet = packetOf(walk);
        if (packet == null) {
            unanimous &= first != null; // else nobody knows yet whom it should agree with
            return true;
        }
        if (first == null) {
            first = linkOf(walk);
            firstWalk = walk;
            firstPacket = packet;
            return true;
        }
        if (first.to() == walk.to) {
            other = linkOf(walk);
            otherWalk = walk;
            otherPacket = packet;
            return true;
        }
        return end(
                walk,
                "some packets leave at port %s, others at port %s"
                        .formatted(Outputs.name(first.to()), Outputs.name(walk.to)),
                Step.lastRule(walk.last),
                packet,
                !walk.uncertain && !firstWalk.uncertain,
                true);
    }

    @Override
    public boolean broken(Walk walk, String reason, FlowRule rule, boolean certain) {
        unanimous = false;
        long[] packet = packetOf(walk);
        return packet == null || end(walk, reason, rule, packet, certain && !walk.uncertain, false);
    }

    @Override
    public boolean knows(int to) {
        return other != null && first.to() == to;
    }

    private long[] packetOf(Walk walk) {
        Cube input = walk.packet.input();
        List<Match> excluded = Step.excluded(walk.last, input, budget);
        return search.find(input, excluded);
    }

    private boolean end(
            Walk walk,
            String reason,
            FlowRule rule,
            long[] packet,
            boolean certain,
            boolean firstMatters) {
        none = new Verdict.NoLink(port, reason, rule, certain ? asItCame(packet) : null);
        if (certain) {
            proof = new Dependencies();
            prove(proof, walk, packet);
            if (firstMatters) {
                prove(proof, firstWalk, firstPacket);
            }
        }
        return false;
    }

    private static long[] asItCame(long[] packet) {
        return Arrays.copyOf(Arrays.copyOf(packet, FlowKey.PACKET_WORDS), FlowKey.WORDS);
    }

    /// The way of one packet, step by step.
    private static void prove(Dependencies to, Walk walk, long[] packet) {
        for (Step step : Step.lookups(walk.last)) {
            to.lookedUp(step.table(), step.before().apply(packet), step.hit());
        }
    }

    private boolean samePath(Walk walk) {
        return first.groups().equals(walk.groups)
                && first.path().equals(path(walk))
                && first.lookups().equals(tables(walk));
    }

    private Verdict.Link linkOf(Walk walk) {
        return new Verdict.Link(port, walk.to, path(walk), tables(walk), walk.groups);
    }

    private static List<FlowRule> path(Walk walk) {
        return Step.lookups(walk.last).stream().map(Step::hit).filter(Objects::nonNull).toList();
    }

    private static List<Integer> tables(Walk walk) {
        return Step.lookups(walk.last).stream().map(Step::table).toList();
    }
}
