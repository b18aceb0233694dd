package org.skyway.vswitch.tables;

import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.PortState;

/// Several ports that are one to NORMAL, as it is now: one of them sends what leaves, and what
/// comes back by another is dropped (Open vSwitch, `ovs-vswitchd.conf.db`, "Bonding
/// Configuration"). Immutable but for its buckets; any thread.
///
/// @param id what it is known by in the place of a port's number, [#FIRST_ID] or higher
/// @param name for readers
/// @param balanced whether its members share what leaves, by source address and VLAN; else the
///   active one sends it all
/// @param basis of the hash of address and VLAN
/// @param takesGroups whether packets to group addresses may come in by a member that is not active
/// @param members their numbers, ascending without sign
/// @param enabled those of them that may send
/// @param active the one that is active; 0 for none
/// @param buckets which member sends what; not null if balanced
public record Bond(
        int id,
        String name,
        boolean balanced,
        int basis,
        boolean takesGroups,
        List<Integer> members,
        List<Integer> enabled,
        int active,
        BondBuckets buckets) {
    /// Higher than the number of any port of a bridge that has bonds.
    public static final int FIRST_ID = 0x10000;

    private static final long GROUP = 0x0100_0000_0000L;

    /// What is to be done with a packet that came in by a member.
    public enum Verdict {
        /// It is taken.
        ACCEPT,
        /// It is dropped.
        DROP,
        /// It is dropped if its sender is known to be elsewhere: then it was sent by one member,
        /// and has come back by another.
        DROP_IF_MOVED
    }

    /// Keeps copies.
    public Bond {
        members = members.stream().sorted(Integer::compareUnsigned).toList();
        enabled = List.copyOf(enabled);
    }

    /// Whether a packet may come in, going by the bond alone.
    ///
    /// @param member where it came in
    /// @param to its destination address
    /// @return what to do with it
    public Verdict verdict(int member, long to) {
        boolean isActive = member == active;
        if (!balanced) {
            return isActive ? Verdict.ACCEPT : Verdict.DROP;
        }
        boolean toGroup = (to & GROUP) != 0;
        return toGroup && !isActive && !takesGroups ? Verdict.DROP : Verdict.DROP_IF_MOVED;
    }

    /// Which member sends a packet.
    ///
    /// @param from its source address
    /// @param vlan the VLAN of its outermost tag as it leaves; 0 if it has none
    /// @return the member's number; 0 if none may send
    public int sender(long from, int vlan) {
        return balanced ? buckets.sender(BondBuckets.of(from, vlan, basis), enabled) : active;
    }

    /// Whether a port is the one that is looked at when all ports are gone through, so that the
    /// bond is met once.
    ///
    /// @param member one of its members
    /// @param ports those that there are, by number
    /// @return true of one of the members that are there
    public boolean isMetAt(int member, Map<Integer, PortState> ports) {
        for (int m : members) {
            if (ports.containsKey(m)) {
                return m == member;
            }
        }
        return false;
    }

    /// Whether anything may be flooded to it: not if one of its members takes none.
    ///
    /// @param ports those that there are, by number
    /// @return true if so
    public boolean isFlooded(Map<Integer, PortState> ports) {
        for (int m : members) {
            PortState port = ports.get(m);
            if (port != null && (port.config() & PortState.NO_FLOOD) != 0) {
                return false;
            }
        }
        return true;
    }
}
