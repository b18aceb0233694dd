package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.FlowKey;

/// The VLAN tags of a packet that are known: as the real packet has them, and as it shall have
/// them. There are two at most, as in Open vSwitch, and as there, one without
/// [FlowKey#VLAN_PRESENT] and what is under it do not show, but are back when the bit is. The flow
/// key says what the outermost is.
final class Tags {
    private static final int OWN = -1; // the type of the tag that came with the packet: not known
    private static final Tag NONE = Tag.NONE;

    /// A tag.
    ///
    /// @param type its Ethernet type; -1 for that which came with the packet, 0 for no tag
    /// @param tci its VLAN and priority
    record Tag(int type, int tci) {
        static final Tag NONE = new Tag(0, 0);

        boolean shows() {
            return (tci & FlowKey.VLAN_PRESENT) != 0;
        }
    }

    private List<Tag> real = List.of(); // the outermost first
    private Tag outer = NONE;
    private Tag inner = NONE;

    /// @param tci of the tag that came with the packet, if there is one
    Tags(int tci) {
        if ((tci & FlowKey.VLAN_PRESENT) != 0) {
            outer = new Tag(OWN, tci);
        }
        real = wanted(tci);
    }

    private Tags() {}

    Tags copy() {
        Tags copy = new Tags();
        copy.restore(this);
        return copy;
    }

    void restore(Tags other) {
        real = other.real;
        outer = other.outer;
        inner = other.inner;
    }

    // With what the key says of the outermost.
    private List<Tag> wanted(int tci) {
        outer = new Tag(outer.type(), tci);
        if (!outer.shows()) {
            return List.of();
        }
        return inner.shows() ? List.of(outer, inner) : List.of(outer);
    }

    /// Puts a tag on; its content is the key's from now on.
    ///
    /// @param tci what the key said of the outermost before
    void push(int type, int tci) {
        inner = new Tag(outer.type(), tci);
        outer = new Tag(type, 0);
    }

    /// Takes a tag off that shows.
    ///
    /// @return the one under it
    int pop() {
        outer = inner.shows() ? inner : NONE;
        inner = outer == NONE ? inner : NONE;
        return outer.tci();
    }

    /// What shows of them.
    ///
    /// @param tci what the key says of the outermost
    Vlans vlans(int tci) {
        outer = new Tag(outer.type(), tci);
        return outer.shows()
                ? new Vlans(bare(outer), inner.shows() ? bare(inner) : NONE)
                : new Vlans(NONE, NONE);
    }

    private static Tag bare(Tag tag) {
        return new Tag(tag.type(), tag.tci() & ~FlowKey.VLAN_PRESENT);
    }

    /// Whether the packet has the tag that it came with, and would lose it if others were wanted.
    /// It can't be put on again, because nobody knows its type.
    boolean loses(Vlans vlans) {
        boolean kept =
                vlans.outer().shows() // or none does
                        && (vlans.outer().type() == OWN
                                || vlans.inner().shows() && vlans.inner().type() == OWN);
        return !kept && real.stream().anyMatch(t -> t.type() == OWN);
    }

    /// Has others be wanted; the key is to say of the outermost what they do.
    void want(Vlans vlans) {
        outer = vlans.outer();
        inner = vlans.inner();
    }

    /// Has those be wanted again that were when a copy was made; what was done to the real packet
    /// since then is not undone yet.
    void wantAgain(Tags before) {
        outer = before.outer;
        inner = before.inner;
    }

    /// Whether the real packet is not as it shall be.
    boolean changed(int tci) {
        return !real.equals(wanted(tci));
    }

    /// Whether it is enough to write the outermost tag.
    boolean isInPlace(int tci) {
        List<Tag> wanted = wanted(tci);
        return real.size() == wanted.size()
                && !real.isEmpty()
                && real.getFirst().type() == wanted.getFirst().type()
                && real.subList(1, real.size()).equals(wanted.subList(1, real.size()));
    }

    /// Notes that it was written.
    void noteInPlace(int tci) {
        real = wanted(tci);
    }

    /// Takes off and puts on what makes the difference.
    void commit(int tci, List<DatapathAction> out) {
        List<Tag> wanted = wanted(tci);
        int r = real.size() - 1;
        int w = wanted.size() - 1;
        while (r >= 0 && w >= 0 && real.get(r).equals(wanted.get(w))) {
            r--;
            w--;
        }
        boolean same = r >= 0 && w >= 0 && real.get(r).type() == OWN && wanted.get(w).type() == OWN;
        for (int i = 0; i < (same ? r : r + 1); i++) {
            out.add(new DatapathAction.PopVlan());
        }
        if (same) {
            // Its type is not known, so it is not put on anew.
            long[] values = new long[FlowKey.PACKET_WORDS];
            long[] masks = new long[FlowKey.PACKET_WORDS];
            values[FlowKey.ETH_SRC_VLAN] = wanted.get(w--).tci();
            masks[FlowKey.ETH_SRC_VLAN] = 0xffff;
            out.add(new DatapathAction.Rewrite(values, masks));
        }
        for (; w >= 0; w--) {
            Tag tag = wanted.get(w);
            int type = tag.type() > 0 ? tag.type() : 0x8100;
            out.add(new DatapathAction.PushVlan(type, tag.tci() & 0xefff));
        }
        real = wanted;
    }
}
