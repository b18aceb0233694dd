package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;
import static org.skyway.openflow.model.FlowKey.IN_PORT;
import static org.skyway.openflow.model.FlowKey.MPLS;
import static org.skyway.openflow.model.FlowKey.MPLS_INNER_VLAN;
import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.VLAN_PRESENT;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// A packet as the pipeline changes it: its key now, which header bits are still to be written to
/// the real packet, and which bits anything depended on so far.
///
/// What is written is collected, and done to the real packet when it leaves: header bits by one
/// [DatapathAction.Rewrite], tags and labels by taking off and putting on what makes the difference
/// ([Tags], [Labels]). So a label that comes and goes leaves no trace, as in Open vSwitch.
final class PipelinePacket {
    private static final long ALL_ONES = -1L;
    private static final long TCI = 0xffff;

    long[] key = new long[WORDS];
    final long[] examined = new long[WORDS];
    private long[] written = new long[PACKET_WORDS]; // what is not done to the real packet yet
    private long[] overwritten = new long[PACKET_WORDS];
    private int state;
    private int states;
    private final Tags tags;
    private final Labels labels;
    private final List<DatapathAction> out;

    /// @param out where steps that change the packet go
    PipelinePacket(long[] packetKey, List<DatapathAction> out) {
        this.out = out;
        System.arraycopy(packetKey, 0, key, 0, WORDS);
        tags = new Tags((int) (key[ETH_SRC_VLAN] & TCI));
        labels = new Labels(key);
    }

    int inPort() {
        return (int) (key[IN_PORT] >>> 32);
    }

    void inPort(int port) {
        key[IN_PORT] = (long) port << 32;
    }

    /// Says where the action set sends the packet.
    void actionSetOutput(int port) {
        Field.ACTSET_OUTPUT.set(key, port);
        overwrite(Field.ACTSET_OUTPUT.word(), 0);
    }

    /// A number for what the key says now; another if it says something else.
    int state() {
        return state;
    }

    /// Which bits of the key the pipeline has written, so that they are the same whatever else came
    /// in the packet.
    ///
    /// @return a copy; [FlowKey#PACKET_WORDS] masks
    long[] overwritten() {
        return overwritten.clone();
    }

    private void overwrite(int word, long mask) {
        state = ++states;
        if (word < PACKET_WORDS) {
            overwritten[word] |= mask;
        }
    }

    /// Remembers the packet as it is. What is still to be written to the headers is, because
    /// otherwise each copy would have to write it; tags and labels wait.
    Saved save() {
        if (!tags.changed(outerTag()) && !labels.changed()) {
            commit();
        }
        return new Saved(
                key.clone(),
                written.clone(),
                overwritten.clone(),
                state,
                tags.copy(),
                labels.copy());
    }

    /// Makes it again what it was.
    void restore(Saved saved) {
        key = saved.key.clone();
        written = saved.written.clone();
        overwritten = saved.overwritten.clone();
        state = saved.state;
        tags.restore(saved.tags);
        labels.restore(saved.labels);
    }

    /// A packet that was put aside.
    record Saved(
            long[] key, long[] written, long[] overwritten, int state, Tags tags, Labels labels) {}

    private int outerTag() {
        return (int) (key[ETH_SRC_VLAN] & TCI);
    }

    void examine(Field field) {
        if (field.wide()) {
            examined[field.word()] = ALL_ONES;
            examined[field.word() + 1] = ALL_ONES;
        } else {
            examined[field.word()] |= (field.ones() & field.held()) << field.shift();
        }
    }

    /// Whether the packet has a field at all.
    boolean holds(Field field) {
        if (field.prerequisite() != Prerequisite.NONE) {
            examined[ETH_DST_TYPE] |= 0xffff;
        }
        Prerequisite needed = field.prerequisite();
        return switch (needed) {
            case NONE -> true;
            case VLAN -> hasVlan();
            case CT -> false; // nothing tracks connections here
            default ->
                    needed.etherTypes().contains(etherType())
                            && (needed.protocol() < 0 || isProtocol(needed.protocol()))
                            && (needed.icmpTypes().isEmpty() || isType(needed.icmpTypes()));
        };
    }

    boolean isProtocol(int protocol) {
        examine(Field.IP_PROTO);
        examine(Field.IP_FRAG);
        return Field.IP_PROTO.get(key) == protocol
                && (Field.IP_FRAG.get(key) & FlowKey.FRAG_LATER) == 0;
    }

    // Of neighbour discovery: its code is always 0.
    private boolean isType(List<Integer> types) {
        examine(Field.ICMPV6_TYPE);
        examine(Field.ICMPV6_CODE);
        return types.contains((int) Field.ICMPV6_TYPE.get(key)) && Field.ICMPV6_CODE.get(key) == 0;
    }

    int etherType() {
        return (int) key[ETH_DST_TYPE] & 0xffff;
    }

    boolean isIp() {
        return etherType() == 0x0800 || etherType() == 0x86dd;
    }

