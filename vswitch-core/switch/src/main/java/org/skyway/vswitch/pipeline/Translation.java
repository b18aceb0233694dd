package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;
import static org.skyway.openflow.model.FlowKey.IN_PORT;
import static org.skyway.openflow.model.FlowKey.METADATA;
import static org.skyway.openflow.model.FlowKey.MPLS;
import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.VLAN_PRESENT;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.ofproto.FlowEntry;

/// One run of the pipeline for one flow key (OpenFlow 1.3.5, "Pipeline Processing"; Open vSwitch's
/// translation for what that leaves open). Used once, by one thread.
///
/// The key is changed as the actions change the packet. Header bits that were written are collected
/// and turned into one [DatapathAction.Rewrite] when the packet leaves or its structure changes.
/// Whatever the outcome depends on is added to [#examined].
public final class Translation {
    /// How deep tables may call each other, as in Open vSwitch.
    static final int MAX_DEPTH = 64;

    /// How many look-ups one packet may cause, as in Open vSwitch.
    static final int MAX_LOOKUPS = 4096;

    private static final int REASON_NO_MATCH = 0;
    private static final int REASON_ACTION = 1;
    private static final int REASON_INVALID_TTL = 2;
    private static final long ALL_ONES = -1L;

    private final Tables tables;
    private final long nowNanos;
    private long[] key = new long[WORDS];
    private long[] written = new long[PACKET_WORDS]; // header bits to be written to the packet
    private final long[] examined = new long[WORDS];
    private final List<DatapathAction> out = new ArrayList<>();
    private final List<FlowEntry> entries = new ArrayList<>();
    private int[] lookedUp = new int[4];
    private int lookups;
    private int[] matched = new int[4];
    private int matches;
    private ActionSet actionSet = new ActionSet();
    private final List<Long> stack = new ArrayList<>(0);
    private MacTable.Entry source;
    private boolean learned;
    private boolean exit;
    private int inPort;
    private int table;
    private long cookie = ALL_ONES;
    private int depth;

    /// A run.
    ///
    /// @param tables what to look at
    /// @param packetKey the packet's flow key; copied
    /// @param nowNanos [System#nanoTime]
    public Translation(Tables tables, long[] packetKey, long nowNanos) {
        this.tables = tables;
        this.nowNanos = nowNanos;
        System.arraycopy(packetKey, 0, key, 0, WORDS);
        inPort = (int) (key[IN_PORT] >>> 32);
        key[FlowKey.ACTSET_OUTPUT] |= (long) OfPort.UNSET << 32;
    }

    /// Runs the packet through the tables from table 0 on.
    ///
    /// @return what to do with it and its like
    public Program run() {
        examined[IN_PORT] |= Field.IN_PORT.ones() << 32;
        PortState port = tables.ports().get(inPort);
        if (port != null && !port.receives()) {
            return program(); // drop; nothing is counted but the port's own counters
        }
        lookup(0, true);
        return program();
    }

    /// Does an action list, as of a packet-out.
    ///
    /// @param actions in order
    /// @return what to do with the packet
    public Program run(List<Action> actions) {
        apply(actions);
        if (!exit) {
            runActionSet();
        }
        return program();
    }

    /// Which bits of the packet's key the program depends on.
    ///
    /// @return [FlowKey#WORDS] masks
    public long[] examined() {
        return examined;
    }

    /// Whether the run learned an address, so that what was decided before may no longer hold.
    ///
    /// @return true if so
    public boolean learned() {
        return learned;
    }

    private Program program() {
        return new Program(
                out,
                entries,
                Arrays.copyOf(lookedUp, lookups),
                Arrays.copyOf(matched, matches),
                source);
    }

    private void lookup(int tableId, boolean withActionSet) {
        if (++depth > MAX_DEPTH || lookups >= MAX_LOOKUPS) {
            // The packet is dropped here, as Open vSwitch does when it finds a loop.
            out.clear();
            exit = true;
            depth--;
            return;
        }
        int outerTable = table;
        long outerCookie = cookie;
        table = tableId;
        int next = tableId;
        while (next >= 0 && !exit) {
            table = next;
            next = oneTable(next);
        }
        if (withActionSet && !exit) {
            runActionSet();
        }
        table = outerTable;
        cookie = outerCookie;
        depth--;
    }

