package org.skyway.vswitch.link;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// What a switch that comes after this one must know of its channels and links, in memory that
/// outlives it. What a VNF is told stands here before it is told. Ofproto thread.
///
/// ```
/// offset        bytes  field of a block
///      0            8  epochs: the last one that was given out; in the first block
///      8            8  number of the next block; 0: there is none
///     16            8  its tag
///     24            8  tag (CounterMemory)
///     32            8  number of the block of CutNotes; in the first block
///     40            8  its tag
///     64 + 256i   256  record i, in words of 8 bytes:
///                        0  id of the channel's region; 0 if the record is free
///                        1  cells, slot of side A << 32, slot of side B << 40, Channel.State << 48,
///                           1 << 56: the next word has tags, and not numbers of ports of one bridge
///                        2  tag of the counters of the port of side A, of side B << 32
///                        3  block of PathNotes of the link from A to B, of the other << 32; 0: none
///                        4  the link from A to B
///                       18  the link from B to A
/// a link                 0  1 if it is there, LinkMachine.Situation << 8, a bit for each
///                           LinkMachine.Command that is still to be done << 32
///                        1  epoch
///                        2  transmit command
///                        3  receive command of the limit
///                        4  the limit
///                        5  1 if its sender's counters are not settled; 2 if its sender, dead by
///                           now, had begun to use the bypass
///                        6  packets, 7 bytes: what the sender's counters said at the beginning
///                        8  how far the ring was written then
///                        9  packets, 10 bytes: what the receiver had counted then
///                       11  packets, 12 bytes: of all epochs that are over
///                       13  how often the sender went over to the bypass
/// ```
///
/// A link's words change all at once ([RedoLog]), and with them the counters that take over what it
/// has counted: whenever the switch is killed, a packet is counted in one of the two.
///
/// There are 512 records in a block, and as many blocks as there is room for. A channel that finds
/// none is not made: a bypass of which the next switch does not know could not be taken back.
public final class LinkRecords {
    private static final int RECORDS = 512; // in a block
    private static final int RECORD = 256;
    private static final int LINES = (CounterMemory.LINE + RECORDS * RECORD) / CounterMemory.LINE;
    private static final int NEXT = 8;
    private static final int NEXT_TAG = 16;
    private static final int CUTS = 32;
    private static final int CUTS_TAG = 40;
    private static final int PORTS = 2;
    private static final long TAGGED = 1L << 56;
    private static final int PATHS = 3;
    private static final int A_TO_B = 4;
    private static final int B_TO_A = 18;
    private static final int OPEN = 1;
    private static final int BEGUN = 2;

    private final CounterMemory memory;
    private final RedoLog changes;
    private final PathNotes paths;
    private final CutNotes cuts;
    private final Map<Long, PathNotes.Tags> noted = new HashMap<>(); // by the links' owner words
    private final Map<Long, PathNotes.Note> resolved = new HashMap<>();
    private final Set<Long> taken = new HashSet<>(); // regions of channels of another switch
    private final List<Integer> blocks = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    /// Records of no channels.
    ///
    /// @param memory where they lie
    public LinkRecords(CounterMemory memory) {
        this.memory = memory;
        changes = memory.redo();
        paths = new PathNotes(memory);
        cuts = new CutNotes(memory);
        add(memory.allocate(this, LINES));
        memory.store(memory.address(block()) + CUTS_TAG, cuts.tag());
        memory.store(memory.address(block()) + CUTS, cuts.block());
    }

    private void add(int block) {
        int first = blocks.size() * RECORDS;
        blocks.add(block);
        for (int i = first; i < first + RECORDS; i++) {
            free.add(i);
        }
    }

    /// Where they lie.
    ///
    /// @return number of the first block
    public int block() {
        return blocks.getFirst();
    }

    /// What tells the block from its former and later users.
    ///
    /// @return its tag
    public long tag() {
        return memory.tag(block());
    }

    /// Who counts now with what the switch before has noted the tags of.
    public interface Counting {
        /// An entry.
        ///
        /// @param tag of its counters
        /// @return the entry that has them now; null if it is gone
        FlowEntry entry(long tag);

        /// A group or a bucket.
        ///
        /// @param tag of its counters
        /// @return its counters now; null if it is gone
        FlowCounters group(long tag);

        /// A patch port.
        ///
        /// @param tag of its counters
        /// @return the port that has them now; null if it is gone
        PatchPort patch(long tag);

        /// A port where a link may end.
        ///
        /// @param tag of its counters, the low 32 bits
        /// @return the port that has them now; null if it is gone
        DpdkrPort end(int tag);
    }

