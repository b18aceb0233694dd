package org.skyway.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// Does to packets what tables and groups say, whatever packets are to a [Domain].
///
/// @param domain knows them
/// @param <P> its packets
public record Interpreter<P extends Packet>(Domain<P> domain) {
    /// What a `resubmit` has that names no table.
    static final int OWN_TABLE = 255;

    /// Stands for a group itself where one of its buckets could be named.
    public static final int WHOLE = -1;

    /// Does what is to be done.
    ///
    /// @param packet to what
    /// @param start what is to be done; null for nothing
    /// @return whether to go on with other packets
    public boolean run(P packet, Todo start) {
        Todo todo = start;
        while (todo != null) {
            domain.charge();
            Todo then = todo.then();
            todo =
                    packet.isLeaving()
                            ? leave(packet, todo.job(), then)
                            : run(packet, todo.job(), then);
            if (todo == Todo.FORKED) {
                return true;
            }
            if (todo == Todo.STOP) {
                return false;
            }
        }
        return domain.ended(packet);
    }

    private Todo run(P packet, Job job, Todo then) {
        return switch (job) {
            case Job.LookUp lookUp -> lookUp(packet, lookUp, then);
            case Job.Act(var owner, var actions, int at) -> act(packet, owner, actions, at, then);
            case Job.Acted(var owner, var actions, int at) -> {
                domain.acted(packet);
                int next = at + 1;
                yield next < actions.size() ? act(packet, owner, actions, next, then) : then;
            }
            case Job.Instruct(var owner, var instructions) ->
                    instruct(packet, owner, instructions, then);
            case Job.RunBucket(var owner, var group, int bucket) -> {
                domain.hitGroup(packet, group, bucket);
                domain.count(packet, 1);
                var actions = ActionSet.inOrder(group.buckets().get(bucket).actions());
                Todo end = new Todo(new Job.EndBucket(owner, packet.save(false)), then);
                yield list(owner.inBucket(), actions, end);
            }
            case Job.EndBucket(var owner, var saved) -> endBucket(packet, owner, saved, then);
            case Job.EndClone(var saved) -> endClone(packet, saved, then);
            case Job.RunActionSet(var owner) -> {
                List<Action> actions = ActionSet.inOrder(packet.actionSet());
                packet.actionSet(List.of());
                if (actions.isEmpty()) {
                    yield then;
                }
                Owner as = domain.beginActionSet(packet, owner).asActionSet();
                yield list(as, actions, new Todo(new Job.EndActionSet(owner), then));
            }
            case Job.EndActionSet _ -> then;
            case Job.Own own -> own.run(then);
        };
    }

    /// What of a job is done when nothing more is done: what was put aside comes back. An exit
    /// leaves everything but the bucket that it stands in, clones included, and the action set is
    /// not done any more: so it is in Open vSwitch.
    private Todo leave(P packet, Job job, Todo then) {
        switch (job) {
            case Job.LookUp _ -> {}
            case Job.Act(var owner, var actions, int at) -> keep(packet, owner, actions, at);
            case Job.Acted(var owner, var actions, int at) -> {
                domain.acted(packet);
                // Unless it was a call, of which something was kept, it could not be done itself.
                boolean itself =
                        packet.isFreezing()
                                && packet.hasKeptNothing()
                                && !(actions.get(at) instanceof Action.Resubmit)
                                && !(actions.get(at) instanceof Action.Controller);
                keep(packet, owner, actions, itself ? at : at + 1);
            }
            case Job.Instruct(var owner, var instructions) -> keep(packet, owner, instructions);
            // It is counted where it came by, even if it is dropped.
            case Job.RunBucket(_, var group, int bucket) -> domain.hitGroup(packet, group, bucket);
            case Job.EndBucket(var owner, var saved) -> {
                return endBucket(packet, owner, saved, then);
            }
            case Job.EndClone(var saved) -> {
                return endClone(packet, saved, then);
            }
            case Job.RunActionSet(var owner) -> {
                if (!packet.isFreezing()) {
                    packet.actionSet(List.of());
                }
                thaw(packet, owner);
            }
            case Job.EndActionSet(var owner) -> thaw(packet, owner);
            case Job.Own own -> {
                return own.run(then);
            }
        }
        return then;
    }

