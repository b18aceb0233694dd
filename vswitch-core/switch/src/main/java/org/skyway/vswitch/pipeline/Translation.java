package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.IN_PORT;
import static org.skyway.openflow.model.FlowKey.METADATA;
import static org.skyway.openflow.model.FlowKey.TRANSPORT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.ofproto.FlowCounters;
import org.skyway.vswitch.ofproto.FlowEntry;

/// One run of the pipeline for one flow key (OpenFlow 1.3.5, "Pipeline Processing"; Open vSwitch's
/// translation for what that leaves open). Used once, by one thread. Whatever the outcome depends
/// on is added to [#examined].
public final class Translation {
    /// How deep tables may call each other, as in Open vSwitch.
    static final int MAX_DEPTH = 64;

    /// How many look-ups one packet may cause, as in Open vSwitch.
    static final int MAX_LOOKUPS = 4096;

    private static final int REASON_NO_MATCH = 0;
    private static final int REASON_ACTION = 1;
    private static final int REASON_EXPLICIT_MISS = 6;
    private static final int REASON_INVALID_TTL = 2;
    private static final int REASON_ACTION_SET = 3;
    private static final int REASON_GROUP = 4;
    private static final int REASON_PACKET_OUT = 5;
    private static final long PORTS = 0xffff_ffff_0000_0000L; // of a flow key's transport word
    private static final long NO_COOKIE = -1L;

    private final Tables tables;
    private final List<DatapathAction> out = new ArrayList<>();
    private final PipelinePacket packet;
    private final Liveness liveness;
    private final Sender sender;
    private final List<FlowEntry> entries = new ArrayList<>();
    private final List<FlowCounters> groups = new ArrayList<>(0);
    private int[] lookedUp = new int[4];
    private int lookups;
    private int[] matched = new int[4];
    private int matches;
    private ActionSet actionSet = new ActionSet();
    private final List<Long> stack = new ArrayList<>(0);
    private boolean exit;
    private boolean abandoned; // nothing is done to this packet after all
    private int table;
    private long cookie = NO_COOKIE;
    private boolean tableMiss; // the entry at work is its table's table-miss entry
    private int depth;
    private boolean entering; // the look-up that comes next is the packet's first
    private boolean packetOut;
    private boolean inGroup;
    private boolean inActionSet;
    private boolean groupWritten; // into the action set: no output counts any more
    private boolean wasMpls; // what lies under its last label is not known
    private boolean hashed; // select groups can be done at once
    private PacketTrace trace; // null for none
    private final Freezer freezer = new Freezer();
    private Action.Controller paused; // what the packet waits for while it is frozen; null for none
    private Instructions atWork; // of the entry whose actions are done; null if there is none

    /// A run.
    ///
    /// @param tables what to look at
    /// @param packetKey the packet's flow key; copied
    /// @param nowNanos [System#nanoTime]
    public Translation(Tables tables, long[] packetKey, long nowNanos) {
        this.tables = tables;
        packet = new PipelinePacket(packetKey, out);
        liveness = new Liveness(tables);
        sender = new Sender(tables, packet, out, nowNanos);
        Field.ACTSET_OUTPUT.set(packet.key, OfPort.UNSET);
    }

    /// Runs the packet through the tables from table 0 on.
    ///
    /// @return what to do with it and its like
    public Program run() {
        packet.examined[IN_PORT] |= Field.IN_PORT.ones() << 32;
        if (tables.fragmentHandling() == Tables.FRAGMENTS_DROP) {
            packet.examine(Field.IP_FRAG);
            if (Field.IP_FRAG.get(packet.key) != 0) {
                note("fragments are dropped");
                return program();
            }
        }
        PortState port = tables.ports().get(packet.inPort());
        if (port == null || port.receives()) {
            entering = true;
            lookup(0, packet.inPort(), true);
            if (!entries.isEmpty()) {
                cookie = entries.getFirst().rule().cookie(); // in whose name the action set is done
            }
            finish();
        } else {
            note("the port is down or does not receive");
        }
        return program();
    }

    private void note(String text) {
        if (trace != null) {
            trace.note(text);
        }
    }

    /// Notes what happens, for a reader.
    ///
    /// @param to where to
    public void trace(PacketTrace to) {
        trace = to;
    }

    /// The packet's key as it is by now.
    ///
    /// @return a copy
    public long[] key() {
        return packet.key.clone();
    }

