package org.skyway.vswitch.tables;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;

/// Which member of a balanced bond sends what, in 256 parts: a source address in a VLAN belongs to
/// a part, and all of a part leaves by one member. A part is given to a member when it is first
/// needed, to each in turn, as in Open vSwitch. Any thread.
public final class BondBuckets {
    /// How many parts there are.
    public static final int COUNT = 256;

    private final AtomicIntegerArray members = new AtomicIntegerArray(COUNT); // 0: nobody's yet
    private final AtomicInteger turn = new AtomicInteger();
    private final FlowCounters[] counters; // null: nobody wants to know

    /// Parts that are nobody's yet.
    ///
    /// @param counted makes the counters of what leaves, one for each part; null for none
    public BondBuckets(Supplier<FlowCounters> counted) {
        if (counted == null) {
            counters = null;
            return;
        }
        counters = new FlowCounters[COUNT];
        for (int i = 0; i < COUNT; i++) {
            counters[i] = counted.get();
        }
    }

    /// Which part an address in a VLAN belongs to. That is `MurmurHash3_x86_32` of the address and
    /// the VLAN, as two words, with Open vSwitch's seed and length, so that `ovs-appctl bond/hash`
    /// says the same.
    ///
    /// @param mac 48 bits
    /// @param vlan 0 to 4095
    /// @param basis the hash's seed
    /// @return 0 to 255
    public static int of(long mac, int vlan, int basis) {
        long words = (long) vlan << 48 | mac & 0xffff_ffff_ffffL;
        int hash = mixed(mixed(basis, (int) words), (int) (words >>> 32)) ^ Long.BYTES;
        hash = (hash ^ hash >>> 16) * 0x85ebca6b;
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return (hash ^ hash >>> 16) & COUNT - 1;
    }

    private static int mixed(int hash, int word) {
        int k = Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
        return Integer.rotateLeft(hash ^ k, 13) * 5 + 0xe6546b64;
    }

    /// Who sends a part; a member that may not any more loses it to one that may.
    ///
    /// @param part 0 to 255
    /// @param enabled the members that may
    /// @return a member's number; 0 if none may
    int sender(int part, List<Integer> enabled) {
        int member = members.get(part);
        if (member != 0 && enabled.contains(member)) {
            return member;
        }
        if (enabled.isEmpty()) {
            return 0;
        }
        int next = enabled.get(Math.floorMod(turn.getAndIncrement(), enabled.size()));
        if (members.compareAndSet(part, member, next)) {
            return next;
        }
        int others = members.get(part); // another thread was quicker
        return enabled.contains(others) ? others : next;
    }

    /// Gives a part to a member.
    ///
    /// @param part 0 to 255
    /// @param member its number; 0 for nobody
    public void give(int part, int member) {
        members.set(part, member);
    }

    /// Whose a part is.
    ///
    /// @param part 0 to 255
    /// @return a member's number; 0 for nobody's
    public int member(int part) {
        return members.get(part);
    }

    /// What has left of a part.
    ///
    /// @param part 0 to 255
    /// @return the counters; null if nothing is counted
    public FlowCounters counters(int part) {
        return counters == null ? null : counters[part];
    }
}
