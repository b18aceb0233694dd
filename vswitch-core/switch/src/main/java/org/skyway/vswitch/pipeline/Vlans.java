package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.FlowKey;
import org.skyway.vswitch.pipeline.Tags.Tag;
import org.skyway.vswitch.tables.PortVlans;
import org.skyway.vswitch.tables.PortVlans.PriorityTags;

/// The tags of a packet as NORMAL goes by them: there are two at most, and one that is not there is
/// all zero.
///
/// @param outer the outermost, without [FlowKey#VLAN_PRESENT]
/// @param inner the one under it
record Vlans(Tag outer, Tag inner) {
    private static final int CUSTOMER_TAG = 0x8100;
    private static final int PRIORITY = 0xe000;

    /// The VLAN that the packet is in.
    int vlan() {
        return outer.tci() & 0xfff;
    }

    int innerVlan() {
        return inner.tci() & 0xfff;
    }

    /// What they are behind the port that the packet came in at.
    Vlans behind(PortVlans port) {
        return switch (port.mode()) {
            case ACCESS -> new Vlans(in(port.tag()), Tag.NONE);
            case TRUNK -> this;
            case NATIVE_TAGGED, NATIVE_UNTAGGED ->
                    vlan() == 0 ? new Vlans(in(port.tag()), inner) : this;
            case DOT1Q_TUNNEL -> new Vlans(new Tag(port.tunnelType(), port.tag()), outer);
        };
    }

    /// The same in another VLAN.
    Vlans movedTo(int vlan) {
        return new Vlans(in(vlan), inner);
    }

    private Tag in(int vlan) {
        int type = outer.type() == 0 ? CUSTOMER_TAG : outer.type();
        return new Tag(type, vlan | outer.tci() & PRIORITY);
    }

    /// What they are on the wire of a port that the packet leaves at.
    ///
    /// @param asReceived the outermost tag of the packet itself
    Vlans leaving(PortVlans port, int asReceived) {
        Vlans left =
                switch (port.mode()) {
                    case ACCESS -> new Vlans(Tag.NONE, Tag.NONE);
                    case TRUNK, NATIVE_TAGGED -> this;
                    case NATIVE_UNTAGGED -> vlan() == port.tag() ? withoutOuter() : this;
                    case DOT1Q_TUNNEL -> withoutOuter();
                };
        boolean prioritized = port.priorityTags() != PriorityTags.NEVER;
        Tag first = left.outer;
        if (prioritized) {
            first = new Tag(first.type(), first.tci() & 0xfff | asReceived & PRIORITY);
        }
        boolean always = port.priorityTags() == PriorityTags.ALWAYS;
        return new Vlans(shown(first, always), shown(left.inner, always));
    }

    private Vlans withoutOuter() {
        return new Vlans(inner, Tag.NONE);
    }

    // A tag that says nothing is none, unless all tags are wanted.
    private static Tag shown(Tag tag, boolean always) {
        if (tag.tci() == 0 && !(always && tag.type() != 0)) {
            return Tag.NONE;
        }
        return new Tag(
                tag.type() == 0 ? CUSTOMER_TAG : tag.type(), tag.tci() | FlowKey.VLAN_PRESENT);
    }
}