    /// Takes over what a switch that is no more has left, or one of its bridges, unless that was
    /// taken over already. Before any channel is made.
    ///
    /// @param saved its memory
    /// @param savedBlock its first block
    /// @param tag of that block
    /// @param portTag tag of a port's counters by its number, for records that have numbers; 0 if
    ///   there is no such port
    /// @return false if there is not room for all of it
    public boolean resume(
            SavedCounters saved, int savedBlock, long tag, IntToLongFunction portTag) {
        long epochs = saved.word(savedBlock, tag, 0);
        if (epochs - Memory.getLong(memory.address(block())) > 0) {
            memory.store(memory.address(block()), epochs);
        }
        long cutsTag = saved.word(savedBlock, tag, CUTS_TAG);
        cuts.resume(saved, (int) saved.word(savedBlock, tag, CUTS), cutsTag);
        int from = savedBlock;
        long fromTag = tag;
        Set<Integer> seen = new HashSet<>(); // whoever wrote it, this ends
        Set<Long> known = new HashSet<>();
        all().forEach(r -> known.add(r.region()));
        while (saved.has(from, fromTag) && seen.add(from)) {
            for (int i = 0; i < RECORDS; i++) {
                int at = CounterMemory.LINE + RECORD * i;
                long region = saved.word(from, fromTag, at);
                if (region != 0 && known.add(region) && !take(saved, from, fromTag, at, portTag)) {
                    return false;
                }
            }
            long next = saved.word(from, fromTag, NEXT);
            fromTag = saved.word(from, fromTag, NEXT_TAG);
            from = (int) next;
            if (next <= 0) {
                break;
            }
        }
        return true;
    }

    private boolean take(
            SavedCounters saved, int block, long tag, int at, IntToLongFunction portTag) {
        if (free.isEmpty() && !grow()) {
            return false;
        }
        Record record = new Record(free.remove());
        for (int word = 1; word < RECORD / 8; word++) {
            put(record.index, word, saved.word(block, tag, at + 8 * word));
        }
        put(record.index, 0, saved.word(block, tag, at));
        if ((get(record.index, 1) & TAGGED) == 0) {
            record.ports(
                    (int) portTag.applyAsLong(record.portA()),
                    (int) portTag.applyAsLong(record.portB()));
        }
        for (boolean fromA : new boolean[] {true, false}) {
            PathNotes.Tags tags = PathNotes.read(saved, record.path(fromA), record.owner(fromA));
            if (tags != null) {
                noted.put(record.owner(fromA), tags);
            }
        }
        put(record.index, PATHS, 0); // these are blocks of the other memory
        taken.add(record.region());
        return true;
    }

    /// Tags of all counters that were taken over with links and are to be found again.
    ///
    /// @return those of entries and of groups
    public Set<Long> tags() {
        Set<Long> tags = new HashSet<>();
        for (PathNotes.Tags t : noted.values()) {
            for (PathNotes.Tags.Hop h : t.hops()) {
                tags.addAll(h.entries());
                tags.addAll(h.groups());
            }
        }
        return tags;
    }

    /// Finds the ports of the links that were taken over, and who counts on their ways, and notes
    /// that anew.
    ///
    /// @param now who has counters that were noted
    public void resolve(Counting now) {
        for (Record record : taken()) {
            DpdkrPort a = now.end(record.portA());
            DpdkrPort b = now.end(record.portB());
            record.ports(tag(a), tag(b));
            for (boolean fromA : new boolean[] {true, false}) {
                long owner = record.owner(fromA);
                PathNotes.Tags tags = noted.get(owner);
                if (tags != null) {
                    PathNotes.Note note = paths.write(tags.path(now), owner);
                    resolved.put(owner, note);
                    put(record.index, PATHS, record.paths(fromA, note));
                }
            }
        }
        noted.clear();
    }

    // Found from the one before, when it is there.
    private boolean grow() {
        int block = memory.allocate(this, LINES);
        if (memory.hasFile() && !memory.isLasting(block)) {
            return false;
        }
        long last = memory.address(blocks.getLast());
        memory.store(last + NEXT_TAG, memory.tag(block));
        memory.store(last + NEXT, block);
        add(block);
        return true;
    }

    /// A new epoch.
    int nextEpoch() {
        long address = memory.address(block());
        long next = Memory.getLong(address) + 1;
        memory.store(address, next);
        return (int) next;
    }

    /// Senders that were cut off.
    CutNotes cuts() {
        return cuts;
    }

    /// Changes that are seen by the next switch all together or not at all.
    ///
    /// @return the log of the memory
    RedoLog changes() {
        return changes.begin();
    }

    /// Those that were taken over and not given up yet.
    List<Record> taken() {
        return all().stream().filter(r -> taken.contains(r.region())).toList();
    }

    /// What was taken over is as good as this switch's own.
    void adopted() {
        taken.clear();
    }

    /// All there are.
    List<Record> all() {
        List<Record> all = new ArrayList<>();
        for (int i = 0; i < blocks.size() * RECORDS; i++) {
            if (get(i, 0) != 0) {
                all.add(new Record(i));
            }
        }
        return all;
    }

    /// A record for a new channel.
    ///
    /// @throws IOException if there is no room for another
    Record take(long region, int cells, Attachment a, int slotA, Attachment b, int slotB)
            throws IOException {
        if (free.isEmpty() && !grow()) {
            throw new IOException(
                    "no room to note channel %s<->%s for the next switch, so it is not made; free some in the state directory and restart the switch"
                            .formatted(a.portName(), b.portName()));
        }
        int index = free.remove();
        for (int word = 1; word < RECORD / 8; word++) {
            put(index, word, 0);
        }
        put(index, 1, cells | (long) slotA << 32 | (long) slotB << 40 | TAGGED);
        Record record = new Record(index);
        record.ports(tag(a.port()), tag(b.port()));
        put(index, 0, region);
        return record;
    }