    boolean isMpls() {
        examined[ETH_DST_TYPE] |= 0xffff;
        return etherType() == 0x8847 || etherType() == 0x8848;
    }

    int vlanTci() {
        examined[ETH_SRC_VLAN] |= 0xffff;
        return (int) key[ETH_SRC_VLAN] & 0xffff;
    }

    boolean hasVlan() {
        return (vlanTci() & VLAN_PRESENT) != 0;
    }

    void set(Field field, long high, long low, long maskHigh, long maskLow) {
        if (!holds(field)) {
            return;
        }
        if (field == Field.VLAN_VID || field == Field.VLAN_TCI) {
            setTci((int) low, (int) (maskLow & field.ones()));
        } else if (field.base() == Field.IN_PORT) {
            long mask = maskLow & field.ones();
            setInPort(field, (int) (field.get(key) & ~mask | low & mask));
        } else if (field.wide()) {
            setBits(field.word(), high, maskHigh);
            setBits(field.word() + 1, low, maskLow);
        } else {
            long mask = maskLow & field.held();
            setBits(field.word(), low << field.shift(), mask << field.shift());
        }
    }

    /// Later fragments have no port, and nothing of ICMP either.
    void setPort(Action.SetPort action) {
        examine(Field.IP_FRAG);
        if ((Field.IP_FRAG.get(key) & FlowKey.FRAG_LATER) == 0) {
            for (Field f : action.fields()) {
                set(f, 0, action.port() & f.ones(), 0, f.ones());
            }
        }
    }

    // As in Open vSwitch, the bit that says that there is a tag may be written like any other, and
    // the tag comes and goes with it.
    private void setTci(int value, int mask) {
        int tci = vlanTci() & ~mask | value & mask;
        tci(tci);
    }

    // As in Open vSwitch, a number that no port can have becomes that of none.
    private void setInPort(Field field, int port) {
        boolean half = field == Field.IN_PORT_NXM;
        int now = half ? OfPort.of16(port) : OfPort.exists(port) ? port : OfPort.ANY;
        setBits(IN_PORT, (long) now << 32, -1L << 32);
    }

    void setBits(int word, long value, long mask) {
        key[word] = key[word] & ~mask | value & mask;
        overwrite(word, mask);
        if (word < PACKET_WORDS && word != IN_PORT) {
            written[word] |= mask;
        }
    }

    /// Writes to part of a field, if the packet has that field.
    ///
    /// @param high bits 127 to 64 of the value
    /// @param low bits 63 to 0 of the value; of both, what does not fit is dropped
    void write(SubField f, long high, long low) {
        set(f.field(), f.placeHigh(high, low), f.placeLow(low), f.maskHigh(), f.maskLow());
    }

    void move(SubField from, SubField to) {
        if (holds(from.field())) {
            write(to, from.getHigh(key), from.get(key));
        }
    }

    /// Does to the real packet what is still to be done.
    void commit() {
        dropNetworkRewrite();
        written[ETH_SRC_VLAN] &= ~TCI;
        if (labels.changed()) {
            written[MPLS] = 0; // the labels' difference says it
        }
        if (labels.changed() && labels.vanish(etherType())) {
            // What lies under the labels can be written only when they are off.
            rewrite(written[ETH_DST_TYPE], written[ETH_SRC_VLAN]);
            written[ETH_DST_TYPE] = 0;
            written[ETH_SRC_VLAN] = 0;
            labels.commit(etherType(), key, out);
        }
        int tci = outerTag();
        if (tags.changed(tci) && tags.isInPlace(tci)) {
            written[ETH_SRC_VLAN] |= TCI;
            tags.noteInPlace(tci);
        }
        rewrite();
        if (labels.changed()) {
            labels.commit(etherType(), key, out);
        }
        labels.settled(key);
        tags.commit(tci, out);
    }

    /// The same for a packet that leaves with another DSCP than it goes on with, if it has one.
    void commitMarked(int dscp) {
        if (!holds(Field.IP_DSCP)) {
            commit();
            return;
        }
        examine(Field.IP_DSCP);
        long before = Field.IP_DSCP.get(key);
        if (before == dscp) {
            commit();
            return;
        }
        set(Field.IP_DSCP, 0, dscp, 0, Field.IP_DSCP.ones());
        commit();
        set(Field.IP_DSCP, 0, before, 0, Field.IP_DSCP.ones());
    }

    private void rewrite() {
        long any = 0;
        for (long w : written) {
            any |= w;
        }
        if (any != 0) {
            out.add(new DatapathAction.Rewrite(Arrays.copyOf(key, PACKET_WORDS), written));
            written = new long[PACKET_WORDS];
        }
    }

    private void rewrite(long destination, long source) {
        if ((destination | source) != 0) {
            long[] masks = new long[PACKET_WORDS];
            masks[ETH_DST_TYPE] = destination;
            masks[ETH_SRC_VLAN] = source;
            out.add(new DatapathAction.Rewrite(Arrays.copyOf(key, PACKET_WORDS), masks));
        }
    }