    /// Goes on with what was left to do.
    ///
    /// @param rest what that is; the key is that of the packet as it is now
    /// @return what to do with the packet and its like
    public Program resume(Frozen rest) {
        packet.examined[IN_PORT] |= Field.IN_PORT.ones() << 32;
        hashed = rest.hashed();
        stack.addAll(rest.stack());
        actionSet = new ActionSet();
        write(rest.actionSet().written());
        PortState port = tables.ports().get(packet.inPort());
        if (port == null || (port.config() & PortState.NO_RECV) == 0) {
            doSteps(rest.steps());
            finish();
        }
        return program();
    }

    /// Does an action list, as of a packet-out.
    ///
    /// @param actions in order
    /// @return what to do with the packet
    public Program run(List<Action> actions) {
        packetOut = true;
        apply(actions);
        finish();
        return program();
    }

    /// Which bits of the packet's key the program depends on.
    ///
    /// @return [org.skyway.openflow.model.FlowKey#WORDS] masks
    public long[] examined() {
        return packet.examined;
    }

    /// Whether the pipeline gave up: a loop, or more labels than it can deal with. Then nothing is
    /// done.
    ///
    /// @return true if so
    public boolean gaveUp() {
        return abandoned;
    }

    /// Whether the run learned an address, so that what was decided before may no longer hold.
    ///
    /// @return true if so
    public boolean learned() {
        return sender.learned();
    }

    private Program program() {
        return new Program(
                out,
                entries,
                Arrays.copyOf(lookedUp, lookups),
                Arrays.copyOf(matched, matches),
                sender.source(),
                groups);
    }

    // ---- tables

    // `asPort` is the ingress port that the first look-up sees; what comes behind knows the real
    // one.
    private void lookup(int first, int asPort, boolean missIsTold) {
        if (wasMpls) {
            freeze();
            return;
        }
        if (depth >= MAX_DEPTH || lookups > MAX_LOOKUPS) {
            abandon(); // a loop
            return;
        }
        // Open vSwitch takes calls of later tables for harmless: only others can be a loop.
        int deeper = !entering && first <= table ? 1 : 0;
        entering = false;
        depth += deeper;
        int outerTable = table;
        long outerCookie = cookie;
        boolean outerMiss = tableMiss;
        int next = first;
        int port = asPort;
        boolean told = missIsTold;
        while (next >= 0 && !exit) {
            if (depth >= MAX_DEPTH && next != first) {
                abandon();
                break;
            }
            table = next;
            next = oneTable(next, port, told);
            port = packet.inPort();
            told = true;
        }
        table = outerTable;
        cookie = outerCookie;
        tableMiss = outerMiss;
        depth -= deeper;
    }

    // As in Open vSwitch, what can't be done to its end is not done at all; but what it has taught
    // the switch on its way stays.
    private void abandon() {
        out.removeIf(action -> !(action instanceof DatapathAction.Learned));
        freezer.clear();
        abandoned = true;
        exit = true;
    }

    private void tellOfMiss() {
        cookie = 0; // of the entry that stands for a miss in Open vSwitch
        toController(0xffff, REASON_NO_MATCH, 0);
    }

    // Returns the table to go on with, or -1.
    private int oneTable(int id, int asPort, boolean missIsTold) {
        if (id >= Tables.COUNT) {
            // May be named, as in Open vSwitch, but there is none: a miss of no table.
            if (missIsTold) {
                tellOfMiss();
            }
            return -1;
        }
        if (lookups == lookedUp.length) {
            lookedUp = Arrays.copyOf(lookedUp, 2 * lookups);
        }
        lookedUp[lookups++] = id;
        FlowEntry entry = find(id, asPort);
        if (trace != null) {
            trace.lookedUp(id, entry == null ? null : entry.rule());
        }
        if (entry == null) {
            if (missIsTold && tables.missToController()) {
                tellOfMiss();
            }
            return -1;
        }
        if (matches == matched.length) {
            matched = Arrays.copyOf(matched, 2 * matches);
        }
        matched[matches++] = id;
        entries.add(entry);
        cookie = entry.rule().cookie();
        tableMiss = entry.rule().priority() == 0 && entry.rule().match().equals(Match.ANY);
        Instructions i = entry.rule().instructions();
        if (i.meter() >= 0) {
            meter(i.meter());
        }
        return carryOut(i);
    }

