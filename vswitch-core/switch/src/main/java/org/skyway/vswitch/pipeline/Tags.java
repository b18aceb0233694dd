package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.FlowKey;

/// The VLAN tags of a packet that are known: as the real packet has them, and as it shall have
/// them. Of the outermost the flow key says what it is. There are two at most, as in Open vSwitch.
final class Tags {
    private static final int MAX = 2;
    private static final int OWN = 0; // the type of the tag that came with the packet: not known

    private record Tag(int type, int tci) {}

    private List<Tag> real = new ArrayList<>(MAX); // the outermost first
    private List<Tag> wanted = new ArrayList<>(MAX);

    /// @param tci of the tag that came with the packet; without [FlowKey#VLAN_PRESENT] there is
    ///   none
    Tags(int tci) {
        if ((tci & FlowKey.VLAN_PRESENT) != 0) {
            real.add(new Tag(OWN, tci));
            wanted.add(new Tag(OWN, tci));
        }
    }

    private Tags(List<Tag> real, List<Tag> wanted) {
        this.real = new ArrayList<>(real);
        this.wanted = new ArrayList<>(wanted);
    }

    Tags copy() {
        return new Tags(real, wanted);
    }

    void restore(Tags other) {
        real = new ArrayList<>(other.real);
        wanted = new ArrayList<>(other.wanted);
    }

    /// Puts a tag on; its content is the key's from now on.
    ///
    /// @param outer what the key said of the outermost before
    void push(int type, int outer) {
        take(outer);
        if (wanted.size() == MAX) {
            wanted.removeLast();
        }
        wanted.addFirst(new Tag(type, 0));
    }

    /// Takes a tag off.
    ///
    /// @return the one under it, 0 if none is known
    int pop() {
        wanted.removeFirst();
        return wanted.isEmpty() ? 0 : wanted.getFirst().tci();
    }

    /// The tag under the outermost, 0 if none is known.
    int inner() {
        return wanted.size() < MAX ? 0 : wanted.getLast().tci();
    }

    void dropInner() {
        if (wanted.size() == MAX) {
            wanted.removeLast();
        }
    }

    // What the key says of the outermost.
    private void take(int outer) {
        if (!wanted.isEmpty()) {
            wanted.set(0, new Tag(wanted.getFirst().type(), outer));
        }
    }

    /// Whether the real packet is not as it shall be.
    boolean changed(int outer) {
        take(outer);
        return !real.equals(wanted);
    }

    /// Whether it is enough to write the outermost tag.
    boolean isInPlace(int outer) {
        take(outer);
        return real.size() == wanted.size()
                && !real.isEmpty()
                && real.getFirst().type() == wanted.getFirst().type()
                && real.subList(1, real.size()).equals(wanted.subList(1, real.size()));
    }

    /// Notes that it was written.
    void noteInPlace(int outer) {
        take(outer);
        real = new ArrayList<>(wanted);
    }

    /// Takes off and puts on what makes the difference.
    void commit(int outer, List<DatapathAction> out) {
        take(outer);
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
            int type = tag.type() == OWN ? 0x8100 : tag.type();
            out.add(new DatapathAction.PushVlan(type, tag.tci() & 0xefff));
        }
        real = new ArrayList<>(wanted);
    }
}