    private Todo endBucket(P packet, Owner owner, Packet.Saved saved, Todo then) {
        thaw(packet, owner);
        packet.restore(saved, false);
        packet.leaving(packet.isAbandoned()); // what left, left the bucket only
        return then;
    }

    private Todo endClone(P packet, Packet.Saved saved, Todo then) {
        packet.restore(saved, true);
        return then;
    }

    // ---- tables

    private Todo lookUp(P packet, Job.LookUp lookUp, Todo then) {
        if (packet.isUnread()) {
            packet.freeze();
            return then;
        }
        Todo next = domain.enter(packet, lookUp, then);
        return next != then || packet.isLeaving() ? next : domain.lookUp(packet, lookUp, then);
    }

    /// What to do to packets that hit an entry.
    ///
    /// @param packet the packet
    /// @param lookUp that found it
    /// @param rule the entry
    /// @param then what comes after it
    /// @return what to do
    public Todo hit(P packet, Job.LookUp lookUp, FlowRule rule, Todo then) {
        Owner owner = lookUp.by().hit(rule.table(), rule, lookUp.deeper());
        Instructions instructions = rule.instructions();
        if (instructions.meter() >= 0) {
            Todo next = domain.meter(packet, owner, instructions.meter(), then);
            if (next != then) {
                return next;
            }
        }
        Todo rest =
                hasMore(instructions)
                        ? new Todo(new Job.Instruct(owner, instructions), then)
                        : then;
        return list(owner, instructions.apply(), rest);
    }

    private static boolean hasMore(Instructions i) {
        return i.clear() || !i.write().isEmpty() || i.metadataMask() != 0 || i.gotoTable() >= 0;
    }

    private Todo instruct(P packet, Owner owner, Instructions i, Todo then) {
        if (packet.isUnread()) {
            packet.freeze();
            keep(packet, owner, i);
            return then;
        }
        domain.instructed(packet, i);
        if (i.clear()) {
            packet.clearActions();
        }
        if (!i.write().isEmpty()) {
            domain.count(packet, i.write().size());
            if (packet.isLeaving()) {
                return then;
            }
            packet.writeActions(i.write());
        }
        if (i.metadataMask() != 0) {
            packet.writeMetadata(i.metadata(), i.metadataMask());
        }
        return i.gotoTable() < 0
                ? then
                : new Todo(
                        new Job.LookUp(owner, i.gotoTable(), OfPort.IN_PORT, Job.Way.GOTO, true),
                        then);
    }

    // ---- actions

    private static Todo list(Owner owner, List<Action> actions, Todo then) {
        return actions.isEmpty() ? then : new Todo(new Job.Act(owner, actions, 0), then);
    }

    private Todo act(P packet, Owner owner, List<Action> actions, int at, Todo then) {
        Action action = actions.get(at);
        if (packet.isUnread() && Rereading.isNeededFor(action)) {
            packet.freeze();
        } else {
            domain.count(packet, 1);
        }
        if (packet.isLeaving()) {
            keep(packet, owner, actions, at);
            return then;
        }
        domain.acting(packet, action);
        return act(packet, owner, action, new Todo(new Job.Acted(owner, actions, at), then));
    }

    private Todo act(P packet, Owner owner, Action action, Todo then) {
        switch (action) {
            case Action.Output(int port, int max) -> {
                return output(packet, owner, port, max, true, then);
            }
            case Action.Enqueue(int port, int queue) -> {
                long before = packet.queue();
                packet.queue(Integer.toUnsignedLong(queue));
                Todo next = output(packet, owner, port, 0, false, then);
                packet.queue(before);
                return next;
            }
            case Action.SetQueue(int queue) -> packet.queue(Integer.toUnsignedLong(queue));
            case Action.PopQueue() -> packet.popQueue();
            case Action.Group(int id) -> {
                return group(packet, owner, id, then);
            }
            case Action.Resubmit(int port, int id, boolean tracked) -> {
                int table = id == OWN_TABLE ? owner.table() : id;
                var way = tracked ? Job.Way.RESUBMIT_TRACKED : Job.Way.RESUBMIT;
                return new Todo(new Job.LookUp(owner, table, port, way, false), then);
            }
            case Action.Clone(var list) -> {
                // What was written into the action set before is done to the clone, too.
                boolean metered = list.stream().anyMatch(a -> a instanceof Action.Meter);
                Todo end = new Todo(new Job.EndClone(packet.save(metered)), then);
                return list(owner, list, new Todo(new Job.RunActionSet(owner), end));
            }
            case Action.Exit() -> packet.leaving(true);
            case Action.Meter(int id) -> {
                return domain.meter(packet, owner, id, then);
            }
            // Nobody tracks connections, and the rest is for others.
            case Action.CtClear(), Action.Note _ -> {}
            default -> {
                return domain.act(packet, owner, action, then);
            }
        }
        return then;
    }