    /// What a port is known by here.
    ///
    /// @param port null for none
    static int tag(DpdkrPort port) {
        return port == null ? 0 : (int) port.traffic().tag();
    }

    private long address(int index, int word) {
        return memory.address(blocks.get(index / RECORDS))
                + CounterMemory.LINE
                + (long) RECORD * (index % RECORDS)
                + 8L * word;
    }

    private long get(int index, int word) {
        return Memory.getLongAcquire(address(index, word));
    }

    private void put(int index, int word, long value) {
        memory.store(address(index, word), value);
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
            long others = get(index, 1) & ~(0xffL << 48);
            LinkRecords.this.put(index, 1, others | (long) state.ordinal() << 48);
        }

        private void ports(int tagA, int tagB) {
            LinkRecords.this.put(index, PORTS, tagA & 0xffffffffL | (long) tagB << 32);
            LinkRecords.this.put(index, 1, get(index, 1) | TAGGED);
        }

        int portA() {
            return (int) get(index, PORTS);
        }

        int portB() {
            return (int) (get(index, PORTS) >>> 32);
        }

        void free() {
            LinkRecords.this.put(index, 0, 0);
            free.add(index);
        }

        private int path(boolean fromA) {
            return (int) (get(index, PATHS) >>> (fromA ? 0 : 32));
        }

        // The word of both paths, with another one of the two.
        private long paths(boolean fromA, PathNotes.Note note) {
            long block = note == null ? 0 : note.block();
            long both = get(index, PATHS);
            return fromA
                    ? both & 0xffff_ffff_0000_0000L | block
                    : both & 0xffff_ffffL | block << 32;
        }

        private long owner(boolean fromA) {
            return 2 * region() + (fromA ? 0 : 1);
        }

        /// Notes what a link of this channel is.
        ///
        /// @param fromA whether its sender is side A
        /// @param changes what it changes together with
        void save(Link link, boolean fromA, RedoLog changes) {
            int at = fromA ? A_TO_B : B_TO_A;
            SenderCounters counters = link.counters;
            boolean isNoted = link.noted != null && link.noted.is(link.path, owner(fromA));
            // Marks may be between patch ports when all is counted.
            boolean isWanted = counters != null || !link.path.patches().isEmpty();
            if (isWanted && !isNoted) {
                link.noted = paths.write(link.path, owner(fromA));
            }
            put(changes, PATHS, paths(fromA, isWanted ? link.noted : null));
            long todo = 0;
            for (LinkMachine.Command c : link.todo) {
                todo |= 1L << c.ordinal();
            }
            put(changes, at, 1 | (long) link.situation().bits() << 8 | todo << 32);
            put(changes, at + 1, link.epoch);
            put(changes, at + 2, link.command);
            put(changes, at + 3, link.limit);
            put(changes, at + 4, link.limitCursor);
            put(changes, at + 5, (counters == null ? 0 : OPEN) | (link.begun ? BEGUN : 0));
            put(changes, at + 6, counters == null ? 0 : counters.basePackets());
            put(changes, at + 7, counters == null ? 0 : counters.baseBytes());
            put(changes, at + 8, link.writtenBefore);
            put(changes, at + 9, link.deliveredBefore);
            put(changes, at + 10, link.deliveredBytesBefore);
            put(changes, at + 11, link.totalPackets);
            put(changes, at + 12, link.totalBytes);
            put(changes, at + 13, link.activations);
        }

        private void put(RedoLog changes, int word, long value) {
            if (get(index, word) != value) {
                changes.put(address(index, word), value);
            }
        }

        void drop(boolean fromA) {
            LinkRecords.this.put(index, fromA ? A_TO_B : B_TO_A, 0);
        }

        boolean has(boolean fromA) {
            return (get(index, fromA ? A_TO_B : B_TO_A) & 1) != 0;
        }

        /// Makes a link what it was.
        void restore(Link link, boolean fromA) {
            int at = fromA ? A_TO_B : B_TO_A;
            link.resume(LinkMachine.Situation.of((int) (get(index, at) >>> 8) & 0xffffff));
            long todo = get(index, at) >>> 32;
            for (LinkMachine.Command c : LinkMachine.Command.values()) {
                if ((todo & 1L << c.ordinal()) != 0) {
                    link.todo.add(c); // steps name them in this order
                }
            }
            link.epoch = (int) get(index, at + 1);
            link.command = get(index, at + 2);
            link.limit = get(index, at + 3);
            link.limitCursor = get(index, at + 4);
            link.noted = resolved.remove(owner(fromA));
            if (link.noted != null) {
                link.path = link.noted.path;
            }
            link.begun = (get(index, at + 5) & BEGUN) != 0;
            if ((get(index, at + 5) & OPEN) != 0) {
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