    // Returns the table to go on with, or -1.
    private int oneTable(int id) {
        if (lookups == lookedUp.length) {
            lookedUp = Arrays.copyOf(lookedUp, 2 * lookups);
        }
        lookedUp[lookups++] = id;
        TupleTable<FlowEntry> t = tables.table(id);
        FlowEntry entry = t == null ? null : t.lookup(key, examined);
        if (entry == null) {
            if (tables.missToController()) {
                cookie = 0; // of the entry that stands for a miss in Open vSwitch
                toController(0xffff, REASON_NO_MATCH, 0, Bytes.EMPTY);
            }
            return -1;
        }
        if (matches == matched.length) {
            matched = Arrays.copyOf(matched, 2 * matches);
        }
        matched[matches++] = id;
        entries.add(entry);
        cookie = entry.rule().cookie();
        Instructions i = entry.rule().instructions();
        apply(i.apply());
        if (exit) {
            return -1;
        }
        if (i.clear()) {
            actionSet.clear();
        }
        actionSet.write(i.write());
        if (i.metadataMask() != 0) {
            key[METADATA] = key[METADATA] & ~i.metadataMask() | i.metadata() & i.metadataMask();
        }
        return i.gotoTable();
    }

    private void runActionSet() {
        ActionSet set = actionSet;
        actionSet = new ActionSet();
        apply(set.inOrder());
    }

    private void apply(List<Action> actions) {
        for (Action action : actions) {
            if (exit) {
                return;
            }
            if (!apply(action)) {
                return;
            }
        }
    }

    // Returns false if the rest of the list is not to be done.
    private boolean apply(Action action) {
        switch (action) {
            case Action.Output(int port, int max) -> output(port, max);
            case Action.OutputReg(SubField f, int max) -> {
                examine(f.field());
                output((int) read(f), max);
            }
            case Action.Enqueue(int port, int queue) -> output(port, 0);
            case Action.Controller(int max, int reason, int id, Bytes userdata, boolean pause) -> {
                toController(max, reason, id, userdata);
                if (pause) {
                    exit = true;
                }
            }
            case Action.Group(int id) -> group(id);
            case Action.SetField f -> set(f.field(), f.high(), f.low(), f.maskHigh(), f.maskLow());
            case Action.Load(SubField f, long value) -> write(f, value);
            case Action.Move(SubField from, SubField to) -> {
                examine(from.field());
                move(from, to);
            }
            case Action.StackPush(SubField f) -> {
                examine(f.field());
                stack.add(read(f));
            }
            case Action.StackPop(SubField f) -> {
                if (!stack.isEmpty()) {
                    write(f, stack.removeLast());
                }
            }
            case Action.PushVlan(int type) -> pushVlan(type, vlanTci() & 0xefff);
            case Action.PopVlan() -> popVlan();
            case Action.SetVlanVid(int vid, boolean push) -> setVlan(0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) -> setVlan(0xe000, pcp << 13, push);
            case Action.PushMpls(int type) -> pushMpls(type);
            case Action.PopMpls(int type) -> popMpls(type);
            case Action.SetMplsTtl(int ttl) -> {
                if (isMpls()) {
                    set(Field.MPLS_TTL, 0, ttl, 0, 0xff);
                }
            }
            case Action.DecMplsTtl() -> {
                return decrementMplsTtl();
            }
            case Action.DecTtl(List<Integer> ids) -> {
                return decrementTtl(ids);
            }
            case Action.Resubmit(int port, int id, boolean ct) -> resubmit(port, id);
            case Action.Clone(List<Action> list) -> cloned(list);
            case Action.Exit() -> exit = true;
            case Action.CopyTtlOut() -> {}
            case Action.CopyTtlIn() -> {}
            case Action.SetQueue(int queue) -> {}
            case Action.PopQueue() -> {}
            case Action.Meter(int id) -> {}
            case Action.Note(Bytes data) -> {}
            case Action.Conjunction c -> {}
            case Action.Learn l -> {}
            case Action.FinTimeout f -> {}
            case Action.Multipath m -> {}
            case Action.Bundle b -> {}
            case Action.Opaque o -> {}
        }
        return true;
    }