    private Todo group(P packet, Owner owner, int id, Todo then) {
        GroupEntry group = domain.group(id);
        Todo next = domain.enterGroup(packet, owner, id, group, then);
        if (next != then || packet.isLeaving() || group == null) {
            return next;
        }
        return switch (group.type()) {
            case ALL, INDIRECT -> {
                domain.hitGroup(packet, group, WHOLE);
                Todo todo = then;
                for (int bucket = group.buckets().size() - 1; bucket >= 0; bucket--) {
                    todo = new Todo(new Job.RunBucket(owner, group, bucket), todo);
                }
                yield todo;
            }
            case SELECT, FAST_FAILOVER -> domain.choose(packet, owner, group, then);
        };
    }

    // ---- outputs

    /// Sends a packet to a port, or to what stands for one.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param port OFPP_ code
    /// @param maxLength how much of it controllers get
    /// @param missIsTold whether they may be told if no entry matches, should it go to the tables
    /// @param then what comes after it
    /// @return what to do
    public Todo output(
            P packet, Owner owner, int port, int maxLength, boolean missIsTold, Todo then) {
        long from = packet.inPort();
        if (from < 0) {
            return domain.fromUnknown(packet, owner, then);
        }
        int own = (int) from;
        return switch (port) {
            case OfPort.CONTROLLER -> domain.toController(packet, owner, maxLength, then);
            case OfPort.IN_PORT -> send(packet, owner, own, then);
            case OfPort.TABLE ->
                    new Todo(new Job.LookUp(owner, 0, own, Job.Way.OUTPUT, missIsTold), then);
            case OfPort.NORMAL -> domain.normal(packet, owner, then);
            case OfPort.FLOOD -> flood(packet, owner, PortState.NO_FLOOD, then);
            case OfPort.ALL -> flood(packet, owner, 0, then);
            case OfPort.ANY, OfPort.UNSET -> then;
            default -> port == own ? then : send(packet, owner, port, then);
        };
    }

    /// Sends a packet to all ports but its own.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param except OFPPC_ bits of ports that are left out
    /// @param then what comes after it
    /// @return what to do
    public Todo flood(P packet, Owner owner, int except, Todo then) {
        int own = (int) packet.inPort();
        for (PortState port : domain.ports()) {
            if (port.number() != own && (port.config() & except) == 0) {
                Todo next = send(packet, owner, port.number(), then);
                if (next != then) {
                    return next;
                }
            }
        }
        return then;
    }

    /// Sends a packet to a port, if that takes any.
    ///
    /// @param packet the packet
    /// @param owner who sends it
    /// @param number of the port
    /// @param then what comes after it
    /// @return what to do
    public Todo send(P packet, Owner owner, int number, Todo then) {
        PortState port = domain.port(number);
        if (port == null || !port.sends()) {
            domain.notSent(packet, number, port);
            return then;
        }
        return domain.send(packet, owner, port, then);
    }

    // ---- reading a packet anew

    private static void keep(Packet packet, Owner owner, List<Action> actions, int from) {
        if (packet.isFreezing() && from < actions.size()) {
            packet.keep(new Job.Act(owner.readAnew(), actions, from));
        }
    }

    private static void keep(Packet packet, Owner owner, Instructions i) {
        if (!packet.isFreezing()) {
            return;
        }
        Owner later = owner.readAnew();
        if (i.clear() || !i.write().isEmpty() || i.metadataMask() != 0) {
            packet.keep(new Job.Instruct(later, i.withGoto(-1)));
        }
        if (i.gotoTable() >= 0) {
            Action on = new Action.Resubmit(OfPort.IN_PORT, i.gotoTable(), false);
            packet.keep(new Job.Act(later, List.of(on), 0));
        }
    }

    /// Where a packet, or a copy of it, is done with: what was kept follows.
    private void thaw(P packet, Owner owner) {
        if (packet.isFreezing()) {
            domain.readAnew(packet, owner, packet.thaw());
        }
    }
}