    // A packet whose protocol (or ARP operation) reads as 0 has no network header to Open vSwitch's
    // mind when it comes to writing; nor has one of RARP.
    private void dropNetworkRewrite() {
        boolean network = false;
        for (int w = FlowKey.IPV4; w < MPLS; w++) {
            network |= written[w] != 0;
        }
        if (network) {
            examine(Field.IP_PROTO);
            boolean service = etherType() == FlowKey.ETH_TYPE_NSH;
            if (!service && (Field.IP_PROTO.get(key) == 0 || etherType() == 0x8035)) {
                Arrays.fill(written, FlowKey.IPV4, MPLS, 0);
            }
        }
    }

    // ---- structure

    void setVlan(int mask, int bits, boolean push) {
        if (hasVlan()) {
            tci(vlanTci() & ~mask | bits & mask);
        } else if (push) {
            pushVlan(0x8100, vlanTci() & ~mask | bits);
        }
    }

    /// Puts a tag on, outermost. Like Open vSwitch it knows of two: one more, and the innermost of
    /// them goes.
    void pushVlan(int etherType, int tci) {
        tags.push(etherType, vlanTci());
        tci(tci | VLAN_PRESENT);
    }

    void popVlan() {
        if (hasVlan()) {
            tci(tags.pop());
        }
    }

    /// The tags that are known.
    Vlans vlans() {
        return tags.vlans(vlanTci());
    }

    /// Whether the packet could not be given back its tags if it had others meanwhile.
    boolean loses(Vlans others) {
        return tags.loses(others);
    }

    /// Does something to the packet with other tags, and gives it back those that it has.
    void with(Vlans others, Runnable work) {
        Tags before = tags.copy();
        int tci = outerTag();
        tags.want(others);
        tci(others.outer().tci());
        work.run();
        tags.wantAgain(before);
        tci(tci);
    }

    private void tci(int tci) {
        key[ETH_SRC_VLAN] = key[ETH_SRC_VLAN] & ~TCI | tci & TCI;
        overwrite(ETH_SRC_VLAN, TCI);
    }

    /// Puts a label on.
    ///
    /// @return false if there are as many already as Open vSwitch can deal with: it then drops the
    ///   packet
    boolean pushMpls(int etherType) {
        int count = Labels.count(key, isMpls() ? examined : null);
        if (count >= Labels.MAX) {
            return false;
        }
        if (count > 0) {
            Labels.examine(examined);
            Labels.push(key, key[MPLS] >>> 32 & ~0x100L);
        } else {
            commit();
            long ttl = 64;
            long tc = 0;
            if (isIp()) {
                examine(Field.IP_TTL);
                examine(Field.IP_DSCP);
                examine(Field.IP_ECN);
                ttl = Field.IP_TTL.get(key) == 0 ? ttl : Field.IP_TTL.get(key);
                tc = Field.IP_DSCP.get(key) & 7; // its low bits
            }
            long entry = (etherType() == 0x86dd ? 2L : 0L) << 12;
            entry = entry | tc << 9 | 0x100 | ttl;
            for (int w = FlowKey.IPV4; w < PACKET_WORDS; w++) {
                key[w] = 0; // what lies under the label can't be seen any more
                overwrite(w, ALL_ONES);
            }
            key[MPLS] = entry << 32;
        }
        labelled(etherType);
        return true;
    }

    /// Takes the outermost MPLS label off, if there is one.
    ///
    /// @return false if there are more than Open vSwitch can deal with: it then drops the packet
    boolean popMpls(int etherType) {
        int count = Labels.count(key, isMpls() ? examined : null);
        if (count == 0) {
            return true;
        }
        if (count == Labels.MAX && !Labels.hasBottom(key)) {
            return false;
        }
        Labels.examine(examined);
        Labels.pop(key, count);
        labelled(etherType);
        return true;
    }

    private void labelled(int etherType) {
        key[ETH_DST_TYPE] = key[ETH_DST_TYPE] & ~0xffffL | etherType;
        overwrite(ETH_DST_TYPE, 0xffff);
        overwrite(MPLS, ALL_ONES);
        overwrite(MPLS_INNER_VLAN, ALL_ONES << 32);
        labels.touch();
    }

    /// Lowers the TTL of IP.
    ///
    /// @return false if it must not be lowered any more
    boolean decrementTtl() {
        return decrement(Field.IP_TTL);
    }

    /// Lowers the TTL of a network service header.
    ///
    /// @return false if it must not be lowered any more
    boolean decrementNshTtl() {
        return decrement(Field.NSH_TTL);
    }

    /// Lowers the TTL of the outermost MPLS label.
    ///
    /// @return false if it must not be lowered any more
    boolean decrementMplsTtl() {
        return decrement(Field.MPLS_TTL);
    }

    private boolean decrement(Field field) {
        if (!holds(field)) {
            return true; // there is none: nothing to do
        }
        examine(field);
        long ttl = field.get(key);
        if (ttl <= 1) {
            return false;
        }
        set(field, 0, ttl - 1, 0, 0xff);
        return true;
    }
}
