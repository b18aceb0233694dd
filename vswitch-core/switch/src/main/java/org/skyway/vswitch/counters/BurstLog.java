package org.skyway.vswitch.counters;

import java.lang.invoke.VarHandle;
import org.skyway.ivshmem.region.Memory;

/// What a poll thread changes while it forwards a burst, noted so that for the process that comes
/// after this one the burst has happened or has not, whenever this one is killed.
///
/// Counters are changed at once, and what they held before is noted: until [#seal], the next
/// process takes it back ([SavedCounters#read]). With [#seal], one store, the counters hold, and
/// what is still to be shown to VNFs, cursors of rings, is certain: the next process shows it
/// ([RingCursor]). Who has read a counter in mid-burst has read what never was if the process is
/// killed then.
///
/// The processor of a process that is killed stops between two instructions, so what counts is the
/// order in which stores are in the program. Memory that goes with the process needs no log; what
/// counts there are the same adds. Belongs to one poll thread.
///
/// ```
/// offset       bytes  field of a log's block
///      0           8  state: n > 0, the first changes that have this number are to be taken back;
///                     n < 0, -n bytes of cursors are to be shown; 0, nothing is to be done
///      8           8  block of the log before this one, see [BurstLogs]
///     16           8  its tag; 0 for none
///     24           8  tag (CounterMemory)
///     32 + 16i     8  region of cursor i; of cursor 0, from which the burst came; 0 for none
///     40 + 16i     8  the cursor: of cursor 0, up to where it was read; of others, written
///   4160 + 24i     8  bits 0 to 19 number; from 20 on an eighth of the address in the process of
///                     the first of two words next to each other. Written when the rest is there
///   4168 + 24i    16  what these held before; of a word in twice, the first counts
/// ```
public class BurstLog {
    /// Of a port that is received from, and of those that are sent to.
    static final int MOST_CURSORS = 258;

    static final int MOST_CHANGES = 2048;
    static final int CURSORS = 32;
    static final int CURSOR = 16;
    static final int CHANGES = CURSORS + CURSOR * MOST_CURSORS;
    static final int CHANGE = 24;
    static final int NUMBER_BITS = 20;
    static final long LAST_NUMBER = (1 << NUMBER_BITS) - 1;
    static final int ADDRESS_SHIFT = NUMBER_BITS - 3; // of an address, which is a multiple of 8
    static final int PREVIOUS = 8;
    static final int PREVIOUS_TAG = 16;
    static final int LINES =
            (CHANGES + CHANGE * MOST_CHANGES + CounterMemory.LINE - 1) / CounterMemory.LINE;

    private final int thread;
    private final int block;
    private final long state; // address of the block; 0: no process comes after this one
    private final long first; // address of the first change
    private final long end;
    private long next; // address of the next change; `end` also if nothing is noted
    private long cursor; // address of the next cursor
    private long number; // of the changes of this burst

    BurstLog(int thread, int block, long address) {
        this.thread = thread;
        this.block = block;
        state = address;
        first = address == 0 ? 0 : address + CHANGES;
        end = address == 0 ? 0 : first + CHANGE * MOST_CHANGES;
        next = first;
        cursor = state + CURSORS + CURSOR;
        number = LAST_NUMBER;
    }

    /// One for memory that goes with the process.
    ///
    /// @param thread index of the poll thread
    /// @return a log that only adds
    public static BurstLog none(int thread) {
        return new BurstLog(thread, 0, 0);
    }

    /// Whose it is.
    ///
    /// @return index of the poll thread
    public final int thread() {
        return thread;
    }

    /// Its block, if it [#isOn].
    final int block() {
        return block;
    }

    /// Whether a process may come after this one that makes something of it.
    ///
    /// @return false if [#add] is all that there is to do
    public final boolean isOn() {
        return state != 0;
    }

    /// Adds to two counters next to each other that only this thread writes. Others see each as it
    /// was or as it is.
    ///
    /// @param address of the first, in a block of counters
    /// @param a what to add to it
    /// @param b what to add to the second
    public final void add(long address, long a, long b) {
        final long x = Memory.getLong(address);
        final long y = Memory.getLong(address + 8);
        final long at = next;
        if (at != end) {
            store(at + 8, x);
            store(at + 16, y);
            store(at, address << ADDRESS_SHIFT | number);
            next = at + CHANGE;
            store(address, x + a);
            store(address + 8, y + b);
        } else {
            full();
            Memory.putLongOpaque(address, x + a);
            Memory.putLongOpaque(address + 8, y + b);
        }
    }

    // A burst with thousands of copies: what is counted of it stays counted, and if the process is
    // killed in the middle, it comes again.
    private void full() {
        if (state != 0) {
            store(state, 0);
        }
    }

    /// Notes up to where the ring was read that the burst came from.
    ///
    /// @param region id of the ring's region; 0 for none
    /// @param head cursor
    public final void received(long region, long head) {
        if (state != 0) {
            store(state + CURSORS, region);
            store(state + CURSORS + 8, head);
        }
    }

    /// Notes up to where a ring was written.
    ///
    /// @param region id of the ring's region
    /// @param tail cursor
    public final void sent(long region, long tail) {
        if (state != 0) {
            store(cursor, region);
            store(cursor + 8, tail);
            cursor += CURSOR;
        }
    }

    /// How many rings a burst may be written to.
    ///
    /// @return rings
    public static int mostRings() {
        return MOST_CURSORS - 1;
    }

    /// Makes it certain: from here on the burst has happened, and what was noted with [#received]
    /// and [#sent] is to be shown.
    public final void seal() {
        if (state != 0) {
            store(state, state + CURSORS - cursor);
            cursor = state + CURSORS + CURSOR;
        }
    }

    /// Begins, and begins anew when all is shown.
    public final void done() {
        if (state != 0) {
            if (number == LAST_NUMBER) {
                forgetNumbers();
            }
            store(state, ++number);
            VarHandle.storeStoreFence(); // what is noted next has to do with the next burst
            next = first;
        }
    }

    // Or a change of long ago could have the number of a burst.
    private void forgetNumbers() {
        store(state, 0);
        for (long at = first; at < end; at += CHANGE) {
            store(at, 0);
        }
        number = 0;
    }

    /// Writes a word. What was written before is there before it, as whoever comes after this
    /// process sees it.
    ///
    /// @param address where
    /// @param value what
    void store(long address, long value) {
        Memory.putLongRelease(address, value);
    }
}