    // ---- outputs

    private void output(int port, int maxLength) {
        switch (port) {
            case OfPort.CONTROLLER -> toController(maxLength, REASON_ACTION, 0, Bytes.EMPTY);
            case OfPort.IN_PORT -> send(inPort);
            case OfPort.TABLE -> lookup(0, true);
            case OfPort.NORMAL -> normal();
            case OfPort.FLOOD -> flood(true);
            case OfPort.ALL -> flood(false);
            default -> {
                if (port != inPort) {
                    send(port);
                }
            }
        }
    }

    private void send(int number) {
        PortState port = tables.ports().get(number);
        if (port != null && port.forwards()) {
            commit();
            out.add(new DatapathAction.Output(number));
        }
    }

    private void flood(boolean respectNoFlood) {
        for (PortState port : tables.ports().values()) {
            if (port.number() != inPort
                    && !(respectNoFlood && (port.config() & PortState.NO_FLOOD) != 0)) {
                send(port.number());
            }
        }
    }

    private void normal() {
        examined[ETH_DST_TYPE] |= Field.ETH_DST.ones() << 16;
        examined[ETH_SRC_VLAN] |= ALL_ONES;
        int vlan = vlanTci() & 0xfff;
        long from = key[ETH_SRC_VLAN] >>> 16;
        long to = key[ETH_DST_TYPE] >>> 16;
        if (tables.ports().containsKey(inPort)) {
            learned |= tables.macs().learn(vlan, from, inPort, nowNanos);
            source = tables.macs().find(vlan, from);
        }
        if (to >>> 4 == 0x0180c200000L) {
            return; // reserved for link protocols: a bridge does not forward it
        }
        MacTable.Entry known = tables.macs().find(vlan, to);
        if (known == null) {
            flood(true);
        } else if (known.port() != inPort) {
            send(known.port());
        }
    }

    private void toController(int maxLength, int reason, int controllerId, Bytes userdata) {
        commit();
        PortState port = tables.ports().get(inPort);
        if (port != null
                && (port.config() & PortState.NO_PACKET_IN) != 0
                && reason != REASON_INVALID_TTL) {
            return;
        }
        out.add(
                new DatapathAction.ToController(
                        maxLength,
                        reason,
                        table,
                        cookie,
                        controllerId,
                        userdata,
                        inPort,
                        Arrays.copyOfRange(key, PACKET_WORDS, WORDS)));
    }

    private void group(int id) {
        GroupEntry group = tables.group(id);
        if (group == null || ++depth > MAX_DEPTH) {
            return;
        }
        switch (group.type()) {
            case ALL, INDIRECT -> {
                for (GroupEntry.Bucket bucket : group.buckets()) {
                    bucket(bucket);
                }
            }
            case SELECT -> {
                GroupEntry.Bucket best = null;
                long bestScore = -1;
                long hash = hashForSelect();
                for (int i = 0; i < group.buckets().size(); i++) {
                    GroupEntry.Bucket b = group.buckets().get(i);
                    if (b.weight() == 0 || !isLive(b, 0)) {
                        continue;
                    }
                    // Highest random weight: taking a bucket away moves only that bucket's flows.
                    long score = (mix(hash + 31L * i) >>> 48) * b.weight();
                    if (score > bestScore) {
                        best = b;
                        bestScore = score;
                    }
                }
                if (best != null) {
                    bucket(best);
                }
            }
            case FAST_FAILOVER -> {
                for (GroupEntry.Bucket b : group.buckets()) {
                    if (isLive(b, 0)) {
                        bucket(b);
                        break;
                    }
                }
            }
        }
        depth--;
    }

