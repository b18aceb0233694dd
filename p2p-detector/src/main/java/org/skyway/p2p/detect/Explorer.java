package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
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

    private static final int MOST_LOOKUPS = 64;
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
        this.outputs = new Outputs(pipeline, dependencies, leaves);
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
        Todo end = new Todo(new Todo.RunActionSet(), null);
        run(walk, new Todo(new Todo.LookUp(0, null, false, null), end));
    }

    /// Does what is to be done.
    ///
    /// @return false if the leaves want no more
    boolean run(Walk walk, Todo start) {
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
                case Todo.RunBucket(var rule, var group, int bucket) -> {
                    walk.hitGroup(group.id(), bucket);
                    walk.groupDepth++;
                    Todo restore = new Todo(Todo.Restore.after(walk, true), then);
                    walk.packet = new SymbolicPacket(walk.packet);
                    todo =
                            act(
                                    rule,
                                    ActionSet.inOrder(group.buckets().get(bucket).actions()),
                                    restore);
                }
                case Todo.Restore restore -> {
                    if (walk.stack != restore.stack() || walk.actionSet != restore.actionSet()) {
                        return leaves.broken(
                                walk,
                                "a clone or bucket writes the stack or the action set",
                                Step.lastRule(walk.last),
                                false);
                    }
                    walk.packet = walk.packet.withContentsOf(restore.contents());
                    walk.tags = restore.tags();
                    walk.undone = restore.undone();
                    walk.groupDepth -= restore.group() ? 1 : 0;
                    todo = then;
                }
                case Todo.RunActionSet() -> {
                    List<Action> actions = ActionSet.inOrder(walk.actionSet);
                    walk.actionSet = List.of();
                    todo = act(Step.lastRule(walk.last), actions, then);
                }
                case Todo.Act(var rule, var actions, int at) -> {
                    Todo rest = at + 1 < actions.size() ? act(rule, actions, at + 1, then) : then;
                    Action action = actions.get(at);
                    switch (act(walk, rule, action, rest)) {
                        case NEXT -> todo = rest;
                        case EXIT -> {
                            todo = afterExit(rest);
                            if (todo != null && !((Todo.Restore) todo.job()).group()) {
                                return leaves.broken(
                                        walk, "an exit within a clone is not decided", rule, false);
                            }
                        }
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

    private static Todo act(FlowRule rule, List<Action> actions, Todo then) {
        return actions.isEmpty() ? then : act(rule, actions, 0, then);
    }

    private static Todo act(FlowRule rule, List<Action> actions, int at, Todo then) {
        return new Todo(new Todo.Act(rule, actions, at), then);
    }

    /// An exit leaves everything but the bucket that it stands in; the action set is not done any
    /// more either, as in Open vSwitch.
    private static Todo afterExit(Todo todo) {
        Todo rest = todo;
        while (rest != null && !(rest.job() instanceof Todo.Restore)) {
            rest = rest.then();
        }
        return rest;
    }

    private Todo instruct(Walk walk, FlowRule rule, Todo then) {
        Instructions instructions = rule.instructions();
        if (instructions.clear()) {
            walk.actionSet = List.of();
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
        if (++walk.lookups > MOST_LOOKUPS) {
            return leaves.broken(walk, "packets are looked up more than 64 times", job.by(), false);
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
        boolean plain = then != null && then.job() instanceof Todo.RunActionSet && walk.pristine();
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
        if (job.resubmit()) {
            return run(missing, then);
        }
        return leaves.broken(
                missing, "no entry of table %d matches".formatted(job.table()), null, true);
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
        return run(fork, act(rule, instructions.apply(), rest));
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

    private Next act(Walk walk, FlowRule rule, Action action, Todo then) {
        return switch (action) {
            case Action.Output(int port, _) -> outputs.output(walk, rule, port);
            case Action.OutputReg(var source, _) -> outputs.output(walk, rule, source);
            case Action.Group(int id) -> group(walk, rule, id, then);
            case Action.Resubmit(int inPort, int table, _) -> {
                Integer pretend = inPort == OfPort.IN_PORT ? null : inPort;
                int where = table == 255 ? rule.table() : table;
                yield Next.of(
                        run(walk, new Todo(new Todo.LookUp(where, pretend, true, rule), then)));
            }
            case Action.Clone(var actions) -> {
                Todo restore = new Todo(Todo.Restore.after(walk, false), then);
                walk.packet = new SymbolicPacket(walk.packet);
                yield Next.of(run(walk, act(rule, actions, restore)));
            }
            case Action.Exit() -> Next.EXIT;
            case Action.Note _ -> Next.NEXT;
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
                    rewrites.rewrite(walk, rule, action, then);
            case Action.Controller _ -> broken(walk, "the controller gets a copy", rule);
            case Action.Meter(int id) -> broken(walk, "meter %d applies".formatted(id), rule);
            case Action.Enqueue _, Action.SetQueue _, Action.PopQueue() ->
                    broken(walk, "a queue may limit the rate", rule);
            case Action.Learn _ -> broken(walk, "packets make entries (learn)", rule);
            case Action.FinTimeout _ ->
                    broken(walk, "packets may shorten timeouts (fin_timeout)", rule);
            case Action.PushMpls _,
                    Action.PopMpls _,
                    Action.DecMplsTtl(),
                    Action.CopyTtlIn(),
                    Action.CopyTtlOut(),
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

    private Next group(Walk walk, FlowRule rule, int id, Todo then) {
        dependencies.group(id);
        Groups groups = new Groups(pipeline, dependencies);
        if (walk.groupDepth >= Groups.DEEPEST) {
            return Next.of(leaves.broken(walk, "groups are nested too deeply", rule, false));
        }
        var group = pipeline.group(id);
        if (group == null) {
            return Next.of(
                    leaves.broken(walk, "group %d does not exist".formatted(id), rule, true));
        }
        List<Integer> buckets = groups.buckets(group);
        if (Groups.copies(group)) {
            Todo todo = then;
            for (int bucket : buckets.reversed()) {
                todo = new Todo(new Todo.RunBucket(rule, group, bucket), todo);
            }
            return Next.of(run(walk, todo));
        }
        for (int bucket : buckets) {
            Walk fork = new Walk(walk);
            // The packet's hash decides, and that is beyond what is modelled.
            fork.uncertain |= buckets.size() > 1;
            if (!run(fork, new Todo(new Todo.RunBucket(rule, group, bucket), then))) {
                return Next.STOP;
            }
        }
        return buckets.isEmpty() ? Next.NEXT : Next.FORKED;
    }

    /// Does one thing to those of the packets that match one of some disjoint matches, and another
    /// to the rest.
    Next fork(
            Walk walk,
            List<Match> matches,
            Todo then,
            Consumer<Walk> matching,
            Consumer<Walk> others) {
        for (Match match : matches) {
            if (!walk.packet.overlaps(match)) {
                continue;
            }
            if (walk.packet.within(match)) {
                matching.accept(walk);
                return Next.NEXT;
            }
            Walk fork = new Walk(walk);
            fork.uncertain |= fork.packet.undecided(match);
            if (fork.packet.narrow(match)) {
                matching.accept(fork);
                if (!run(fork, then)) {
                    return Next.STOP;
                }
            }
        }
        notMatching(walk, matches);
        others.accept(walk);
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
