package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.TRANSPORT;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;
import org.skyway.pipeline.Domain;
import org.skyway.pipeline.Interpreter;
import org.skyway.pipeline.Job;
import org.skyway.pipeline.Liveness;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Todo;
import org.skyway.pipeline.classifier.TupleTable;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.TableMiss;
import org.skyway.vswitch.tables.Tables;
import org.skyway.vswitch.tables.TablesVersion;

/// What the pipeline does to one packet: a look-up hits one entry, a choice is made, and whatever
/// it depended on is noted.
final class SwitchDomain implements Domain<Walk> {
    private static final int LAST_TABLE = Tables.COUNT - 2; // the one behind it is nobody's

    private final TablesVersion tables;
    private final Liveness liveness;
    private final Telling telling;
    private final Interpreter<Walk> interpreter = new Interpreter<>(this);
    private final LearningSwitch learningSwitch;
    private final Mirroring mirroring; // null if there is no mirror
    private boolean hashWanted; // of the datapath, when the packet has been read anew

    SwitchDomain(Walk walk, long nowNanos) {
        tables = walk.tables;
        liveness = new Liveness(this::port, this::group);
        telling = new Telling(walk);
        NormalConfig normal = tables.normal();
        TaggedOutput output = new TaggedOutput(interpreter, normal);
        learningSwitch = new LearningSwitch(output, normal, nowNanos);
        mirroring = normal.mirrors().isEmpty() ? null : new Mirroring(normal, output);
    }

    Interpreter<Walk> interpreter() {
        return interpreter;
    }

    /// A packet has come in, and is to be looked at.
    ///
    /// @return whether anything may be done to it
    boolean receive(Walk walk) {
        if (mirroring == null) {
            return true;
        }
        if (tables.normal().isReserved(walk.headers.inPort())) {
            walk.note("the port is a mirror's output, and what comes from it is dropped");
            return false;
        }
        mirroring.received(walk);
        return true;
    }

    LearningSwitch learningSwitch() {
        return learningSwitch;
    }

    @Override
    public GroupEntry group(int id) {
        GroupState state = tables.groups().get(id);
        return state == null ? null : state.group();
    }

    @Override
    public PortState port(int number) {
        return tables.ports().get(number);
    }

    @Override
    public Iterable<PortState> ports() {
        return tables.ports().values();
    }

    @Override
    public void charge() {} // what takes long is counted where it does

    @Override
    public void count(Walk walk, int actions) {
        walk.count(actions);
    }

    @Override
    public Todo enter(Walk walk, Job.LookUp lookUp, Todo then) {
        if (lookUp.way() != Job.Way.ENTER) {
            walk.goOn(lookUp.by().depth(), true);
        }
        return then;
    }

    @Override
    public Todo enterGroup(Walk walk, Owner owner, int id, GroupEntry group, Todo then) {
        walk.goOn(owner.depth(), false);
        return then;
    }

    // ---- choices

    @Override
    public Todo lookUp(Walk walk, Job.LookUp lookUp, Todo then) {
        int id = lookUp.table();
        if (id >= Tables.COUNT) {
            // May be named, as in Open vSwitch, but there is none: a miss of no table.
            if (lookUp.told()) {
                telling.ofMiss(id, lookUp.by());
            }
            return then;
        }
        FlowEntry entry = find(walk, lookUp, id);
        TableMiss miss = miss(lookUp, id);
        while (entry == null && miss == TableMiss.CONTINUE && id < LAST_TABLE) {
            entry = find(walk, lookUp, ++id);
            miss = miss(lookUp, id);
        }
        if (walk.trace != null) {
            walk.trace.lookedUp(id, entry == null ? null : entry.rule());
        }
        if (entry == null) {
            boolean told =
                    switch (miss) {
                        case DEFAULT -> tables.missToController();
                        case CONTROLLER, CONTINUE -> true;
                        case DROP -> false;
                    };
            if (told && lookUp.told()) {
                telling.ofMiss(id, lookUp.by());
            }
            return then;
        }
        walk.visits.hit(id, entry);
        return interpreter.hit(walk, lookUp, entry.rule(), then);
    }

    private TableMiss miss(Job.LookUp lookUp, int table) {
        return lookUp.honoursMisses()
                ? tables.misses().getOrDefault(table, TableMiss.DEFAULT)
                : TableMiss.DEFAULT;
    }

