package org.skyway.vswitch.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.Attachment;

/// What a switch that comes after this one must know of its channels and links, in memory that
/// outlives it. What a VNF is told stands here before it is told. Ofproto thread.
///
/// ```
/// offset        bytes  field
///      0            8  epochs: the last one that was given out
///     24            8  tag (CounterMemory)
///     64 + 256i   256  record i, in words of 8 bytes:
///                        0  id of the channel's region; 0 if the record is free
///                        1  cells, slot of side A << 32, slot of side B << 40, Channel.State << 48
///                        2  port number of side A, of side B << 32
///                        4  the link from A to B
///                       18  the link from B to A
/// a link                 0  1 if it is there, LinkMachine.State << 8, LinkMachine.Situation << 16
///                        1  epoch
///                        2  transmit command
///                        3  receive command of the limit
///                        4  the limit
///                        5  1 if its sender's counters are not settled
///                        6  packets, 7 bytes: what the sender's counters said at the beginning
///                        8  how far the ring was written then
///                        9  packets, 10 bytes: what the receiver had counted then
///                       11  packets, 12 bytes: of all epochs that are over
///                       13  how often the sender went over to the bypass
/// ```
///
/// There are records for so many channels; those beyond are not found by the next switch, whose
/// VNFs begin anew.
public final class LinkRecords {
    private static final int MOST = 512;
    private static final int RECORD = 256;
    private static final int LINES = (CounterMemory.LINE + MOST * RECORD) / CounterMemory.LINE;
    private static final int A_TO_B = 4;
    private static final int B_TO_A = 18;

    private final CounterMemory memory;
    private final int block;
    private final long address;
    private final Deque<Integer> free = new ArrayDeque<>();

    /// Records of no channels.
    ///
    /// @param memory where they lie
    public LinkRecords(CounterMemory memory) {
        this.memory = memory;
        block = memory.allocate(this, LINES);
        address = memory.address(block);
        for (int i = 0; i < MOST; i++) {
            free.add(i);
        }
    }

    /// Where they lie.
    ///
    /// @return number of the block
    public int block() {
        return block;
    }

    /// What tells the block from its former and later users.
    ///
    /// @return its tag
    public long tag() {
        return memory.tag(block);
    }

    /// Takes over what a switch that is no more has left. Before any channel is made.
    ///
    /// @param saved its memory
    /// @param savedBlock its block
    /// @param tag of that block
    public void resume(SavedCounters saved, int savedBlock, long tag) {
        Memory.putLong(address, saved.word(savedBlock, tag, 0));
        for (int at = CounterMemory.LINE; at < LINES * CounterMemory.LINE; at += 8) {
            Memory.putLong(address + at, saved.word(savedBlock, tag, at));
        }
        free.removeIf(i -> get(i, 0) != 0);
    }

    /// Forgets what was taken over: nothing of it is there any more.
    void forget(Record record) {
        put(record.index, 0, 0);
        free.add(record.index);
    }

    /// A new epoch.
    int nextEpoch() {
        long next = Memory.getLong(address) + 1;
        Memory.putLongRelease(address, next);
        return (int) next;
    }

    /// Those that were taken over.
    List<Record> all() {
        List<Record> all = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            if (get(i, 0) != 0) {
                all.add(new Record(i));
            }
        }
        return all;
    }

    /// A record for a new channel.
    ///
    /// @return null if there is none left
    Record take(long region, int cells, Attachment a, int slotA, Attachment b, int slotB) {
        Integer index = free.poll();
        if (index == null) {
            return null;
        }
        for (int word = 1; word < RECORD / 8; word++) {
            put(index, word, 0);
        }
        put(index, 1, cells | (long) slotA << 32 | (long) slotB << 40);
        put(index, 2, a.port().number() | (long) b.port().number() << 32);
        put(index, 0, region);
        return new Record(index);
    }

    private long get(int index, int word) {
        return Memory.getLongAcquire(
                address + CounterMemory.LINE + (long) RECORD * index + 8L * word);
    }

    private void put(int index, int word, long value) {
        Memory.putLongRelease(
                address + CounterMemory.LINE + (long) RECORD * index + 8L * word, value);
    }

    /// What is known of a channel.
    final class Record {
        private final int index;

        private Record(int index) {
            this.index = index;
        }

        long region() {
            return get(index, 0);
        }

        int cells() {
            return (int) get(index, 1);
        }

        int slotA() {
            return (int) (get(index, 1) >>> 32) & 0xff;
        }

        int slotB() {
            return (int) (get(index, 1) >>> 40) & 0xff;
        }

        Channel.State state() {
            return Channel.State.values()[(int) (get(index, 1) >>> 48) & 0xff];
        }

        void state(Channel.State state) {
            long others = get(index, 1) & 0xffff_ffff_ffffL;
            put(index, 1, others | (long) state.ordinal() << 48);
        }

        int portA() {
            return (int) get(index, 2);
        }

        int portB() {
            return (int) (get(index, 2) >>> 32);
        }

        void free() {
            forget(this);
        }

        /// Notes what a link of this channel is.
        ///
        /// @param fromA whether its sender is side A
        void save(Link link, boolean fromA) {
            int at = fromA ? A_TO_B : B_TO_A;
            SenderCounters counters = link.counters;
            put(index, at + 1, link.epoch);
            put(index, at + 2, link.command);
            put(index, at + 3, link.limit);
            put(index, at + 4, link.limitCursor);
            put(index, at + 5, counters == null ? 0 : 1);
            put(index, at + 6, counters == null ? 0 : counters.basePackets());
            put(index, at + 7, counters == null ? 0 : counters.baseBytes());
            put(index, at + 8, link.writtenBefore);
            put(index, at + 9, link.deliveredBefore);
            put(index, at + 10, link.deliveredBytesBefore);
            put(index, at + 11, link.totalPackets);
            put(index, at + 12, link.totalBytes);
            put(index, at + 13, link.activations);
            put(index, at, 1 | (long) link.situation().bits() << 8);
        }

        void drop(boolean fromA) {
            put(index, fromA ? A_TO_B : B_TO_A, 0);
        }

        boolean has(boolean fromA) {
            return (get(index, fromA ? A_TO_B : B_TO_A) & 1) != 0;
        }

        /// Makes a link what it was.
        void restore(Link link, boolean fromA) {
            int at = fromA ? A_TO_B : B_TO_A;
            link.resume(LinkMachine.Situation.of((int) (get(index, at) >>> 8)));
            link.epoch = (int) get(index, at + 1);
            link.command = get(index, at + 2);
            link.limit = get(index, at + 3);
            link.limitCursor = get(index, at + 4);
            if (get(index, at + 5) != 0) {
                link.counters =
                        new SenderCounters(
                                link.sender().statistics(), get(index, at + 6), get(index, at + 7));
            }
            link.writtenBefore = get(index, at + 8);
            link.deliveredBefore = get(index, at + 9);
            link.deliveredBytesBefore = get(index, at + 10);
            link.totalPackets = get(index, at + 11);
            link.totalBytes = get(index, at + 12);
            link.activations = (int) get(index, at + 13);
        }
    }
}