    private boolean isLive(GroupEntry.Bucket bucket, int nesting) {
        if (bucket.watchPort() != OfPort.ANY) {
            PortState port = tables.ports().get(bucket.watchPort());
            if (port == null || !port.forwards()) {
                return false;
            }
        }
        if (bucket.watchGroup() == -1) {
            return true;
        }
        GroupEntry watched = tables.group(bucket.watchGroup());
        if (watched == null || nesting > MAX_DEPTH) {
            return false;
        }
        for (GroupEntry.Bucket b : watched.buckets()) {
            if (isLive(b, nesting + 1)) {
                return true;
            }
        }
        return false;
    }

    // A bucket's actions are an action set, done to a copy of the packet.
    private void bucket(GroupEntry.Bucket bucket) {
        ActionSet set = new ActionSet();
        set.write(bucket.actions());
        cloned(set.inOrder());
    }

    private void cloned(List<Action> actions) {
        commit();
        long[] keyBefore = key.clone();
        List<Long> stackBefore = List.copyOf(stack);
        ActionSet setBefore = actionSet;
        actionSet = new ActionSet();
        int at = out.size();
        out.add(new DatapathAction.Save());
        apply(actions);
        boolean changed = false;
        for (DatapathAction a : out.subList(Math.min(at + 1, out.size()), out.size())) {
            changed |=
                    !(a instanceof DatapathAction.Output
                            || a instanceof DatapathAction.ToController);
        }
        if (out.size() > at && !changed) {
            out.remove(at);
        } else if (changed) {
            out.add(new DatapathAction.Restore());
        }
        key = keyBefore;
        written = new long[PACKET_WORDS];
        stack.clear();
        stack.addAll(stackBefore);
        actionSet = setBefore;
        exit = false;
    }

    private void resubmit(int port, int id) {
        int savedPort = inPort;
        if (port != OfPort.IN_PORT) {
            // Only the look-up pretends another ingress port; outputs still know the real one.
            key[IN_PORT] = (long) port << 32;
        }
        lookup(id == 255 ? table : id, false);
        key[IN_PORT] = (long) savedPort << 32;
    }

    // ---- fields

    private void examine(Field field) {
        if (field.wide()) {
            examined[field.word()] = ALL_ONES;
            examined[field.word() + 1] = ALL_ONES;
        } else {
            examined[field.word()] |= field.ones() << field.shift();
        }
    }

    private boolean holds(Field field) {
        examined[ETH_DST_TYPE] |= 0xffff;
        return switch (field.prerequisite()) {
            case NONE -> true;
            case VLAN -> hasVlan();
            case ARP -> etherType() == 0x0806 || etherType() == 0x8035;
            case IPV4 -> etherType() == 0x0800;
            case IPV6 -> etherType() == 0x86dd;
            case IP -> isIp();
            case TCP -> isIp() && isProtocol(6);
            case UDP -> isIp() && isProtocol(17);
            case SCTP -> isIp() && isProtocol(132);
            case ICMPV4 -> etherType() == 0x0800 && isProtocol(1);
            case ICMPV6, ND, ND_SOLICIT, ND_ADVERT -> etherType() == 0x86dd && isProtocol(58);
            case MPLS -> isMpls();
        };
    }

    private boolean isProtocol(int protocol) {
        examine(Field.IP_PROTO);
        examine(Field.IP_FRAG);
        return Field.IP_PROTO.get(key) == protocol
                && (Field.IP_FRAG.get(key) & FlowKey.FRAG_LATER) == 0;
    }

    private int etherType() {
        return (int) key[ETH_DST_TYPE] & 0xffff;
    }

    private boolean isIp() {
        return etherType() == 0x0800 || etherType() == 0x86dd;
    }

    private boolean isMpls() {
        examined[ETH_DST_TYPE] |= 0xffff;
        return etherType() == 0x8847 || etherType() == 0x8848;
    }

