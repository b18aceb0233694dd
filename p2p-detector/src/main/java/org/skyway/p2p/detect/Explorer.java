package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.ActionSet;
import org.skyway.pipeline.Domain;
import org.skyway.pipeline.Interpreter;
import org.skyway.pipeline.Job;
import org.skyway.pipeline.Liveness;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Todo;
import org.skyway.pipeline.classifier.TableEntry;

/// Follows all packets of a port through the pipeline at once and tells a [Leaves] where they end.
///
/// At each lookup the way forks into one branch per entry that some of the packets match, highest
/// priority first, until an entry matches them all. A branch takes every packet that matches its
/// entry, also those that a higher one takes away: most branches agree in the end, and only for one
/// that does not is it worth finding out whether a packet really comes that way ([Step#excluded]).
/// So whatever is true of all leaves is true of all packets.
final class Explorer implements Domain<Branch> {
    /// Where branches end. Each method returns whether to go on.
    interface Leaves {
        /// Packets end here having left at [Branch#to] unmodified, or nowhere.
        boolean ended(Branch branch);

        /// Packets meet something that no point-to-point link has.
        ///
        /// @param rule the entry that did it; null for none
        /// @param certain whether that is sure to happen to each of them
        boolean broken(Branch branch, String reason, FlowRule rule, boolean certain);

        /// Whether it makes no difference any more if some packets leave unmodified at one port,
        /// whatever entry sends them there.
        ///
        /// @param port the port
        /// @return true if such a branch need not be followed
        default boolean knows(int port) {
            return false;
        }
    }

    /// How many lookups are kept.
    static final int MOST_KEPT = 16;

    /// Open vSwitch allows 4096, but each is a few frames of this thread's stack.
    private static final int MOST_LOOKUPS = 500;

    /// Open vSwitch gives a packet up when tables call each other, or groups, 64 deep.
    private static final int DEEPEST = 31;

    private static final int NO_TABLE = 255;

    private final Pipeline pipeline;
    private final Grounds dependencies;
    private final Budget budget;
    private final Leaves leaves;
    private final Interpreter<Branch> interpreter = new Interpreter<>(this);
    private final Outputs outputs = new Outputs(this);
    private final Rewrites rewrites = new Rewrites(this);
    private final List<LookedUp> lookUps = new ArrayList<>();

    /// A lookup that was followed to its end.
    ///
    /// @param branch the packets before it
    /// @param asked the packets as they were looked up
    /// @param floor priority of the last rule considered; -1 if all were
    record LookedUp(Branch branch, SymbolicPacket asked, Job.LookUp job, Todo then, int floor) {}

    Explorer(Pipeline pipeline, Grounds dependencies, Budget budget, Leaves leaves) {
        this.pipeline = pipeline;
        this.dependencies = dependencies;
        this.budget = budget;
        this.leaves = leaves;
    }

    Leaves leaves() {
        return leaves;
    }

    /// The lookups that were followed to their end, at most one more than [#MOST_KEPT].
    List<LookedUp> lookUps() {
        return lookUps;
    }

    /// What one more rule would add to a lookup.
    ///
    /// @return false if the leaves want no more
    boolean add(FlowRule rule, LookedUp lookUp) {
        Branch branch = lookUp.branch;
        Step step = new Step(branch.last, rule.table(), lookUp.asked, rule, List.of(), 0);
        return follow(branch, lookUp.asked, rule, step, lookUp.job, lookUp.then);
    }

    /// Follows some packets from the first table on.
    void explore(Branch branch) {
        Todo end = new Todo(new Job.RunActionSet(Owner.NONE), null);
        run(
                branch,
                new Todo(new Job.LookUp(Owner.NONE, 0, OfPort.IN_PORT, Job.Way.ENTER, true), end));
    }

    /// Does what is to be done.
    ///
    /// @return false if the leaves want no more
    boolean run(Branch branch, Todo start) {
        budget.enter();
        try {
            return interpreter.run(branch, start);
        } finally {
            budget.leave();
        }
    }

    /// What to do to packets that others have taken over.
    static Todo next(boolean goOn) {
        return goOn ? Todo.FORKED : Todo.STOP;
    }

    // ---- what there is

    @Override
    public GroupEntry group(int id) {
        budget.charge(1);
        dependencies.group(id);
        return pipeline.group(id);
    }

    @Override
    public PortState port(int number) {
        budget.charge(1);
        dependencies.port(number);
        return pipeline.port(number);
    }

    @Override
    public Iterable<PortState> ports() {
        dependencies.everyPort();
        return pipeline.ports();
    }

    // ---- limits

    @Override
    public void charge() {
        budget.charge(1);
    }

    @Override
    public void count(Branch branch, int actions) {}