    private FlowEntry find(Walk walk, Job.LookUp lookUp, int id) {
        walk.visits.lookedUp(id);
        PipelinePacket packet = walk.headers;
        TupleTable<FlowEntry> table = tables.tables().get(id);
        long version = tables.version();
        boolean hidden = tables.fragmentHandling() == Tables.FRAGMENTS_NORMAL;
        int real = packet.inPort();
        int port = lookUp.asPort() == OfPort.IN_PORT ? real : lookUp.asPort();
        FlowEntry entry = null;
        int least = 0;
        if (table != null) {
            packet.inPort(port);
            long[] key = packet.key;
            long transport = key[TRANSPORT];
            if (hidden && Field.IP_FRAG.get(key) != 0) {
                key[TRANSPORT] &= ~Looks.PORTS;
            }
            entry = table.lookup(key, packet.examined, version, Integer.MAX_VALUE);
            if (entry != null && Conjunctions.isClause(entry)) {
                entry = Conjunctions.resolve(entry, table, version, key, packet.examined);
            } else if (entry != null) {
                least = entry.rule().priority();
            }
            if (hidden && (packet.examined[TRANSPORT] & Looks.PORTS) != 0) {
                packet.examine(Field.IP_FRAG);
            }
            key[TRANSPORT] = transport;
            packet.inPort(real);
        }
        walk.looks.lookedUp(id, packet, port, hidden, least);
        return entry;
    }

    @Override
    public Todo choose(Walk walk, Owner owner, GroupEntry group, Todo then) {
        int chosen = -1;
        if (group.type() == GroupEntry.Type.FAST_FAILOVER) {
            chosen = liveness.usable(group).stream().findFirst().orElse(-1);
        } else if (walk.isUnread()) {
            walk.freeze();
        } else if (!group.selectionFields().isEmpty()) {
            chosen = select(group, PacketHash.fields(walk.headers, group.selectionFields()));
        } else if (!walk.hashed && group.buckets().stream().anyMatch(b -> b.weight() != 0)) {
            hashWanted = true;
            walk.freeze();
        } else {
            chosen = select(group, PacketHash.connection(walk.headers, 0));
        }
        if (chosen < 0) {
            return then;
        }
        hitGroup(walk, group, Interpreter.WHOLE);
        return new Todo(new Job.RunBucket(owner, group, chosen), then);
    }

    private int select(GroupEntry group, long hash) {
        return Spreading.select(group.buckets(), liveness.usable(group), hash);
    }

    // ---- what becomes of the packet

    @Override
    public boolean ended(Walk walk) {
        return true;
    }

    @Override
    public Todo send(Walk walk, Owner owner, PortState port, Todo then) {
        PortQos qos = tables.qos().get(port.number());
        int dscp = qos == null ? -1 : qos.dscpOf(walk.queue());
        if (dscp < 0) {
            walk.headers.commit();
        } else {
            walk.headers.commitMarked(dscp);
        }
        if (walk.snapLength != 0) {
            walk.out.add(new DatapathAction.Truncate(walk.snapLength));
        }
        int queue = qos == null ? PortQos.DEFAULT_QUEUE : qos.queueOf(walk.queue());
        walk.out.add(
                queue == PortQos.DEFAULT_QUEUE
                        ? new DatapathAction.Output(port.number())
                        : new DatapathAction.Enqueue(port.number(), queue));
        if (mirroring != null) {
            mirroring.sent(walk, owner, port.number());
        }
        return then;
    }

    @Override
    public void notSent(Walk walk, int number, PortState port) {}

    @Override
    public Todo normal(Walk walk, Owner owner, Todo then) {
        learningSwitch.forward(walk, owner);
        return then;
    }

    @Override
    public Todo fromUnknown(Walk walk, Owner owner, Todo then) {
        throw new IllegalStateException("one packet's ingress port is always known");
    }

    @Override
    public Todo toController(Walk walk, Owner owner, int maxLength, Todo then) {
        telling.ofOutput(owner, maxLength);
        return then;
    }

    @Override
    public Todo meter(Walk walk, Owner owner, int id, Todo then) {
        walk.meter(id);
        return then;
    }

    @Override
    public void readAnew(Walk walk, Owner owner, List<Job> rest) {
        walk.headers.commit();
        Frozen frozen = new Frozen(rest, walk, walk.hashed || hashWanted);
        hashWanted = false;
        if (walk.paused == null) {
            walk.out.add(new DatapathAction.Recirculate(frozen));
        } else {
            telling.paused(owner, walk.paused, frozen);
            walk.paused = null;
        }
    }

    // ---- actions

