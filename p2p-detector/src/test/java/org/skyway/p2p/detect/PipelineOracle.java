package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// What obviously happens to one packet: linear search, one action after the other. Shares no code
/// with the detector. Knows what [RandomPipelines] uses.
final class PipelineOracle {
    private final List<FlowRule> rules;
    private final Map<Integer, GroupEntry> groups = new HashMap<>();
    private final Set<Integer> livePorts;

    private long[] original;
    private int from;
    private long[] key;
    private Tags tags;
    private List<Action> actionSet;
    private boolean actionSetHasGroup;
    private List<Long> stack;
    private int table;
    private List<Integer> deliveries;
    private boolean otherEffect;
    private boolean changed;
    private int lookups;
    private List<Object> path;

    /// What the key does not show of the two VLAN tags: whether the outer one is the packet's own,
    /// and the inner one, if there is one.
    private record Tags(boolean own, Long inner, boolean innerOwn) {}

    PipelineOracle(List<FlowRule> rules, List<GroupEntry> groups, Set<Integer> livePorts) {
        this.rules = rules;
        groups.forEach(g -> this.groups.put(g.id(), g));
        this.livePorts = livePorts;
    }

    /// Where all packets leave, or why they do not leave at one port.
    ///
    /// @param to the only egress port; 0 if there is no link
    /// @param onePath whether all packets hit the same entries
    record Answer(int to, boolean onePath) {}

    Answer link(int port, Iterable<long[]> packets) {
        int to = 0;
        Set<List<Object>> paths = new HashSet<>();
        for (long[] packet : packets) {
            run(port, packet);
            if (otherEffect || changed || deliveries.size() != 1) {
                return new Answer(0, false);
            }
            int here = deliveries.getFirst();
            if (here == port || to != 0 && to != here) {
                return new Answer(0, false);
            }
            to = here;
            paths.add(path);
        }
        return new Answer(to, paths.size() == 1);
    }

    private void run(int port, long[] packet) {
        from = port;
        original = packet;
        key = packet.clone();
        Field.ACTSET_OUTPUT.set(key, OfPort.UNSET);
        tags = new Tags(true, null, false);
        actionSet = new ArrayList<>();
        actionSetHasGroup = false;
        stack = new ArrayList<>();
        table = 0;
        deliveries = new ArrayList<>();
        path = new ArrayList<>();
        otherEffect = false;
        changed = false;
        lookups = 0;
        if (lookUp(0, port, false)) {
            doActionSet();
        }
    }

    private void doActionSet() {
        List<Action> set = actionSet;
        actionSet = new ArrayList<>();
        doAll(ordered(set));
    }

    /// @return false once an exit was done
    private boolean lookUp(int id, int asPort, boolean resubmit) {
        if (++lookups > 64) {
            otherEffect = true;
            return false;
        }
        long[] seen = key.clone();
        Field.IN_PORT.set(seen, asPort); // only the lookup sees it
        if (Field.IP_FRAG.get(key) != 0) {
            seen[FlowKey.TRANSPORT] &= 0xffffffffL; // the ports of fragments are hidden
        }
        FlowRule best = null;
        for (FlowRule rule : rules) {
            if (rule.table() == id
                    && rule.match().matches(seen)
                    && (best == null || rule.priority() > best.priority())) {
                best = rule;
            }
        }
        path.add(id);
        if (best == null) {
            // OpenFlow drops the packet, Open vSwitch does its action set.
            otherEffect |= !resubmit && !ordered(actionSet).isEmpty();
            return true;
        }
        path.add(best);
        int outer = table;
        table = id;
        boolean goOn = instructed(best);
        table = outer;
        return goOn;
    }

    private boolean instructed(FlowRule best) {
        Instructions todo = best.instructions();
        otherEffect |= todo.meter() >= 0;
        if (!doAll(todo.apply())) {
            return false;
        }
        if (todo.clear()) {
            actionSet = new ArrayList<>();
            actionSetHasGroup = false;
            Field.ACTSET_OUTPUT.set(key, OfPort.UNSET);
        }
        actionSet.addAll(todo.write());
        for (Action action : todo.write()) {
            if (!actionSetHasGroup && action instanceof Action.Output(int port, _)) {
                Field.ACTSET_OUTPUT.set(key, port);
            }
            if (action instanceof Action.Group) {
                Field.ACTSET_OUTPUT.set(key, OfPort.UNSET);
                actionSetHasGroup = true;
            }
        }
        long metadata = Field.METADATA.get(key);
        Field.METADATA.set(
                key, metadata & ~todo.metadataMask() | todo.metadata() & todo.metadataMask());
        return todo.gotoTable() < 0
                || lookUp(todo.gotoTable(), (int) Field.IN_PORT.get(key), false);
    }