    @Override
    public Todo enter(Branch branch, Job.LookUp job, Todo then) {
        FlowRule by = job.by().rule();
        return switch (job.way()) {
            case RESUBMIT_TRACKED -> undecided(branch, "resubmit(ct)", by);
            case OUTPUT -> perhaps(branch, "output to TABLE is not decided", by);
            case ENTER, GOTO, RESUBMIT ->
                    ++branch.lookups > MOST_LOOKUPS || job.by().depth() + job.deeper() > DEEPEST
                            ? perhaps(branch, "packets are looked up too often", by)
                            : then;
        };
    }

    @Override
    public Todo enterGroup(Branch branch, Owner owner, int id, GroupEntry group, Todo then) {
        if (owner.depth() > DEEPEST) {
            return perhaps(branch, "groups are nested too deeply", owner.rule());
        }
        return group == null
                ? broken(branch, "group %d does not exist".formatted(id), owner.rule())
                : then;
    }

    // ---- choices

    @Override
    public Todo lookUp(Branch branch, Job.LookUp job, Todo then) {
        if (job.table() == NO_TABLE) {
            return perhaps(branch, "there is no table 255: controllers are told", job.by().rule());
        }
        SymbolicPacket asked = branch.packet;
        if (job.asPort() != OfPort.IN_PORT) {
            asked = branch.askedAs(job.asPort());
        }
        Iterator<? extends TableEntry> entries = pipeline.overlapping(job.table(), asked, budget);
        List<Match> considered = new ArrayList<>();
        int higher = 0; // how many of these have a higher priority than the present rule
        int priority = Integer.MAX_VALUE;
        boolean all = false;
        boolean stopped = false;
        boolean plain = isEnd(then) && branch.pristine();
        int floor = -1; // down to which priority rules matter; all, if the budget ends it
        try {
            while (entries.hasNext() && !stopped) {
                FlowRule rule = entries.next().rule();
                if (rule.priority() < priority) {
                    if (all) {
                        break;
                    }
                    priority = rule.priority();
                    higher = considered.size();
                }
                all |= asked.within(rule.match()) && !isConjunction(rule);
                Step step = new Step(branch.last, job.table(), asked, rule, considered, higher);
                stopped = !(plain && knows(rule)) && !follow(branch, asked, rule, step, job, then);
                if (!isConjunction(rule)) {
                    considered.add(rule.match());
                }
            }
            floor = all || stopped ? priority : -1;
        } finally {
            dependencies.lookedUp(job.table(), asked, floor);
        }
        if (stopped) {
            return Todo.STOP;
        }
        if (lookUps.size() <= MOST_KEPT) {
            lookUps.add(new LookedUp(branch, asked, job, then, floor));
        }
        if (all) {
            return Todo.FORKED;
        }
        Branch missing = new Branch(branch);
        missing.last =
                new Step(branch.last, job.table(), asked, null, considered, considered.size());
        return next(job.told() ? miss(missing, job.table(), then) : run(missing, then));
    }

    /// A miss is told to the controllers, if they want that, else nothing happens. OpenFlow then
    /// drops the packet, while Open vSwitch still does its action set: where that would do
    /// something, nothing is decided.
    private boolean miss(Branch branch, int table, Todo then) {
        String reason = "no entry of table %d matches".formatted(table);
        if (pipeline.missToController()) {
            return leaves.broken(branch, reason, null, true);
        }
        if (!ActionSet.inOrder(branch.actionSet()).isEmpty()) {
            return leaves.broken(branch, reason, null, false);
        }
        branch.note = reason;
        return run(branch, then);
    }

    private static boolean isEnd(Todo then) {
        return then != null && then.job() instanceof Job.RunActionSet && then.then() == null;
    }

    /// Whether all that a rule does is to send untouched packets where that makes no difference.
    private boolean knows(FlowRule rule) {
        Instructions instructions = rule.instructions();
        return instructions.apply().size() == 1
                && instructions.apply().getFirst() instanceof Action.Output(int port, _)
                && leaves.knows(port)
                && instructions.write().isEmpty()
                && instructions.gotoTable() < 0
                && instructions.meter() < 0;
    }

    /// Follows the packets that match a rule.
    private boolean follow(
            Branch branch,
            SymbolicPacket asked,
            FlowRule rule,
            Step step,
            Job.LookUp job,
            Todo then) {
        Branch fork = new Branch(branch);
        fork.uncertain |= asked.undecided(rule.match());
        if (asked == branch.packet) {
            if (!fork.packet.narrow(rule.match())) {
                return true;
            }
        } else {
            SymbolicPacket narrowed = new SymbolicPacket(asked);
            if (!narrowed.narrow(rule.match())) {
                return true;
            }
            fork.packet = narrowed.withContentsOf(branch.packet);
        }
        fork.last = step;
        if (isConjunction(rule)) {
            return leaves.broken(fork, "a conjunctive match is not decided", rule, false);
        }
        return go(fork, interpreter.hit(fork, job, rule, then));
    }

    /// Does what a method of this returned.
    private boolean go(Branch branch, Todo todo) {
        return todo == Todo.FORKED || todo != Todo.STOP && run(branch, todo);
    }

