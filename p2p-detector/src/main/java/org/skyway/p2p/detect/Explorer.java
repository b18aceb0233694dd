package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// Follows all packets of a port through the pipeline at once and tells a [Leaves] where they end.
///
/// At each lookup the walk forks into one branch per entry that some of the packets match, highest
/// priority first, until an entry matches them all. A branch takes every packet that matches its
/// entry, also those that a higher one takes away: most branches agree in the end, and only for one
/// that does not is it worth finding out whether a packet really comes that way ([Step#excluded]).
/// So whatever is true of all leaves is true of all packets.
final class Explorer {
    /// Where branches end. Each method returns whether to go on.
    interface Leaves {
        /// Packets end here having left at [Walk#to] unmodified, or nowhere.
        boolean ended(Walk walk);

        /// Packets meet something that no point-to-point link has.
        ///
        /// @param rule the entry that did it; null for none
        /// @param certain whether that is sure to happen to each of them
        boolean broken(Walk walk, String reason, FlowRule rule, boolean certain);

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

    private static final int NO_TABLE = 255;

    /// Open vSwitch gives a packet up when tables call each other, or groups, 64 deep.
    private static final int MOST_BACKWARD = 31;

    private static final int BRANCH_COST = 10;

    private final Pipeline pipeline;
    private final Dependencies dependencies;
    private final Budget budget;
    private final Leaves leaves;
    private final Outputs outputs;
    private final Rewrites rewrites;
    private final List<LookedUp> lookUps = new ArrayList<>();

    /// A lookup that was followed to its end.
    ///
    /// @param walk the packets before it
    /// @param asked the packets as they were looked up
    /// @param floor priority of the last rule considered; -1 if all were
    record LookedUp(Walk walk, SymbolicPacket asked, Todo.LookUp job, Todo then, int floor) {}

    Explorer(Pipeline pipeline, Dependencies dependencies, Budget budget, Leaves leaves) {
        this.pipeline = pipeline;
        this.dependencies = dependencies;
        this.budget = budget;
        this.leaves = leaves;
        this.outputs = new Outputs(pipeline, dependencies, this);
        this.rewrites = new Rewrites(this);
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
        Walk walk = lookUp.walk;
        Step step = new Step(walk.last, rule.table(), lookUp.asked, rule, List.of(), 0);
        return branch(walk, lookUp.asked, rule, step, lookUp.then);
    }

    /// Follows some packets from the first table on.
    void explore(Walk walk) {
        Todo end = new Todo(new Todo.RunActionSet(0), null);
        run(walk, new Todo(new Todo.LookUp(0, null, false, null), end));
    }

    /// Does what is to be done.
    ///
    /// @return false if the leaves want no more
    boolean run(Walk walk, Todo start) {
        budget.enter();
        try {
            return doAll(walk, start);
        } finally {
            budget.leave();
        }
    }

    private boolean doAll(Walk walk, Todo start) {
        Todo todo = start;
        while (todo != null) {
            budget.charge(1);
            Todo.Job job = todo.job();
            Todo then = todo.then();
            switch (job) {
                case Todo.LookUp lookUp -> {
                    return lookUp(walk, lookUp, then);
                }
                case Todo.Instruct(FlowRule rule) -> todo = instruct(walk, rule, then);
                case Todo.RunBucket(var rule, int table, var group, int bucket) -> {
                    walk.hitGroup(group.id(), bucket);
                    walk.groupDepth++;
                    Todo restore = new Todo(Todo.Restore.after(walk, true), then);
                    walk.packet = new SymbolicPacket(walk.packet);
                    List<Action> actions = group.buckets().get(bucket).actions();
                    todo = act(rule, table, ActionSet.inOrder(actions), restore);
                }
                case Todo.Restore restore -> {
                    restore.restore(walk);
                    todo = then;
                }
                case Todo.RunActionSet(int table) -> {
                    List<Action> actions = ActionSet.inOrder(walk.actionSet);
                    walk.actionSet = List.of();
                    todo = act(Step.lastRule(walk.last), table, actions, then);
                }
                case Todo.Act(var rule, int table, var actions, int at) -> {
                    Todo rest =
                            at + 1 < actions.size()
                                    ? act(rule, table, actions, at + 1, then)
                                    : then;
                    switch (act(walk, rule, table, actions.get(at), rest)) {
                        case NEXT -> todo = rest;
                        case EXIT -> todo = exit(walk, rest);
                        case FORKED -> {
                            return true;
                        }
                        case STOP -> {
                            return false;
                        }
                    }
                }
            }
        }
        return leaves.ended(walk);
    }

