package org.skyway.vswitch.tables;

/// What a port has to do with VLANs when packets go through NORMAL, as Open vSwitch's columns
/// `vlan_mode`, `tag`, `trunks` and `cvlans` of a port say it.
///
/// @param mode how its packets are tagged
/// @param tag the port's own VLAN, 0 to 4095; means nothing to a trunk
/// @param carried the VLANs that it takes part in; of a tunnel, those that may be in it
/// @param tunnelType Ethernet type of the tag that a tunnel puts on
/// @param priorityTags which packets leave with a tag of VLAN 0
public record PortVlans(
        Mode mode, int tag, VlanSet carried, int tunnelType, PriorityTags priorityTags) {
    /// How a port's packets are tagged.
    public enum Mode {
        /// Untagged on the port, in its VLAN behind it.
        ACCESS,
        /// As they are.
        TRUNK,
        /// A trunk whose untagged packets are in its VLAN, and leave tagged.
        NATIVE_TAGGED,
        /// A trunk whose untagged packets are in its VLAN, and leave untagged.
        NATIVE_UNTAGGED,
        /// Whatever the tags, in its VLAN behind the port, with a second tag.
        DOT1Q_TUNNEL
    }

    /// Which packets leave with a tag of VLAN 0, which has a priority only.
    public enum PriorityTags {
        /// Those that have one that says something.
        NEVER,
        /// All that have a priority.
        IF_NONZERO,
        /// All that have a tag.
        ALWAYS
    }

    /// The Ethernet type of a service tag.
    public static final int SERVICE_TAG = 0x88a8;

    /// A port that nothing was said of.
    public static final PortVlans TRUNK =
            new PortVlans(Mode.TRUNK, 0, VlanSet.ALL, SERVICE_TAG, PriorityTags.NEVER);

    /// A port that takes part in no VLAN.
    public static final PortVlans NOTHING =
            new PortVlans(Mode.TRUNK, 0, VlanSet.NONE, SERVICE_TAG, PriorityTags.NEVER);

    /// Makes a trunk with a VLAN of its own take part in that, and not in VLAN 0.
    public PortVlans {
        boolean isNative = mode == Mode.NATIVE_TAGGED || mode == Mode.NATIVE_UNTAGGED;
        if (isNative && tag != 0 && !(carried.contains(tag) && !carried.contains(0))) {
            carried = carried.with(tag, true).with(0, false);
        }
    }

    /// Whether a packet may come in.
    ///
    /// @param vlan its outermost tag's; 0 if it has none
    /// @return true if so
    public boolean admits(int vlan) {
        return switch (mode) {
            case ACCESS -> vlan == 0;
            case NATIVE_TAGGED, NATIVE_UNTAGGED -> vlan == 0 || carried.contains(vlan);
            case TRUNK, DOT1Q_TUNNEL -> carried.contains(vlan);
        };
    }

    /// Whether what is flooded in a VLAN leaves here.
    ///
    /// @param vlan the packet's, behind the port it came in at
    /// @param inner that of its second tag; 0 if none is known
    /// @return true if so
    public boolean carries(int vlan, int inner) {
        return switch (mode) {
            case ACCESS -> vlan == tag && inner == 0;
            case TRUNK, NATIVE_TAGGED, NATIVE_UNTAGGED -> carried.contains(vlan);
            case DOT1Q_TUNNEL -> vlan == tag && carried.contains(inner);
        };
    }

    /// The VLAN of the outermost tag that a packet with one tag at most leaves with.
    ///
    /// @param vlan the packet's, behind the port it came in at
    /// @return 0 for no tag
    public int outerTag(int vlan) {
        return switch (mode) {
            case ACCESS, DOT1Q_TUNNEL -> 0;
            case TRUNK, NATIVE_TAGGED -> vlan;
            case NATIVE_UNTAGGED -> vlan == tag ? 0 : vlan;
        };
    }
}