    private static boolean isConjunction(FlowRule rule) {
        List<Action> actions = rule.instructions().apply();
        return !actions.isEmpty() && actions.getFirst() instanceof Action.Conjunction;
    }

    @Override
    public Todo choose(Branch branch, Owner owner, GroupEntry group, Todo then) {
        if (group.type() == GroupEntry.Type.SELECT && !mayBeReadAnew(branch, then)) {
            return perhaps(branch, "what a select group does here is not decided", owner.rule());
        }
        List<Integer> buckets = new Liveness(this::port, this::group).usable(group);
        if (buckets.isEmpty()) {
            return then;
        }
        hitGroup(branch, group, Interpreter.WHOLE);
        for (int bucket : buckets) {
            Branch fork = new Branch(branch);
            // The packet's hash decides, and that is beyond what is modelled.
            fork.uncertain |= buckets.size() > 1;
            if (!run(fork, new Todo(new Job.RunBucket(owner, group, bucket), then))) {
                return Todo.STOP;
            }
        }
        return Todo.FORKED;
    }

    /// Open vSwitch, and so the datapath, reads a packet's headers anew for a select group. That
    /// shows where tags are on that it does not see then; and in a clone, whatever follows is not
    /// done at all.
    private static boolean mayBeReadAnew(Branch branch, Todo then) {
        Todo todo = then;
        while (todo != null && !(todo.job() instanceof Job.EndBucket)) {
            if (todo.job() instanceof Job.EndClone) {
                return false;
            }
            todo = todo.then();
        }
        return branch.isAsItCame();
    }

    // ---- what becomes of packets

    @Override
    public boolean ended(Branch branch) {
        return leaves.ended(branch);
    }

    @Override
    public Todo send(Branch branch, Owner owner, PortState port, Todo then) {
        return outputs.send(branch, owner.rule(), port, then);
    }

    @Override
    public void notSent(Branch branch, int number, PortState port) {
        branch.note =
                "port %s %s"
                        .formatted(
                                OfPort.name(number),
                                port == null ? "does not exist" : "is down or must not forward");
    }

    @Override
    public Todo normal(Branch branch, Owner owner, Todo then) {
        return outputs.normal(branch, owner.rule(), then);
    }

    @Override
    public Todo fromUnknown(Branch branch, Owner owner, Todo then) {
        return perhaps(branch, "the ingress port depends on the packet", owner.rule());
    }

    @Override
    public Todo toController(Branch branch, Owner owner, int maxLength, Todo then) {
        return broken(branch, "the controller gets a copy", owner.rule());
    }

    @Override
    public Todo meter(Branch branch, Owner owner, int id, Todo then) {
        return broken(branch, "meter %d applies".formatted(id), owner.rule());
    }

    @Override
    public void readAnew(Branch branch, Owner owner, List<Job> rest) {
        throw new IllegalStateException("nothing that is followed has packets read anew");
    }

    @Override
    public void hitGroup(Branch branch, GroupEntry group, int bucket) {
        budget.charge(branch.groups.size() / 64); // of which each branch has a list of its own
        branch.hitGroup(group.id(), bucket);
    }

    @Override
    public Owner beginActionSet(Branch branch, Owner owner) {
        return owner.of(Step.lastRule(branch.last));
    }

    @Override
    public Todo act(Branch branch, Owner owner, Action action, Todo then) {
        FlowRule rule = owner.rule();
        return switch (action) {
            case Action.OutputReg(var source, int max) -> {
                int port = Outputs.numberIn(branch, source);
                yield port == Outputs.UNKNOWN
                        ? perhaps(branch, "the output port depends on the packet", rule)
                        : port < 0
                                ? then // nothing is sent
                                : interpreter.output(
                                        branch, owner, OfPort.of16(port), max, false, then);
            }
            case Action.OutputTruncated _ ->
                    undecided(branch, "an output that cuts packets short", rule);
            case Action.Controller _ -> broken(branch, "the controller gets a copy", rule);
            case Action.Learn _ -> broken(branch, "packets make entries (learn)", rule);
            case Action.FinTimeout _ ->
                    broken(branch, "packets may shorten timeouts (fin_timeout)", rule);
            case Action.Opaque(String name, _) -> undecided(branch, name, rule);
            default -> rewrites.rewrite(branch, rule, action, then);
        };
    }

    private Todo broken(Branch branch, String reason, FlowRule rule) {
        return next(leaves.broken(branch, reason, rule, true));
    }

    /// Packets meet an action of which nobody knows here what it does to them.
    ///
    /// @param action its name
    Todo undecided(Branch branch, String action, FlowRule rule) {
        return perhaps(branch, "what action %s does is not decided".formatted(action), rule);
    }

    private Todo perhaps(Branch branch, String reason, FlowRule rule) {
        return next(leaves.broken(branch, reason, rule, false));
    }
}