    private int vlanTci() {
        examined[ETH_SRC_VLAN] |= 0xffff;
        return (int) key[ETH_SRC_VLAN] & 0xffff;
    }

    private boolean hasVlan() {
        return (vlanTci() & VLAN_PRESENT) != 0;
    }

    private void set(Field field, long high, long low, long maskHigh, long maskLow) {
        if (!holds(field)) {
            return;
        }
        if (field == Field.VLAN_VID || field == Field.VLAN_TCI) {
            if (!hasVlan()) {
                return;
            }
            maskLow &= ~(long) VLAN_PRESENT; // the tag itself comes and goes by push and pop alone
        }
        if (field.wide()) {
            setBits(field.word(), high, maskHigh);
            setBits(field.word() + 1, low, maskLow);
        } else {
            long mask = maskLow & field.ones();
            setBits(field.word(), low << field.shift(), mask << field.shift());
        }
    }

    private void setBits(int word, long value, long mask) {
        key[word] = key[word] & ~mask | value & mask;
        if (word < PACKET_WORDS && word != IN_PORT) {
            written[word] |= mask;
        }
        if (word == IN_PORT) {
            inPort = (int) (key[IN_PORT] >>> 32);
        }
    }

    private long read(SubField f) {
        Field field = f.field();
        long ones = f.bits() == 64 ? ALL_ONES : (1L << f.bits()) - 1;
        if (!field.wide()) {
            return field.get(key) >>> f.offset() & ones;
        }
        if (f.offset() >= 64) {
            return field.getHigh(key) >>> f.offset() - 64 & ones;
        }
        long v = field.get(key) >>> f.offset();
        if (f.offset() > 0) {
            v |= field.getHigh(key) << 64 - f.offset();
        }
        return v & ones;
    }

    private void write(SubField f, long value) {
        Field field = f.field();
        long ones = f.bits() >= 64 ? ALL_ONES : (1L << f.bits()) - 1;
        long v = value & ones;
        if (!field.wide()) {
            set(field, 0, v << f.offset(), 0, ones << f.offset());
        } else if (f.offset() >= 64) {
            set(field, v << f.offset() - 64, 0, ones << f.offset() - 64, 0);
        } else {
            long highValue = f.offset() == 0 ? 0 : v >>> 64 - f.offset();
            long highMask = f.offset() == 0 ? 0 : ones >>> 64 - f.offset();
            set(field, highValue, v << f.offset(), highMask, ones << f.offset());
        }
    }

    private void move(SubField from, SubField to) {
        if (!holds(from.field())) {
            return;
        }
        int done = 0;
        long[] chunks = new long[(from.bits() + 31) / 32];
        for (int i = 0; i < chunks.length; i++, done += 32) {
            int bits = Math.min(32, from.bits() - done);
            chunks[i] = read(new SubField(from.field(), from.offset() + done, bits));
        }
        done = 0;
        for (int i = 0; i < chunks.length; i++, done += 32) {
            int bits = Math.min(32, to.bits() - done);
            write(new SubField(to.field(), to.offset() + done, bits), chunks[i]);
        }
    }

    private void commit() {
        long any = 0;
        for (long w : written) {
            any |= w;
        }
        if (any != 0) {
            out.add(new DatapathAction.Rewrite(Arrays.copyOf(key, PACKET_WORDS), written));
            written = new long[PACKET_WORDS];
        }
    }

    // ---- structure

    private void setVlan(int mask, int bits, boolean push) {
        if (hasVlan()) {
            setBits(ETH_SRC_VLAN, bits, mask);
        } else if (push) {
            pushVlan(0x8100, bits);
        }
    }

    private void pushVlan(int etherType, int tci) {
        commit();
        out.add(new DatapathAction.PushVlan(etherType, tci & 0xefff));
        innerTags = innerTags << 16 | vlanTci();
        key[ETH_SRC_VLAN] = key[ETH_SRC_VLAN] & ~0xffffL | tci & 0xefff | VLAN_PRESENT;
    }

    private long innerTags; // tags under those that were pushed, innermost first