    /// How it goes on after an action.
    enum Next {
        /// With the next action.
        NEXT,
        /// Out of the actions.
        EXIT,
        /// The branch is done, or all its forks are.
        FORKED,
        /// Not at all.
        STOP;

        static Next of(boolean goOn) {
            return goOn ? FORKED : STOP;
        }
    }

    private static Todo act(FlowRule rule, int table, List<Action> actions, Todo then) {
        return actions.isEmpty() ? then : act(rule, table, actions, 0, then);
    }

    private static Todo act(FlowRule rule, int table, List<Action> actions, int at, Todo then) {
        return new Todo(new Todo.Act(rule, table, actions, at), then);
    }

    /// An exit leaves everything but the bucket that it stands in, clones included; the action set
    /// is not done any more either, as in Open vSwitch.
    private static Todo exit(Walk walk, Todo todo) {
        Todo rest = todo;
        while (rest != null) {
            if (rest.job() instanceof Todo.Restore restore) {
                if (restore.group()) {
                    return rest;
                }
                restore.restore(walk);
            }
            rest = rest.then();
        }
        return null;
    }

    private Todo instruct(Walk walk, FlowRule rule, Todo then) {
        Instructions instructions = rule.instructions();
        if (instructions.clear()) {
            walk.clearActions();
        }
        walk.writeActions(instructions.write());
        if (instructions.metadataMask() != 0) {
            walk.packet.write(
                    Field.METADATA.word(), instructions.metadataMask(), instructions.metadata());
        }
        int table = instructions.gotoTable();
        return table < 0 ? then : new Todo(new Todo.LookUp(table, null, false, rule), then);
    }

    private boolean lookUp(Walk walk, Todo.LookUp job, Todo then) {
        if (++walk.lookups > MOST_LOOKUPS || walk.backward > MOST_BACKWARD) {
            return leaves.broken(walk, "packets are looked up too often", job.by(), false);
        }
        if (job.table() == NO_TABLE) {
            return leaves.broken(
                    walk, "there is no table 255: controllers are told", job.by(), false);
        }
        SymbolicPacket asked = walk.packet;
        if (job.inPort() != null) {
            asked = new SymbolicPacket(asked);
            writeInPort(asked, job.inPort());
        }
        RuleTable table = pipeline.table(job.table());
        Iterator<FlowRule> rules =
                table == null ? List.<FlowRule>of().iterator() : table.overlapping(asked, budget);
        List<Match> considered = new ArrayList<>();
        int higher = 0; // how many of these have a higher priority than the present rule
        int priority = Integer.MAX_VALUE;
        boolean all = false;
        boolean stopped = false;
        boolean plain = isEnd(then) && walk.pristine();
        int floor = -1; // down to which priority rules matter; all, if the budget ends it
        try {
            while (rules.hasNext() && !stopped) {
                FlowRule rule = rules.next();
                if (rule.priority() < priority) {
                    if (all) {
                        break;
                    }
                    priority = rule.priority();
                    higher = considered.size();
                }
                all |= asked.within(rule.match()) && !isConjunction(rule);
                Step step = new Step(walk.last, job.table(), asked, rule, considered, higher);
                stopped = !(plain && knows(rule)) && !branch(walk, asked, rule, step, then);
                if (!isConjunction(rule)) {
                    considered.add(rule.match());
                }
            }
            floor = all || stopped ? priority : -1;
        } finally {
            dependencies.lookedUp(job.table(), asked, floor);
        }
        if (stopped) {
            return false;
        }
        if (lookUps.size() <= MOST_KEPT) {
            lookUps.add(new LookedUp(walk, asked, job, then, floor));
        }
        if (all) {
            return true;
        }
        Walk missing = new Walk(walk);
        missing.last = new Step(walk.last, job.table(), asked, null, considered, considered.size());
        return job.resubmit() ? run(missing, then) : miss(missing, job.table(), then);
    }

    /// A miss is told to the controllers, if they want that, else nothing happens. OpenFlow then
    /// drops the packet, while Open vSwitch still does its action set: where that would do
    /// something, nothing is decided.
    private boolean miss(Walk walk, int table, Todo then) {
        String reason = "no entry of table %d matches".formatted(table);
        if (pipeline.missToController()) {
            return leaves.broken(walk, reason, null, true);
        }
        if (!ActionSet.inOrder(walk.actionSet).isEmpty()) {
            return leaves.broken(walk, reason, null, false);
        }
        walk.note = reason;
        return run(walk, then);
    }