    @Override
    public Todo act(Walk walk, Owner owner, Action action, Todo then) {
        PipelinePacket packet = walk.headers;
        switch (action) {
            case Action.OutputReg(SubField f, int max) -> {
                packet.examine(f.field());
                long port = f.get(packet.key);
                if (port <= 0xffff && port >= 0) { // as OpenFlow 1.0 numbers ports; else none is
                    int number = OfPort.of16((int) port);
                    return interpreter.output(walk, owner, number, max, false, then);
                }
            }
            case Action.OutputTruncated(int port, int max) -> {
                // What takes none has what is sent next cut short, as in Open vSwitch.
                if (port != packet.inPort() && tables.ports().containsKey(port)) {
                    walk.out.add(new DatapathAction.Truncate(max));
                    return interpreter.send(walk, owner, port, then);
                }
            }
            case Action.Controller controller -> {
                if (controller.pause()) {
                    walk.paused = controller;
                    walk.freeze();
                } else {
                    telling.of(owner, controller);
                }
            }
            case Action.SetField f ->
                    packet.set(f.field(), f.high(), f.low(), f.maskHigh(), f.maskLow());
            case Action.SetPort p -> packet.setPort(p);
            case Action.Load(SubField f, long value) -> packet.write(f, 0, value);
            case Action.Move(SubField from, SubField to) -> {
                packet.examine(from.field());
                packet.move(from, to);
            }
            case Action.StackPush(SubField f) -> {
                packet.examine(f.field());
                walk.stack = ValueStack.push(walk.stack, f, packet.key);
            }
            case Action.StackPop(SubField f) -> {
                if (walk.stack != null) {
                    packet.write(f, walk.stack.high(), walk.stack.low());
                    walk.stack = walk.stack.below();
                }
            }
            case Action.PushVlan(int type) -> packet.pushVlan(type, 0);
            case Action.PopVlan() -> packet.popVlan();
            case Action.SetVlanVid(int vid, boolean push) -> packet.setVlan(0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    packet.setVlan(0xe000, pcp << 13, push);
            case Action.PushMpls(int type) -> {
                walk.hashed &= packet.isMpls(); // the hash was one of headers that are hidden now
                checkLabels(walk, packet.pushMpls(type));
            }
            case Action.PopMpls(int type) -> {
                boolean labelled = packet.isMpls();
                checkLabels(walk, packet.popMpls(type));
                walk.unread(walk.isUnread() || labelled && !packet.isMpls());
            }
            case Action.SetMplsTtl(int ttl) -> packet.set(Field.MPLS_TTL, 0, ttl, 0, 0xff);
            case Action.DecMplsTtl() -> {
                return lowered(walk, owner, packet.decrementMplsTtl(), List.of(0), then);
            }
            case Action.DecNshTtl() -> {
                return lowered(walk, owner, packet.decrementNshTtl(), List.of(0), then);
            }
            case Action.DecTtl(List<Integer> ids) -> {
                return lowered(walk, owner, packet.decrementTtl(), ids, then);
            }
            case Action.Learn learn ->
                    walk.out.add(
                            new DatapathAction.Learned(
                                    Learning.rule(learn, packet), learn.limit()));
            case Action.Multipath m -> {
                long hash =
                        Spreading.mix(
                                PacketHash.named(packet, m.fields(), m.basis()) + m.argument());
                packet.write(m.target(), 0, (hash >>> 1) % (m.maxLink() + 1));
            }
            case Action.Bundle b -> {
                int chosen = Spreading.choose(b, liveness, packet);
                if (b.target() != null) {
                    packet.write(b.target(), 0, chosen == OfPort.ANY ? 0xffff : chosen);
                } else {
                    return interpreter.output(walk, owner, chosen, 0, false, then);
                }
            }
            case Action.CheckPacketLarger check -> {
                return LengthBranch.of(walk, check, owner, then);
            }
            default -> {} // nothing to be done to the packet
        }
        return then;
    }

    private static void checkLabels(Walk walk, boolean few) {
        if (!few) {
            walk.abandon("there are more than " + Labels.MAX + " MPLS labels");
        }
    }

    /// A packet whose TTL can't be lowered ends where it is.
    private Todo lowered(
            Walk walk, Owner owner, boolean done, List<Integer> controllers, Todo then) {
        if (done) {
            return then;
        }
        for (int id : controllers) {
            telling.ofInvalidTtl(owner, id);
        }
        acted(walk);
        return then.afterList();
    }

    // ---- for readers

    @Override
    public void hitGroup(Walk walk, GroupEntry group, int bucket) {
        GroupState state = tables.groups().get(group.id());
        if (bucket == Interpreter.WHOLE) {
            walk.visits.group(state.counters());
        } else {
            walk.visits.group(state.counters(bucket));
            walk.note("bucket " + group.buckets().get(bucket).id());
        }
    }

    @Override
    public Owner beginActionSet(Walk walk, Owner owner) {
        walk.note("executing the action set:");
        return owner;
    }

    @Override
    public void acting(Walk walk, Action action) {
        if (walk.trace == null) {
            return;
        }
        if (action instanceof Action.CheckPacketLarger) {
            walk.note("what follows is done for longer packets, then for others:");
        } else {
            walk.trace.acted(action);
            walk.trace.enter();
        }
    }

    @Override
    public void acted(Walk walk) {
        if (walk.trace != null) {
            walk.trace.leave();
        }
    }

    @Override
    public void instructed(Walk walk, Instructions instructions) {
        if (walk.trace != null) {
            walk.trace.instructed(instructions);
        }
    }
}