    private boolean doAll(List<Action> actions) {
        for (Action action : actions) {
            if (!act(action)) {
                return false;
            }
        }
        return true;
    }

    private boolean act(Action action) {
        switch (action) {
            case Action.Output(int port, _) -> output(port);
            case Action.OutputReg(var source, _) -> {
                long port = read(source);
                if (port < 0xff00) {
                    output((int) port);
                } else if (port <= 0xffff) {
                    output((int) port | 0xffff0000);
                }
            }
            case Action.SetField s
                    when s.field() == Field.VLAN_VID || s.field() == Field.VLAN_TCI -> {
                long old = Field.VLAN_TCI.get(key);
                writeTci(old & ~s.maskLow() | s.low() & s.maskLow());
            }
            case Action.Load(var target, long value) when target.field() == Field.VLAN_TCI -> {
                long mask = mask(target) << target.offset();
                writeTci(Field.VLAN_TCI.get(key) & ~mask | value << target.offset() & mask);
            }
            case Action.SetField s -> {
                if (has(s.field().prerequisite())) {
                    long old = s.field().get(key);
                    s.field().set(key, old & ~s.maskLow() | s.low() & s.maskLow());
                }
            }
            case Action.SetPort p -> {
                boolean later = (Field.IP_FRAG.get(key) & 2) != 0;
                for (Field f : p.fields()) {
                    if (!later && has(f.prerequisite())) {
                        f.set(key, p.port() & f.ones());
                    }
                }
            }
            case Action.Load(var target, long value) -> {
                if (has(target.field().prerequisite())) {
                    write(target, value);
                }
            }
            case Action.Move(var source, var target) -> {
                if (has(source.field().prerequisite()) && has(target.field().prerequisite())) {
                    write(target, read(source));
                }
            }
            case Action.StackPush(var source) -> stack.add(read(source));
            case Action.StackPop(var target) -> {
                if (!stack.isEmpty() && has(target.field().prerequisite())) {
                    write(target, stack.removeLast());
                }
            }
            case Action.PushVlan _ -> pushVlan(0x1000);
            case Action.PopVlan() -> popVlan();
            case Action.SetVlanVid(int vid, _) -> {
                if (has(Prerequisite.VLAN)) {
                    Field.VLAN_TCI.set(key, Field.VLAN_TCI.get(key) & ~0xfffL | vid);
                } else {
                    pushVlan(0x1000 | vid);
                }
            }
            case Action.DecTtl _ -> {
                if (has(Prerequisite.IP)) {
                    if (Field.IP_TTL.get(key) <= 1) {
                        otherEffect = true;
                    } else {
                        Field.IP_TTL.set(key, Field.IP_TTL.get(key) - 1);
                    }
                }
            }
            case Action.Group(int id) -> group(id);
            case Action.Resubmit(int port, int id, _) -> {
                int inPort = (int) Field.IN_PORT.get(key);
                return lookUp(id == 255 ? table : id, port == OfPort.IN_PORT ? inPort : port, true);
            }
            case Action.Clone(var actions) -> {
                long[] before = key.clone();
                Tags tagsBefore = tags;
                List<Action> setBefore = new ArrayList<>(actionSet);
                List<Long> stackBefore = new ArrayList<>(stack);
                boolean goOn = doAll(actions);
                if (goOn) {
                    doActionSet();
                }
                key = before;
                tags = tagsBefore;
                actionSet = setBefore;
                stack = stackBefore;
                return goOn;
            }
            case Action.Note _ -> {}
            case Action.Exit() -> {
                return false;
            }
            default -> otherEffect = true;
        }
        return true;
    }

    /// Of three tags the innermost vanishes.
    private void pushVlan(long tci) {
        tags =
                has(Prerequisite.VLAN)
                        ? new Tags(false, Field.VLAN_TCI.get(key), tags.own)
                        : new Tags(false, null, false);
        Field.VLAN_TCI.set(key, tci);
    }

    private void popVlan() {
        if (has(Prerequisite.VLAN)) {
            Field.VLAN_TCI.set(key, tags.inner == null ? 0 : tags.inner);
            tags = new Tags(tags.inner != null && tags.innerOwn, null, false);
        }
    }

    /// A tag is there as long as bit 12 is.
    private void writeTci(long tci) {
        boolean before = has(Prerequisite.VLAN);
        Field.VLAN_TCI.set(key, tci);
        boolean after = has(Prerequisite.VLAN);
        if (!before || !after) {
            tags = new Tags(false, null, false);
        }
    }

