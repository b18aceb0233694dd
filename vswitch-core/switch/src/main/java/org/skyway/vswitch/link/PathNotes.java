package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// Who counts what is sent on a link, noted for the next switch, which may find that the rules do
/// not make it a link any more. A block for each link whose sender's counters are not settled;
/// never changed once a record names it. Ofproto thread.
///
/// ```
/// offset      bytes  field
///      0          8  entries, groups << 16, tables << 32: how many
///      8          8  sum over whose it is and what follows
///     24          8  tag (CounterMemory)
///     64          …  tags of the entries' counters, of the groups', and numbers of tables that are
///                    looked up; 8 bytes each
/// ```
final class PathNotes {
    private static final int SUM = 8;
    private static final int FIRST = CounterMemory.LINE;
    private static final int MOST = 1 << 12; // of all that counts on a path

    private final CounterMemory memory;

    PathNotes(CounterMemory memory) {
        this.memory = memory;
    }

    /// A path that is noted, as long as somebody has this.
    static final class Note {
        final LinkPath path;
        private final long owner;
        private int block; // where; 0 if it goes with the process

        private Note(LinkPath path, long owner) {
            this.path = path;
            this.owner = owner;
        }

        boolean is(LinkPath other, long ofOwner) {
            return path == other && owner == ofOwner;
        }

        int block() {
            return block;
        }
    }

    /// What was noted of a path: tags of counters as the switch before had them.
    record Tags(List<Long> entries, List<Long> groups, List<Integer> lookups) {
        /// The path that this is here.
        ///
        /// @param entry the entry that has such counters now; null if it is gone
        /// @param group the counters; null if they are gone
        LinkPath path(LongFunction<FlowEntry> entry, LongFunction<FlowCounters> group) {
            return new LinkPath(found(entries, entry), lookups, found(groups, group));
        }

        private static <T> List<T> found(List<Long> tags, LongFunction<T> all) {
            List<T> found = new ArrayList<>();
            for (long tag : tags) {
                T now = all.apply(tag);
                if (now != null) {
                    found.add(now);
                }
            }
            return found;
        }
    }

    /// Notes a path.
    ///
    /// @param owner what tells its link from others
    Note write(LinkPath path, long owner) {
        Note note = new Note(path, owner);
        List<Long> words = new ArrayList<>();
        path.entries().forEach(e -> words.add(e.counters().tag()));
        path.groups().forEach(c -> words.add(c.tag()));
        path.lookups().forEach(table -> words.add((long) table));
        if (!memory.hasFile() || words.size() > MOST) {
            return note;
        }
        int lines = 1 + (8 * words.size() + CounterMemory.LINE - 1) / CounterMemory.LINE;
        int block = memory.allocate(note, lines);
        if (!memory.isLasting(block)) {
            return note;
        }
        long address = memory.address(block);
        long counts =
                path.entries().size()
                        | (long) path.groups().size() << 16
                        | (long) path.lookups().size() << 32;
        Memory.putLong(address, counts);
        for (int i = 0; i < words.size(); i++) {
            Memory.putLong(address + FIRST + 8L * i, words.get(i));
        }
        Memory.putLong(address + SUM, sum(owner, counts, words));
        note.block = block;
        return note;
    }

    /// Reads what the switch before has noted.
    ///
    /// @param owner what tells the link from others
    /// @return null if that is not there
    static Tags read(SavedCounters saved, int block, long owner) {
        if (block <= 0) {
            return null;
        }
        long tag = saved.tag(block);
        long counts = saved.word(block, tag, 0);
        int entries = (int) counts & 0xffff;
        int groups = (int) (counts >>> 16) & 0xffff;
        int lookups = (int) (counts >>> 32) & 0xffff;
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, entries + groups + lookups); i++) {
            words.add(saved.word(block, tag, FIRST + 8 * i));
        }
        boolean whole = words.size() == entries + groups + lookups;
        if (!whole || saved.word(block, tag, SUM) != sum(owner, counts, words)) {
            return null;
        }
        return new Tags(
                words.subList(0, entries),
                words.subList(entries, entries + groups),
                words.subList(entries + groups, words.size()).stream()
                        .map(Long::intValue)
                        .toList());
    }

    private static long sum(long owner, long counts, List<Long> words) {
        long sum = 31 * owner + counts;
        for (long word : words) {
            sum = 31 * sum + word;
        }
        return sum | 1; // a block of zeros is none
    }
}