    // Returns the table to go on with, or -1.
    private int carryOut(Instructions i) {
        Instructions outer = atWork;
        atWork = i;
        boolean done = apply(i.apply());
        atWork = outer;
        boolean more =
                i.clear() || !i.write().isEmpty() || i.metadataMask() != 0 || i.gotoTable() >= 0;
        if (done && wasMpls && more) {
            freeze();
        }
        if (freezer.isFreezing()) {
            freezer.add(i);
        }
        if (!done || freezer.isFreezing()) {
            return -1; // the other instructions are not carried out either
        }
        if (trace != null) {
            trace.instructed(i);
        }
        if (i.clear()) {
            clearActionSet();
        }
        write(i.write());
        if (i.metadataMask() != 0) {
            packet.setBits(METADATA, i.metadata(), i.metadataMask());
        }
        return i.gotoTable();
    }

    private void clearActionSet() {
        actionSet.clear();
        groupWritten = false;
        Field.ACTSET_OUTPUT.set(packet.key, OfPort.UNSET);
    }

    private void write(List<Action> actions) {
        for (Action action : actions) {
            if (groupWritten) {
                break;
            }
            if (action instanceof Action.Output(int port, int max)) {
                Field.ACTSET_OUTPUT.set(packet.key, port);
            } else if (action instanceof Action.Group) {
                Field.ACTSET_OUTPUT.set(packet.key, OfPort.UNSET);
                groupWritten = true;
            }
        }
        actionSet.write(actions);
    }

    private FlowEntry find(int id, int asPort) {
        TupleTable<FlowEntry> t = tables.table(id);
        if (t == null) {
            return null;
        }
        int real = packet.inPort();
        packet.inPort(asPort);
        boolean hidden = tables.fragmentHandling() == Tables.FRAGMENTS_NORMAL;
        long transport = packet.key[TRANSPORT];
        if (hidden && Field.IP_FRAG.get(packet.key) != 0) {
            packet.key[TRANSPORT] &= ~PORTS;
        }
        FlowEntry entry = Conjunctions.lookup(t, packet.key, packet.examined);
        if (hidden && (packet.examined[TRANSPORT] & PORTS) != 0) {
            packet.examine(Field.IP_FRAG);
        }
        packet.key[TRANSPORT] = transport;
        packet.inPort(real);
        return entry;
    }

    // The action set is done once, when the pipeline ends; what is written into it by then is not
    // done any more. What can't be done now is left for later.
    private void finish() {
        if (freezer.isFreezing()) {
            thaw();
            return;
        }
        boolean outer = inActionSet;
        inActionSet = true;
        ActionSet set = actionSet;
        actionSet = new ActionSet();
        List<Action> actions = set.inOrder();
        if (!actions.isEmpty() && !exit) {
            note("executing the action set:");
        }
        apply(actions);
        inActionSet = outer;
        thaw();
    }