    private void popVlan() {
        if (hasVlan()) {
            commit();
            out.add(new DatapathAction.PopVlan());
            key[ETH_SRC_VLAN] = key[ETH_SRC_VLAN] & ~0xffffL | innerTags & 0xffff;
            innerTags >>>= 16;
        }
    }

    private void pushMpls(int etherType) {
        commit();
        long entry;
        if (isMpls()) {
            examined[MPLS] = ALL_ONES;
            examined[MPLS + 1] |= 0xffff_ffff_0000_0000L;
            entry = key[MPLS] >>> 32 & ~0x100L;
            key[MPLS + 1] = key[MPLS + 1] & 0xffff_ffffL | key[MPLS] << 32;
            key[MPLS] = entry << 32 | key[MPLS] >>> 32;
        } else {
            long ttl = 64;
            long tc = 0;
            if (isIp()) {
                examine(Field.IP_TTL);
                examine(Field.IP_DSCP);
                examine(Field.IP_ECN);
                ttl = Field.IP_TTL.get(key);
                tc = Field.IP_DSCP.get(key) >>> 3;
            }
            entry = (etherType == 0x8847 && etherType() == 0x86dd ? 2L : 0L) << 12;
            entry = entry | tc << 9 | 0x100 | ttl;
            for (int w = FlowKey.IPV4; w < PACKET_WORDS; w++) {
                key[w] = 0; // what lies under the label can't be seen any more
            }
            key[MPLS] = entry << 32;
        }
        key[ETH_DST_TYPE] = key[ETH_DST_TYPE] & ~0xffffL | etherType;
        out.add(new DatapathAction.PushMpls(etherType, (int) entry));
    }

    private void popMpls(int etherType) {
        if (!isMpls()) {
            return;
        }
        examined[MPLS] = ALL_ONES;
        commit();
        out.add(new DatapathAction.PopMpls(etherType));
        key[MPLS] = key[MPLS] << 32 | key[MPLS + 1] >>> 32;
        key[MPLS + 1] &= 0xffff_ffffL;
        key[ETH_DST_TYPE] = key[ETH_DST_TYPE] & ~0xffffL | etherType;
    }

    private boolean decrementMplsTtl() {
        if (!isMpls()) {
            return true;
        }
        examine(Field.MPLS_TTL);
        long ttl = Field.MPLS_TTL.get(key);
        if (ttl > 1) {
            set(Field.MPLS_TTL, 0, ttl - 1, 0, 0xff);
            return true;
        }
        toController(0xffff, REASON_INVALID_TTL, 0, Bytes.EMPTY);
        return false;
    }

    private boolean decrementTtl(List<Integer> controllerIds) {
        if (!holds(Field.IP_TTL)) {
            return true;
        }
        examine(Field.IP_TTL);
        long ttl = Field.IP_TTL.get(key);
        if (ttl > 1) {
            set(Field.IP_TTL, 0, ttl - 1, 0, 0xff);
            return true;
        }
        for (int id : controllerIds) {
            toController(0xffff, REASON_INVALID_TTL, id, Bytes.EMPTY);
        }
        return false;
    }

    // ---- hashing

    private long hashForSelect() {
        holds(Field.IP_PROTO);
        Field[] fields = {
            Field.ETH_SRC, Field.ETH_DST, Field.ETH_TYPE, Field.VLAN_TCI, Field.IPV4_SRC,
            Field.IPV4_DST, Field.IPV6_SRC, Field.IPV6_DST, Field.IP_PROTO, Field.TCP_SRC,
            Field.TCP_DST
        };
        long h = 0;
        for (Field f : fields) {
            examine(f);
            h = mix(h ^ f.get(key)) + mix(f.getHigh(key));
        }
        return h;
    }

    private static long mix(long v) {
        v = (v ^ v >>> 33) * 0xff51afd7ed558ccdL;
        v = (v ^ v >>> 33) * 0xc4ceb9fe1a85ec53L;
        return v ^ v >>> 33;
    }
}
