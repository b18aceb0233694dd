package org.skyway.vnf.frame;

import java.util.Arrays;

/// Finds out from sequence numbers what was lost, came twice or came late. A stream goes from the
/// lowest number that came to the highest. What is missing between them counts as lost until it
/// comes, and then as reordered; so does what is lower than all that came before. In order it costs
/// one comparison.
///
/// Missing numbers are kept as ranges. If there are more than [#MAX_RANGES], the lowest are given
/// up: they stay lost, and if they come after all they count as duplicates.
public final class SequenceTracker {
    /// Most ranges of missing numbers that are remembered.
    public static final int MAX_RANGES = 1 << 16;

    private long first = -1;
    private long next;
    private long packets;
    private long lost;
    private long duplicates;
    private long reordered;

    // Missing ranges, ascending: from starts[i] to before ends[i].
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int ranges;

    /// Knows of no packet yet.
    public SequenceTracker() {}

    /// Takes a packet in.
    ///
    /// @param sequence its number
    public void add(long sequence) {
        packets++;
        if (sequence == next && first >= 0) {
            next = sequence + 1;
        } else if (first < 0) {
            first = sequence;
            next = sequence + 1;
        } else if (sequence > next) {
            addMissing(ranges, next, sequence);
            next = sequence + 1;
        } else if (sequence < first) {
            reordered++;
            addMissing(0, sequence + 1, first);
            first = sequence;
        } else {
            late(sequence);
        }
    }

    /// Takes a run of packets with consecutive numbers.
    ///
    /// @param sequence the first one's number
    /// @param count how many
    public void add(long sequence, int count) {
        if (sequence == next && first >= 0) {
            packets += count;
            next = sequence + count;
            return;
        }
        for (int i = 0; i < count; i++) {
            add(sequence + i);
        }
    }

    /// The lowest number that came.
    ///
    /// @return the number; -1 if none came
    public long first() {
        return first;
    }

    /// The number behind the highest.
    ///
    /// @return the number; 0 if none came
    public long next() {
        return next;
    }

    /// All packets that came.
    ///
    /// @return packets
    public long packets() {
        return packets;
    }

    /// Packets that should have come, between the lowest and the highest.
    ///
    /// @return packets
    public long lost() {
        return lost;
    }

    /// Packets that had come before.
    ///
    /// @return packets
    public long duplicates() {
        return duplicates;
    }

    /// Packets that came after one with a higher number.
    ///
    /// @return packets
    public long reordered() {
        return reordered;
    }

    private void late(long sequence) {
        int i = find(sequence);
        if (i < 0) {
            duplicates++;
            return;
        }
        lost--;
        reordered++;
        long end = ends[i];
        if (starts[i] == sequence) {
            starts[i]++;
            if (starts[i] == end) {
                removeRange(i);
            }
        } else if (end == sequence + 1) {
            ends[i]--;
        } else {
            ends[i] = sequence;
            insertRange(i + 1, sequence + 1, end);
        }
    }

    /// @return index of the missing range that has the number; negative if there is none
    private int find(long sequence) {
        int i = Arrays.binarySearch(starts, 0, ranges, sequence);
        if (i < 0) {
            i = -i - 2; // the last that starts before
        }
        return i >= 0 && sequence < ends[i] ? i : -1;
    }

    private void addMissing(int at, long start, long end) {
        if (start < end) {
            lost += end - start;
            insertRange(at, start, end);
        }
    }

    private void insertRange(int at, long start, long end) {
        int index = at;
        if (ranges == MAX_RANGES) {
            removeRange(0);
            index = Math.max(0, index - 1);
        }
        if (ranges == starts.length) {
            starts = Arrays.copyOf(starts, 2 * ranges);
            ends = Arrays.copyOf(ends, 2 * ranges);
        }
        System.arraycopy(starts, index, starts, index + 1, ranges - index);
        System.arraycopy(ends, index, ends, index + 1, ranges - index);
        starts[index] = start;
        ends[index] = end;
        ranges++;
    }

    private void removeRange(int i) {
        ranges--;
        System.arraycopy(starts, i + 1, starts, i, ranges - i);
        System.arraycopy(ends, i + 1, ends, i, ranges - i);
    }
}