    private void group(int id) {
        GroupEntry group = groups.get(id);
        if (group == null) {
            otherEffect = true;
            return;
        }
        List<GroupEntry.Bucket> use = new ArrayList<>();
        for (GroupEntry.Bucket bucket : group.buckets()) {
            boolean watched = bucket.watchPort() != OfPort.ANY;
            boolean live = !watched || livePorts.contains(bucket.watchPort());
            switch (group.type()) {
                case ALL, INDIRECT -> use.add(bucket);
                case SELECT -> {
                    if (live && bucket.weight() > 0) {
                        use.add(bucket);
                    }
                }
                case FAST_FAILOVER -> {
                    if (live && use.isEmpty()) {
                        use.add(bucket);
                    }
                }
            }
        }
        if (group.type() == GroupEntry.Type.SELECT && use.size() > 1) {
            otherEffect = true; // the generator gives them different outputs
        }
        for (GroupEntry.Bucket bucket : use) {
            path.add("group " + id + " bucket " + bucket.id());
            long[] before = key.clone();
            Tags tagsBefore = tags;
            doAll(ordered(bucket.actions()));
            key = before;
            tags = tagsBefore;
        }
    }

    /// Action sets in these tests hold writes, groups and outputs only.
    private static List<Action> ordered(List<Action> set) {
        List<Action> writes = new ArrayList<>();
        Action output = null;
        Action group = null;
        Action resubmit = null;
        for (Action action : set) {
            switch (action) {
                case Action.Output _ -> output = action;
                case Action.Group _ -> group = action;
                case Action.Resubmit _ -> resubmit = action;
                default -> writes.add(action);
            }
        }
        Action last = group != null ? group : output != null ? output : resubmit;
        if (last == null) {
            return List.of();
        }
        writes.add(last);
        return writes;
    }

    private void output(int port) {
        int inPort = (int) Field.IN_PORT.get(key);
        switch (port) {
            case OfPort.IN_PORT -> deliver(inPort);
            case OfPort.ALL, OfPort.FLOOD -> {
                for (int each : livePorts) {
                    if (each != inPort) {
                        deliver(each);
                    }
                }
            }
            case OfPort.CONTROLLER, OfPort.NORMAL -> otherEffect = true;
            default -> {
                if (port != inPort && livePorts.contains(port)) {
                    deliver(port);
                }
            }
        }
    }

    private void deliver(int port) {
        deliveries.add(port);
        long[] now = key.clone();
        boolean tagged = (Field.VLAN_TCI.get(original) & 0x1000) != 0;
        if (!tagged && !has(Prerequisite.VLAN)) {
            Field.VLAN_TCI.set(now, 0); // bits of a tag that is not there
        }
        boolean same =
                tags.inner == null
                        && (!tagged || tags.own)
                        && Arrays.equals(
                                now, 1, FlowKey.PACKET_WORDS, original, 1, FlowKey.PACKET_WORDS);
        changed |= !same;
        assert from != 0;
    }

    private long read(SubField part) {
        return part.field().get(key) >>> part.offset() & mask(part);
    }

    private void write(SubField part, long value) {
        long mask = mask(part) << part.offset();
        part.field().set(key, part.field().get(key) & ~mask | value << part.offset() & mask);
    }

    private static long mask(SubField part) {
        return part.bits() == 64 ? -1L : (1L << part.bits()) - 1;
    }

    private boolean has(Prerequisite prerequisite) {
        long type = Field.ETH_TYPE.get(key);
        boolean ip = type == 0x0800 || type == 0x86dd;
        boolean later = (Field.IP_FRAG.get(key) & 2) != 0;
        long proto = Field.IP_PROTO.get(key);
        return switch (prerequisite) {
            case NONE -> true;
            case VLAN -> (Field.VLAN_TCI.get(key) & 0x1000) != 0;
            case IPV4 -> type == 0x0800;
            case IP -> ip;
            case ARP -> type == 0x0806;
            case TCP -> ip && proto == 6 && !later;
            case UDP -> ip && proto == 17 && !later;
            case SCTP -> ip && proto == 132 && !later;
            case ICMPV4 -> type == 0x0800 && proto == 1;
            case ICMPV6 -> type == 0x86dd && proto == 58;
            case ND ->
                    type == 0x86dd
                            && proto == 58
                            && Field.ICMPV6_TYPE.get(key) >= 135
                            && Field.ICMPV6_TYPE.get(key) <= 136;
            default -> throw new IllegalArgumentException("unexpected " + prerequisite);
        };
    }
}