    // Returns false if the list was not done to its end.
    private boolean apply(List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            if (wasMpls && !exit && Recirculation.isNeededFor(action)) {
                freeze();
            }
            if (exit) {
                freezer.add(actions, i, table, cookie);
                return false;
            }
            if (action instanceof Action.CheckPacketLarger check) {
                note("what follows is done for longer packets, then for others:");
                bothWays(check, actions, i + 1);
                return false;
            }
            boolean goOn = trace == null ? apply(action) : traced(action);
            if (freezer.isFreezing() && freezer.isEmpty() && !(action instanceof Action.Resubmit)) {
                // Unless it was what the packet waits for, it could not be done itself.
                freezer.add(actions, action == paused ? i + 1 : i, table, cookie);
                return false;
            }
            if (!goOn) {
                return false;
            }
        }
        return !exit;
    }

    // What follows depends on the packet's length, which is known only when it is there: so it is
    // thought through for longer packets and for others. As in Open vSwitch, what follows is the
    // rest of the entry and the action set; what called the entry goes on with the packet as it
    // was.
    private void bothWays(Action.CheckPacketLarger check, List<Action> actions, int from) {
        List<Action> left = actions.subList(from, actions.size());
        Instructions rest =
                atWork != null && actions == atWork.apply()
                        ? atWork.withApply(left)
                        : Instructions.apply(left);
        packet.commit();
        PipelinePacket.Saved saved = packet.save();
        List<Long> stackBefore = List.copyOf(stack);
        ActionSet setBefore = actionSet;
        boolean wasMplsBefore = wasMpls;
        // Used up by the first way, and done again at the end: so it is in Open vSwitch.
        actionSet = setBefore.copy();
        int at = Copies.begin(out);
        int[] branch = new int[2];
        for (int longer = 1; longer >= 0; longer--) {
            branch[longer] = out.size();
            out.add(new DatapathAction.Skip(0));
            packet.write(check.target(), longer);
            int next = carryOut(rest);
            if (next >= 0 && !exit) {
                lookup(next, packet.inPort(), true);
            }
            finish();
            if (abandoned) {
                return;
            }
            packet.restore(saved);
            wasMpls = wasMplsBefore;
            exit = false;
        }
        stack.clear();
        stack.addAll(stackBefore);
        out.set(branch[1], new DatapathAction.IfLonger(check.length(), branch[0] - branch[1]));
        out.set(branch[0], new DatapathAction.Skip(out.size() - branch[0] - 1));
        Copies.end(out, at);
        actionSet = setBefore;
    }

    private boolean traced(Action action) {
        trace.acted(action);
        trace.enter();
        boolean goOn = apply(action);
        trace.leave();
        return goOn;
    }

    // ---- recirculation

    private void freeze() {
        freezer.freeze();
        exit = true;
    }

    // Where a packet, or a copy of it, is done with: what was frozen follows.
    private void thaw() {
        if (freezer.isFreezing()) {
            packet.commit();
            Frozen rest = freezer.thaw(packet, stack, actionSet, hashed);
            if (paused == null) {
                out.add(new DatapathAction.Recirculate(rest));
            } else {
                Action.Controller controller = paused;
                paused = null;
                int outerTable = table;
                table = 0; // whichever it was: so Open vSwitch says
                toController(controller, rest);
                table = outerTable;
            }
        }
    }

    private void doSteps(List<Frozen.Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            Frozen.Step step = steps.get(i);
            boolean recirculates =
                    !(step instanceof Frozen.Step.Do(Action a)) || Recirculation.isNeededFor(a);
            if (wasMpls && !exit && recirculates) {
                freeze();
            }
            int rest = i;
            boolean goOn = false;
            if (!exit) {
                goOn = doStep(step);
                boolean itself =
                        freezer.isEmpty()
                                && paused == null
                                && !(step instanceof Frozen.Step.Do(Action.Resubmit r));
                rest = itself ? i : i + 1;
            }
            if (freezer.isFreezing()) {
                freezer.addAll(steps.subList(rest, steps.size()));
            }
            if (!goOn) {
                return;
            }
        }
    }

    private boolean doStep(Frozen.Step step) {
        switch (step) {
            case Frozen.Step.Do(Action action) -> {
                return apply(action) && !exit;
            }
            case Frozen.Step.Of(int ofTable, long ofCookie) -> {
                table = ofTable;
                cookie = ofCookie;
                tableMiss = false; // the entry is not known any more, as in Open vSwitch
            }
            case Frozen.Step.ClearActions() -> clearActionSet();
            case Frozen.Step.WriteActions(List<Action> actions) -> write(actions);
            case Frozen.Step.WriteMetadata(long value, long mask) ->
                    packet.setBits(METADATA, value, mask);
        }
        return true;
    }

    // Returns false if the rest of the list is not to be done.
    private boolean apply(Action action) {
        switch (action) {
            case Action.Output(int port, int max) -> output(port, max, true);
            case Action.OutputReg(SubField f, int max) -> {
                packet.examine(f.field());
                long port = packet.read(f);
                if (port <= 0xffff && port >= 0) { // as OpenFlow 1.0 numbers ports; else none is
                    output(OfPort.of16((int) port), max, false);
                }
            }
            case Action.OutputTruncated(int port, int max) -> {
                if (port != packet.inPort()) {
                    sender.send(port, max);
                }
            }
            case Action.Enqueue(int port, int queue) -> output(port, 0, false);
            case Action.Controller controller -> {
                if (controller.pause()) {
                    paused = controller;
                    freeze();
                } else {
                    toController(controller);
                }
            }
            case Action.Group(int id) -> group(id);
            case Action.SetField f ->
                    packet.set(f.field(), f.high(), f.low(), f.maskHigh(), f.maskLow());
            case Action.Load(SubField f, long value) -> packet.write(f, value);
            case Action.Move(SubField from, SubField to) -> {
                packet.examine(from.field());
                packet.move(from, to);
            }
            case Action.StackPush(SubField f) -> {
                packet.examine(f.field());
                stack.add(packet.read(f));
            }
            case Action.StackPop(SubField f) -> {
                if (!stack.isEmpty()) {
                    packet.write(f, stack.removeLast());
                }
            }
            case Action.PushVlan(int type) -> packet.pushVlan(type, 0);
            case Action.PopVlan() -> packet.popVlan();
            case Action.SetVlanVid(int vid, boolean push) -> packet.setVlan(0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    packet.setVlan(0xe000, pcp << 13, push);
            case Action.PushMpls(int type) -> {
                hashed &= packet.isMpls(); // the hash was one of headers that are hidden now
                if (!packet.pushMpls(type)) {
                    abandon();
                }
            }
            case Action.PopMpls(int type) -> {
                boolean labelled = packet.isMpls();
                if (!packet.popMpls(type)) {
                    abandon();
                }
                wasMpls |= labelled && !packet.isMpls();
            }
            case Action.SetMplsTtl(int ttl) -> packet.set(Field.MPLS_TTL, 0, ttl, 0, 0xff);
            case Action.DecMplsTtl() -> {
                if (!packet.decrementMplsTtl()) {
                    toController(0xffff, REASON_INVALID_TTL, 0);
                    return false;
                }
            }
            case Action.DecNshTtl() -> {
                if (!packet.decrementNshTtl()) {
                    toController(0xffff, REASON_INVALID_TTL, 0);
                    return false;
                }
            }
            case Action.DecTtl(List<Integer> ids) -> {
                if (!packet.decrementTtl()) {
                    for (int id : ids) {
                        toController(0xffff, REASON_INVALID_TTL, id);
                    }
                    return false;
                }
            }
            case Action.Resubmit(int port, int id, boolean ct) ->
                    lookup(
                            id == 255 ? table : id,
                            port == OfPort.IN_PORT ? packet.inPort() : port,
                            false);
            case Action.Clone(List<Action> list) -> cloned(list);
            case Action.Exit() -> exit = true;
            case Action.Meter(int id) -> meter(id);
            case Action.Learn learn ->
                    out.add(
                            new DatapathAction.Learned(
                                    Learning.rule(learn, packet), learn.limit()));
            case Action.Multipath m -> {
                long hash = PipelinePacket.mix(packet.hash(m.fields(), m.basis()) + m.argument());
                packet.write(m.target(), (hash >>> 1) % (m.maxLink() + 1));
            }
            case Action.Bundle b -> {
                int chosen = liveness.choose(b, packet);
                if (b.target() != null) {
                    packet.write(b.target(), chosen == OfPort.ANY ? 0xffff : chosen);
                } else if (chosen != OfPort.ANY) {
                    output(chosen, 0, false);
                }
            }
            // Nothing to be done to the packet: queues are not modelled, copies of a TTL between
            // headers are not supported by Open vSwitch's datapath either, and the rest is for
            // others.
            case Action.CheckPacketLarger c -> {} // done where its list is
            case Action.CtClear() -> {}
            case Action.CopyTtlOut() -> {}
            case Action.CopyTtlIn() -> {}
            case Action.SetQueue(int queue) -> {}
            case Action.PopQueue() -> {}
            case Action.Note(Bytes data) -> {}
            case Action.Conjunction c -> {}
            case Action.FinTimeout f -> {}
            case Action.Opaque o -> {}
        }
        return true;
    }

    private void meter(int id) {
        MeterState meter = tables.meter(id);
        if (meter != null) {
            // What is still to be written comes behind it, as in Open vSwitch: it counts the packet
            // as it is.
            out.add(new DatapathAction.Metered(meter));
        }
    }

    // ---- outputs

    private void output(int port, int maxLength, boolean missIsTold) {
        switch (port) {
            case OfPort.CONTROLLER -> toController(maxLength, whyToController(), 0);
            case OfPort.IN_PORT -> sender.send(packet.inPort());
            case OfPort.TABLE -> lookup(0, packet.inPort(), missIsTold);
            case OfPort.NORMAL -> sender.normal(packetOut);
            case OfPort.FLOOD -> sender.flood(true);
            case OfPort.ALL -> sender.flood(false);
            default -> {
                if (port != packet.inPort()) {
                    sender.send(port);
                }
            }
        }
    }

    private int whyToController() {
        return packetOut
                ? REASON_PACKET_OUT
                : inGroup ? REASON_GROUP : inActionSet ? REASON_ACTION_SET : REASON_ACTION;
    }

    private void toController(int maxLength, int reason, int controllerId) {
        toController(
                new Action.Controller(maxLength, reason, controllerId, Bytes.EMPTY, false, 0),
                null);
    }

    // The copy may have to pass a meter, which drops nothing but it.
    private void toController(Action.Controller action) {
        packet.commit();
        int at = Copies.begin(out);
        if (action.meterId() != 0) {
            meter(action.meterId());
        }
        toController(action, null);
        Copies.end(out, at);
    }

    private void toController(Action.Controller action, Frozen rest) {
        int reason = action.reason();
        boolean always = reason == REASON_INVALID_TTL;
        // Versions before 1.3 are told the one, later ones the other.
        int why = reason == REASON_ACTION && tableMiss ? REASON_EXPLICIT_MISS : reason;
        sender.toController(
                action.maxLength(),
                why,
                always,
                table,
                cookie,
                action.controllerId(),
                action.userdata(),
                rest);
    }

    // ---- groups

    private void group(int id) {
        GroupState state = tables.group(id);
        if (state == null) {
            return;
        }
        if (depth >= MAX_DEPTH) {
            abandon();
            return;
        }
        depth++;
        boolean nested = inGroup;
        inGroup = true;
        List<GroupEntry.Bucket> buckets = state.group().buckets();
        switch (state.group().type()) {
            case ALL, INDIRECT -> {
                groups.add(state.counters());
                for (int i = 0; i < buckets.size(); i++) {
                    bucket(state, i);
                }
            }
            case SELECT -> {
                List<Field> fields = state.group().selectionFields();
                if (wasMpls) {
                    freeze();
                } else if (!fields.isEmpty()) {
                    oneBucket(state, liveness.select(buckets, packet.hash(fields)));
                } else if (!hashed && Recirculation.wantsHash(state.group())) {
                    freezer.wantHash();
                    freeze();
                } else {
                    oneBucket(state, liveness.select(buckets, packet.hash(0)));
                }
            }
            case FAST_FAILOVER -> {
                int first = 0;
                while (first < buckets.size() && !liveness.isLive(buckets.get(first))) {
                    first++;
                }
                oneBucket(state, first < buckets.size() ? first : -1);
            }
        }
        inGroup = nested;
        depth--;
    }

    private void oneBucket(GroupState state, int index) {
        if (index >= 0) {
            groups.add(state.counters());
            bucket(state, index);
        }
    }

    // A bucket's actions are an action set, done to a copy of the packet.
    private void bucket(GroupState state, int index) {
        groups.add(state.counters(index));
        if (trace != null) {
            trace.note("bucket " + state.group().buckets().get(index).id());
        }
        ActionSet set = new ActionSet();
        set.write(state.group().buckets().get(index).actions());
        PipelinePacket.Saved saved = packet.save();
        int at = Copies.begin(out);
        boolean wasMplsBefore = wasMpls;
        apply(set.inOrder());
        thaw();
        if (!abandoned) {
            Copies.end(out, at);
        }
        packet.restore(saved);
        wasMpls = wasMplsBefore;
        exit = abandoned; // it ended the bucket only
    }

    // What was written into the action set before is done to the clone, too; and an exit in it ends
    // what comes behind it as well: so it is in Open vSwitch.
    private void cloned(List<Action> actions) {
        if (actions.stream().anyMatch(a -> a instanceof Action.Meter)) {
            packet.commit(); // as in Open vSwitch, which has to make a real copy for these
        }
        PipelinePacket.Saved saved = packet.save();
        List<Long> stackBefore = List.copyOf(stack);
        ActionSet setBefore = actionSet;
        actionSet = setBefore.copy();
        boolean wasMplsBefore = wasMpls;
        int at = Copies.begin(out);
        apply(actions);
        finish();
        if (!abandoned) {
            Copies.end(out, at);
        }
        packet.restore(saved);
        wasMpls = wasMplsBefore;
        stack.clear();
        stack.addAll(stackBefore);
        actionSet = setBefore;
    }
}
