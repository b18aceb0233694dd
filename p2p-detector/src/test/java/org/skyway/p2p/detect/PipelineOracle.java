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
    private List<Long> tagStack;
    private List<Action> actionSet;
    private List<Integer> deliveries;
    private boolean otherEffect;
    private boolean changed;
    private int lookups;
    private List<Object> path;

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
        tagStack = new ArrayList<>();
        actionSet = new ArrayList<>();
        deliveries = new ArrayList<>();
        path = new ArrayList<>();
        otherEffect = false;
        changed = false;
        lookups = 0;
        if (lookUp(0, false)) {
            List<Action> set = actionSet;
            actionSet = new ArrayList<>();
            doAll(ordered(set));
        }
    }

    /// @return false once an exit was done
    private boolean lookUp(int table, boolean resubmit) {
        if (++lookups > 64) {
            otherEffect = true;
            return false;
        }
        FlowRule best = null;
        for (FlowRule rule : rules) {
            if (rule.table() == table
                    && rule.match().matches(key)
                    && (best == null || rule.priority() > best.priority())) {
                best = rule;
            }
        }
        path.add(table);
        if (best == null) {
            otherEffect |= !resubmit; // a miss may be a packet-in
            return true;
        }
        path.add(best);
        Instructions todo = best.instructions();
        otherEffect |= todo.meter() >= 0;
        if (!doAll(todo.apply())) {
            return false;
        }
        if (todo.clear()) {
            actionSet.clear();
        }
        actionSet.addAll(todo.write());
        long metadata = Field.METADATA.get(key);
        Field.METADATA.set(
                key, metadata & ~todo.metadataMask() | todo.metadata() & todo.metadataMask());
        return todo.gotoTable() < 0 || lookUp(todo.gotoTable(), false);
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
            case Action.OutputReg(var source, _) -> output((int) read(source));
            case Action.SetField s -> {
                if (has(s.field().prerequisite())) {
                    long old = s.field().get(key);
                    s.field().set(key, old & ~s.maskLow() | s.low() & s.maskLow());
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
            case Action.PushVlan _ -> {
                tagStack.add(Field.VLAN_TCI.get(key));
                Field.VLAN_TCI.set(key, 0x1000);
            }
            case Action.PopVlan() -> popVlan();
            case Action.SetVlanVid(int vid, _) -> {
                if (has(Prerequisite.VLAN)) {
                    Field.VLAN_TCI.set(key, Field.VLAN_TCI.get(key) & ~0xfffL | vid);
                } else {
                    tagStack.add(0L);
                    Field.VLAN_TCI.set(key, 0x1000 | vid);
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
            case Action.Resubmit(int port, int table, _) -> {
                long inPort = Field.IN_PORT.get(key);
                if (port != OfPort.IN_PORT) {
                    // Only the lookup sees the other port.
                    otherEffect = true;
                }
                Field.IN_PORT.set(key, inPort);
                return lookUp(table, true);
            }
            case Action.Clone(var actions) -> {
                long[] before = key.clone();
                List<Long> tags = new ArrayList<>(tagStack);
                doAll(actions);
                key = before;
                tagStack = tags;
            }
            case Action.Note _ -> {}
            case Action.Exit() -> {
                return false;
            }
            default -> otherEffect = true;
        }
        return true;
    }

    private void popVlan() {
        if (!tagStack.isEmpty()) {
            Field.VLAN_TCI.set(key, tagStack.removeLast());
        } else if (has(Prerequisite.VLAN)) {
            Field.VLAN_TCI.set(key, 0);
            // Whatever follows, the frame has lost a tag of its own.
            tagStack = new ArrayList<>();
            lostTag = original;
        }
    }

    private long[] lostTag;

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
            List<Long> tags = new ArrayList<>(tagStack);
            doAll(ordered(bucket.actions()));
            key = before;
            tagStack = tags;
        }
    }

    /// Action sets in these tests hold writes, groups and outputs only.
    private static List<Action> ordered(List<Action> set) {
        List<Action> writes = new ArrayList<>();
        Action output = null;
        Action group = null;
        for (Action action : set) {
            switch (action) {
                case Action.Output _ -> output = action;
                case Action.Group _ -> group = action;
                default -> writes.add(action);
            }
        }
        if (group == null && output == null) {
            return List.of();
        }
        writes.add(group == null ? output : group);
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
        boolean same =
                tagStack.isEmpty()
                        && lostTag != original
                        && Arrays.equals(
                                key, 1, FlowKey.PACKET_WORDS, original, 1, FlowKey.PACKET_WORDS);
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
            default -> throw new IllegalArgumentException("unexpected " + prerequisite);
        };
    }
}
