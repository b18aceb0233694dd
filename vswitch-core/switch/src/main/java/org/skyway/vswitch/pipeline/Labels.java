package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.MPLS;
import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;

import java.util.Arrays;
import java.util.List;

/// The MPLS labels of the real packet while the flow key says which it shall have. There are three
/// at most, as in Open vSwitch, and what makes the difference is done as it does it: labels are
/// compared from the bottom of the stack.
final class Labels {
    /// How many labels are known.
    static final int MAX = 3;

    private static final long BOTTOM = 0x100; // of a label stack, in an entry

    private long[] real; // ETH_DST_TYPE and the two words of labels
    private boolean touched;

    Labels(long[] key) {
        real = new long[] {key[ETH_DST_TYPE] & 0xffff, key[MPLS], key[MPLS + 1]};
    }

    private Labels(long[] real, boolean touched) {
        this.real = real;
        this.touched = touched;
    }

    Labels copy() {
        return new Labels(real, touched); // the array is never written to
    }

    void restore(Labels other) {
        real = other.real;
        touched = other.touched;
    }

    /// Notes that labels were put on or taken off.
    void touch() {
        touched = true;
    }

    /// Whether labels were put on or taken off since the real packet was as the key says.
    boolean changed() {
        return touched;
    }

    /// Notes that the real packet's labels are as the key says. Its type may be another: a label
    /// that came and went is not there, but the key keeps its type.
    void settled(long[] key) {
        if (!touched) {
            real = new long[] {real[0], key[MPLS], key[MPLS + 1]};
        }
    }

    /// Whether an MPLS packet becomes another.
    boolean vanish(int etherType) {
        return isMpls((int) real[0]) && !isMpls(etherType);
    }

    /// Takes off and puts on what makes the difference.
    void commit(int etherType, long[] key, List<DatapathAction> out) {
        long[] from = entries(real[1], real[2]);
        long[] to = entries(key[MPLS], key[MPLS + 1]);
        int have = isMpls((int) real[0]) ? count(from) : 0;
        int want = isMpls(etherType) ? count(to) : 0;
        long type = have > 0 || want > 0 ? etherType : real[0];
        int common = 0;
        while (common < Math.min(have, want) && from[have - 1 - common] == to[want - 1 - common]) {
            common++;
        }
        while (have > common) {
            if (have - 1 == common && want > common) {
                out.add(rewrite(to[want - have]));
                common++;
            } else {
                boolean last = isMpls(etherType) || have == 1;
                out.add(new DatapathAction.PopMpls(last ? etherType : 0x8847));
                have--;
            }
        }
        for (; have < want; have++) {
            out.add(new DatapathAction.PushMpls(etherType, (int) to[want - have - 1]));
        }
        real = new long[] {type, key[MPLS], key[MPLS + 1]};
        touched = false;
    }

    private static DatapathAction rewrite(long entry) {
        long[] values = new long[PACKET_WORDS];
        long[] masks = new long[PACKET_WORDS];
        values[MPLS] = entry << 32;
        masks[MPLS] = -1L << 32;
        return new DatapathAction.Rewrite(values, masks);
    }

    // ---- labels in a key

    /// Counts labels down to the bottom of the stack, or as many as the key holds.
    ///
    /// @param key of a packet
    /// @param examined collects what the answer depends on; null if this is no MPLS packet
    static int count(long[] key, long[] examined) {
        if (examined == null) {
            return 0;
        }
        examined[MPLS] |= BOTTOM << 32 | BOTTOM;
        examined[MPLS + 1] |= BOTTOM << 32;
        long[] entries = entries(key[MPLS], key[MPLS + 1]);
        if (Arrays.stream(entries).noneMatch(e -> (e & BOTTOM) != 0)) {
            examine(examined);
        }
        return count(entries);
    }

    private static int count(long[] entries) {
        int count = 0;
        for (int i = 0; i < entries.length; i++) {
            if ((entries[i] & BOTTOM) != 0) {
                return i + 1;
            }
            count += entries[i] != 0 ? 1 : 0;
        }
        return count;
    }

    /// Notes that every label matters.
    static void examine(long[] examined) {
        examined[MPLS] = -1L;
        examined[MPLS + 1] |= -1L << 32;
    }

    /// Whether the third label is the last.
    static boolean hasBottom(long[] key) {
        return (key[MPLS + 1] & BOTTOM << 32) != 0;
    }

    /// Puts a label into a key.
    static void push(long[] key, long entry) {
        key[MPLS + 1] = key[MPLS + 1] & 0xffff_ffffL | key[MPLS] << 32;
        key[MPLS] = entry << 32 | key[MPLS] >>> 32;
    }

    /// Takes the outermost of a key's labels out.
    static void pop(long[] key, int count) {
        long[] entries = entries(key[MPLS], key[MPLS + 1]);
        for (int i = 1; i < count; i++) {
            entries[i - 1] = entries[i];
        }
        entries[count - 1] = 0;
        key[MPLS] = entries[0] << 32 | entries[1];
        key[MPLS + 1] = key[MPLS + 1] & 0xffff_ffffL | entries[2] << 32;
    }

    private static long[] entries(long first, long second) {
        return new long[] {first >>> 32, first & 0xffff_ffffL, second >>> 32};
    }

    private static boolean isMpls(int etherType) {
        return etherType == 0x8847 || etherType == 0x8848;
    }
}
