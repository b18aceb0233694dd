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
import org.skyway.openflow.model.PortState;

/// Decides about one port: explores the pipeline and keeps what the answer rests on.
///
/// The first branch that a packet really takes sets the port that all others must agree on. One
/// that does not agree ends the exploration if a packet really takes it. Of those that agree, two
/// that are real and hit other entries are enough to know that counters can't be attributed.
final class Decision implements Explorer.Leaves {
    /// What a decision after a change may cost.
    static final long BUDGET = 250_000;

    private static final long NO_OUTPUT = Field.ACTSET_OUTPUT.ones() << Field.ACTSET_OUTPUT.shift();

    private final Pipeline pipeline;
    private final int port;
    private final Budget budget;
    private final WitnessSearch search;
    private final Grounds explored = new Grounds();

    private Verdict.Link first; // of the first branch that is real
    private Branch firstBranch;
    private long[] firstPacket;
    private Verdict.Link other; // of a second one that hits other entries
    private Branch otherBranch;
    private long[] otherPacket;
    private boolean unanimous = true; // whether no branch disagreed, not even one without packets
    private Verdict.NoLink none;
    private Grounds proof; // of none; null if all that was explored is needed

    private Decision(Pipeline pipeline, int port, long most) {
        this.pipeline = pipeline;
        this.port = port;
        budget = new Budget(most);
        search = new WitnessSearch(pipeline.domain(), budget);
    }

    /// A verdict and what it rests on.
    ///
    /// @param agreement what spares the next decision; null for nothing
    record Result(
            Verdict verdict,
            Grounds dependencies,
            Agreement agreement,
            boolean tooComplex,
            long cost) {}

    /// Decides about a port.
    ///
    /// @param most what it may cost, in units of [Budget]
    static Result decide(Pipeline pipeline, int port, long most) {
        PortState state = pipeline.port(port);
        String obstacle = obstacle(pipeline, port, state);
        if (obstacle == null) {
            return new Decision(pipeline, port, most).decide();
        }
        long[] example = state != null && sends(state) ? fragment(port) : null;
        Verdict none = new Verdict.NoLink(port, obstacle, null, example);
        return new Result(none, new Grounds(), null, false, 0);
    }

    /// Why the port has no link whatever the entries are; null for nothing.
    private static String obstacle(Pipeline pipeline, int port, PortState state) {
        if (state == null) {
            return "port %s does not exist".formatted(OfPort.name(port));
        }
        if (!sends(state)) {
            return "port %s is down or does not receive".formatted(OfPort.name(port));
        }
        if (pipeline.missesGoOn()) {
            return "packets that no entry of some table matches go on to the next table";
        }
        return pipeline.fragments() == FragmentHandling.DROPPED
                ? "the switch drops IP fragments"
                : null;
    }

    /// Whether packets are to be expected from a port.
    private static boolean sends(PortState port) {
        return port.receives() && port.isUp();
    }

    private static long[] fragment(int port) {
        Cube cube = entering(port);
        cube.intersect(Match.builder().exact(Field.ETH_TYPE, 0x0800).build());
        cube.intersect(Match.builder().exact(Field.IP_FRAG, FlowKey.FRAG_ANY).build());
        return asItCame(PacketDomain.PORTS_SHOWN.pick(cube));
    }

    private Result decide() {
        boolean tooComplex = false;
        Explorer explorer = new Explorer(pipeline, explored, budget, this);
        try {
            explorer.explore(new Branch(port, new SymbolicPacket(entering(port))));
        } catch (Budget.Exceeded e) {
            tooComplex = none == null;
        }
        if (tooComplex) {
            none = new Verdict.NoLink(port, "the entries are too complex to decide", null, null);
        }
        if (none != null) {
            Grounds on = proof == null ? explored : proof;
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
        Grounds witnesses = new Grounds();
        prove(witnesses, firstBranch, firstPacket);
        prove(witnesses, otherBranch, otherPacket);
        return new Agreement(first.to(), explorer.lookUps(), explored, witnesses);
    }

    private Verdict link() {
        if (other == null) {
            explored.port(first.to());
            String reason = pipeline.held(port);
            if (reason == null) {
                reason = pipeline.held(first.to());
            }
            return reason == null
                    ? first
                    : new Verdict.NotTaken(port, first.to(), reason, first.path());
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
    public boolean ended(Branch branch) {
        if (!branch.left) {
            String why = branch.note == null ? "" : ": " + branch.note;
            return broken(branch, "packets are dropped" + why, Step.lastRule(branch.last), true);
        }
        if (first != null && first.to() == branch.to && (other != null || samePath(branch))) {
            return true;
        }
        unanimous &= !branch.uncertain && (first == null || first.to() == branch.to);
        long[] packet = packetOf(branch);
        if (packet == null) {
            unanimous &= first != null; // else nobody knows yet whom it should agree with
            return true;
        }
        if (first == null) {
            first = linkOf(branch);
            firstBranch = branch;
            firstPacket = packet;
            return true;
        }
        if (first.to() == branch.to) {
            other = linkOf(branch);
            otherBranch = branch;
            otherPacket = packet;
            return true;
        }
        return end(
                branch,
                "some packets leave at port %s, others at port %s"
                        .formatted(OfPort.name(first.to()), OfPort.name(branch.to)),
                Step.lastRule(branch.last),
                packet,
                !branch.uncertain && !firstBranch.uncertain,
                true);
    }

    @Override
    public boolean broken(Branch branch, String reason, FlowRule rule, boolean certain) {
        unanimous = false;
        long[] packet = packetOf(branch);
        return packet == null
                || end(branch, reason, rule, packet, certain && !branch.uncertain, false);
    }

    @Override
    public boolean knows(int to) {
        return other != null && first.to() == to;
    }

    private long[] packetOf(Branch branch) {
        Cube input = branch.packet.input();
        List<Match> excluded = Step.excluded(branch.last, input, budget);
        return search.find(input, excluded);
    }

    private boolean end(
            Branch branch,
            String reason,
            FlowRule rule,
            long[] packet,
            boolean certain,
            boolean firstMatters) {
        none = new Verdict.NoLink(port, reason, rule, certain ? asItCame(packet) : null);
        if (certain) {
            proof = new Grounds();
            prove(proof, branch, packet);
            if (firstMatters) {
                prove(proof, firstBranch, firstPacket);
            }
        }
        return false;
    }

    private static long[] asItCame(long[] packet) {
        return Arrays.copyOf(Arrays.copyOf(packet, FlowKey.PACKET_WORDS), FlowKey.WORDS);
    }

    /// The way of one packet, step by step.
    private static void prove(Grounds to, Branch branch, long[] packet) {
        for (Step step : Step.lookups(branch.last)) {
            to.lookedUp(step.table(), step.before().apply(packet), step.hit());
        }
    }

    private boolean samePath(Branch branch) {
        return first.groups().equals(branch.groups)
                && first.path().equals(path(branch))
                && first.lookups().equals(tables(branch));
    }

    private Verdict.Link linkOf(Branch branch) {
        return new Verdict.Link(port, branch.to, path(branch), tables(branch), branch.groups);
    }

    private static List<FlowRule> path(Branch branch) {
        return Step.lookups(branch.last).stream().map(Step::hit).filter(Objects::nonNull).toList();
    }

    private static List<Integer> tables(Branch branch) {
        return Step.lookups(branch.last).stream().map(Step::table).toList();
    }
}
