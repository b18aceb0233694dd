package org.skyway.vswitch.tables;

import java.util.BitSet;
import java.util.Collection;

/// Some of the VLANs 0 to 4095. Immutable.
public final class VlanSet {
    /// How many there are.
    public static final int VLANS = 4096;

    /// All of them.
    public static final VlanSet ALL = all();

    /// None of them.
    public static final VlanSet NONE = new VlanSet(new BitSet());

    private final BitSet bits; // never changed

    private VlanSet(BitSet bits) {
        this.bits = bits;
    }

    private static VlanSet all() {
        BitSet bits = new BitSet(VLANS);
        bits.set(0, VLANS);
        return new VlanSet(bits);
    }

    /// Some of them.
    ///
    /// @param ids of the VLANs; others than 0 to 4095 are left out
    /// @return the set
    public static VlanSet of(Collection<Integer> ids) {
        BitSet bits = new BitSet(VLANS);
        ids.stream().filter(i -> i >= 0 && i < VLANS).forEach(bits::set);
        return new VlanSet(bits);
    }

    /// Whether a VLAN is one of them.
    ///
    /// @param vlan 0 to 4095
    /// @return true if so
    public boolean contains(int vlan) {
        return bits.get(vlan);
    }

    /// The same with another VLAN, or without one.
    ///
    /// @param vlan 0 to 4095
    /// @param member whether it is one of them
    /// @return another set
    public VlanSet with(int vlan, boolean member) {
        BitSet copy = (BitSet) bits.clone();
        copy.set(vlan, member);
        return new VlanSet(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VlanSet set && set.bits.equals(bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return bits.cardinality() == VLANS ? "all" : bits.toString();
    }
}