    private static boolean isEnd(Todo then) {
        return then != null && then.job() instanceof Todo.RunActionSet && then.then() == null;
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
    private boolean branch(Walk walk, SymbolicPacket asked, FlowRule rule, Step step, Todo then) {
        Walk fork = new Walk(walk);
        fork.uncertain |= asked.undecided(rule.match());
        if (asked == walk.packet) {
            if (!fork.packet.narrow(rule.match())) {
                return true;
            }
        } else {
            SymbolicPacket narrowed = new SymbolicPacket(asked);
            if (!narrowed.narrow(rule.match())) {
                return true;
            }
            fork.packet = narrowed.withContentsOf(walk.packet);
        }
        fork.last = step;
        if (isConjunction(rule)) {
            return leaves.broken(fork, "a conjunctive match is not decided", rule, false);
        }
        Instructions instructions = rule.instructions();
        if (instructions.meter() >= 0) {
            return leaves.broken(
                    fork, "meter %d applies".formatted(instructions.meter()), rule, true);
        }
        Todo rest = then;
        if (instructions.clear()
                || !instructions.write().isEmpty()
                || instructions.metadataMask() != 0
                || instructions.gotoTable() >= 0) {
            rest = new Todo(new Todo.Instruct(rule), then);
        }
        return run(fork, act(rule, rule.table(), instructions.apply(), rest));
    }

    static void writeInPort(SymbolicPacket packet, int port) {
        packet.write(
                Field.IN_PORT.word(),
                Field.IN_PORT.ones() << Field.IN_PORT.shift(),
                (long) port << Field.IN_PORT.shift());
    }

    private static boolean isConjunction(FlowRule rule) {
        List<Action> actions = rule.instructions().apply();
        return !actions.isEmpty() && actions.getFirst() instanceof Action.Conjunction;
    }

    private Next act(Walk walk, FlowRule rule, int table, Action action, Todo then) {
        return switch (action) {
            case Action.Output(int port, _) -> outputs.output(walk, rule, port, then);
            case Action.OutputReg(var source, _) -> outputs.output(walk, rule, source, then);
            case Action.OutputTruncated _ ->
                    undecided(walk, "an output that cuts packets short", rule);
            case Action.Group(int id) -> group(walk, rule, table, id, then);
            case Action.Resubmit(_, _, boolean tracked) when tracked ->
                    undecided(walk, "resubmit(ct)", rule);
            case Action.Resubmit(int inPort, int id, _) -> {
                Integer pretend = inPort == OfPort.IN_PORT ? null : inPort;
                int where = id == 255 ? table : id;
                walk.backward += where <= table ? 1 : 0;
                yield Next.of(
                        run(walk, new Todo(new Todo.LookUp(where, pretend, true, rule), then)));
            }
            case Action.Clone(var actions) -> {
                // What was written into the action set before is done to the clone, too.
                Todo restore = new Todo(Todo.Restore.after(walk, false), then);
                Todo set = new Todo(new Todo.RunActionSet(table), restore);
                walk.packet = new SymbolicPacket(walk.packet);
                yield Next.of(run(walk, act(rule, table, actions, set)));
            }
            case Action.Exit() -> Next.EXIT;
            case Action.Note _ -> Next.NEXT;
            // Ports have no queues, and there is nothing to forget of connections.
            case Action.SetQueue _, Action.PopQueue(), Action.CtClear() -> Next.NEXT;
            case Action.Enqueue(int port, _) -> outputs.output(walk, rule, port, then);
            case Action.SetField _,
                    Action.Load _,
                    Action.Move _,
                    Action.StackPush _,
                    Action.StackPop _,
                    Action.PushVlan _,
                    Action.PopVlan(),
                    Action.SetVlanVid _,
                    Action.SetVlanPcp _,
                    Action.DecTtl _,
                    Action.SetMplsTtl _ ->
                    rewrites.rewrite(walk, rule, table, action, then);
            case Action.Controller _ -> broken(walk, "the controller gets a copy", rule);
            case Action.Meter(int id) -> broken(walk, "meter %d applies".formatted(id), rule);
            case Action.Learn _ -> broken(walk, "packets make entries (learn)", rule);
            case Action.FinTimeout _ ->
                    broken(walk, "packets may shorten timeouts (fin_timeout)", rule);
            case Action.PushMpls _,
                    Action.PopMpls _,
                    Action.DecMplsTtl(),
                    Action.DecNshTtl(),
                    Action.CheckPacketLarger _,
                    Action.Conjunction _,
                    Action.Multipath _,
                    Action.Bundle _ ->
                    undecided(walk, action.getClass().getSimpleName(), rule);
            case Action.Opaque(String name, _) -> undecided(walk, name, rule);
        };
    }

    private Next broken(Walk walk, String reason, FlowRule rule) {
        return Next.of(leaves.broken(walk, reason, rule, true));
    }

    private Next undecided(Walk walk, String action, FlowRule rule) {
        return Next.of(
                leaves.broken(
                        walk, "what action %s does is not decided".formatted(action), rule, false));
    }

    private Next group(Walk walk, FlowRule rule, int table, int id, Todo then) {
        dependencies.group(id);
        Groups groups = new Groups(pipeline, dependencies, budget);
        if (walk.groupDepth >= Groups.DEEPEST) {
            return Next.of(leaves.broken(walk, "groups are nested too deeply", rule, false));
        }
        var group = pipeline.group(id);
        if (group == null) {
            return Next.of(
                    leaves.broken(walk, "group %d does not exist".formatted(id), rule, true));
        }
        if (group.type() == GroupEntry.Type.SELECT && !mayBeReadAnew(walk, then)) {
            return Next.of(
                    leaves.broken(
                            walk, "what a select group does here is not decided", rule, false));
        }
        List<Integer> buckets = groups.buckets(group);
        if (Groups.copies(group) || !buckets.isEmpty()) {
            walk.hitGroup(id, Verdict.GroupHit.WHOLE);
        }
        if (Groups.copies(group)) {
            Todo todo = then;
            for (int bucket : buckets.reversed()) {
                todo = new Todo(new Todo.RunBucket(rule, table, group, bucket), todo);
            }
            return Next.of(run(walk, todo));
        }
        for (int bucket : buckets) {
            Walk fork = new Walk(walk);
            // The packet's hash decides, and that is beyond what is modelled.
            fork.uncertain |= buckets.size() > 1;
            if (!run(fork, new Todo(new Todo.RunBucket(rule, table, group, bucket), then))) {
                return Next.STOP;
            }
        }
        return buckets.isEmpty() ? Next.NEXT : Next.FORKED;
    }

    /// Open vSwitch, and so the datapath, reads a packet's headers anew for a select group. That
    /// shows where tags are on that it does not see then; and in a clone, whatever follows is not
    /// done at all.
    private static boolean mayBeReadAnew(Walk walk, Todo then) {
        for (Todo todo = then; todo != null; todo = todo.then()) {
            if (todo.job() instanceof Todo.Restore restore) {
                return restore.group() && isAsItCame(walk);
            }
        }
        return isAsItCame(walk);
    }

    private static boolean isAsItCame(Walk walk) {
        return walk.tags == Walk.Tags.AS_IT_CAME && walk.packet.pristine();
    }

    /// What to do to packets that match.
    record Case(Match match, Consumer<Walk> change) {}

    /// Does one thing to those of the packets that meet one of some cases, of which a packet meets
    /// at most one, and nothing to the rest.
    Next fork(Walk walk, List<Case> cases, Todo then) {
        for (Case each : cases) {
            Match match = each.match;
            if (!walk.packet.overlaps(match)) {
                continue;
            }
            if (walk.packet.within(match)) {
                each.change.accept(walk);
                return Next.NEXT;
            }
            Walk fork = new Walk(walk);
            fork.uncertain |= fork.packet.undecided(match);
            if (fork.packet.narrow(match)) {
                each.change.accept(fork);
                if (!run(fork, then)) {
                    return Next.STOP;
                }
            }
        }
        notMatching(walk, cases.stream().map(Case::match).toList());
        return Next.NEXT;
    }

    /// Notes that the packets of a walk are from here on those that match none of some matches.
    static void notMatching(Walk walk, List<Match> matches) {
        walk.last =
                new Step(
                        walk.last,
                        Step.NO_TABLE,
                        new SymbolicPacket(walk.packet),
                        null,
                        matches,
                        matches.size());
    }
}
