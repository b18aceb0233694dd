package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.PatchPort;

/// Who counts what is sent on a link, noted for the next switch, which may find that the rules do
/// not make it a link any more. A block for each link whose sender's counters are not settled;
/// never changed once a record names it. Ofproto thread.
///
/// ```
/// offset      bytes  field
///      0          8  entries, groups << 16, tables << 32, words of further hops << 48: how many
///      8          8  sum over whose it is and what follows
///     24          8  tag (CounterMemory)
///     64          …  the hop in the sender's bridge; then, for each further hop, words of 8 bytes:
///                      tag of the counters of the patch port by which packets leave the bridge
///                      before, tag of those of the port by which they come; entries, groups << 16,
///                      tables << 32; the hop
/// a hop           …  tags of the entries' counters, of the groups', and numbers of tables that are
///                    looked up; words of 8 bytes
/// ```
final class PathNotes {
    private static final int SUM = 8;
    private static final int FIRST = CounterMemory.LINE;
    private static final int MOST = 1 << 12; // of all that counts on a path
    private static final int PORTS = 2; // words before a further hop

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
    ///
    /// @param hops in order
    record Tags(List<Hop> hops) {
        /// @param out of the patch port by which packets left the bridge before; 0 for none
        /// @param in of the patch port by which they came; 0 for none
        record Hop(
                long out, long in, List<Long> entries, List<Long> groups, List<Integer> lookups) {}

        /// The path that this is here.
        ///
        /// @param now who has such counters now
        LinkPath path(LinkRecords.Counting now) {
            List<LinkPath.Hop> path = new ArrayList<>();
            for (int i = 0; i < hops.size(); i++) {
                Hop h = hops.get(i);
                PatchPort out = i + 1 == hops.size() ? null : now.patch(hops.get(i + 1).out);
                path.add(
                        new LinkPath.Hop(
                                i == 0 ? null : now.patch(h.in),
                                found(h.entries, now::entry),
                                h.lookups,
                                found(h.groups, now::group),
                                out));
            }
            return new LinkPath(path);
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
        long counts = 0;
        int first = 0; // words
        for (int i = 0; i < path.hops().size(); i++) {
            LinkPath.Hop hop = path.hops().get(i);
            if (i == 0) {
                counts = counts(hop);
            } else {
                words.add(tag(path.hops().get(i - 1).out()));
                words.add(tag(hop.in()));
                words.add(counts(hop));
            }
            hop.entries().forEach(e -> words.add(e.counters().tag()));
            hop.groups().forEach(c -> words.add(c.tag()));
            hop.lookups().forEach(table -> words.add((long) table));
            first = i == 0 ? words.size() : first;
        }
        if (!memory.hasFile() || words.size() > MOST) {
            return note;
        }
        counts |= (long) (words.size() - first) << 48;
        int lines = 1 + (8 * words.size() + CounterMemory.LINE - 1) / CounterMemory.LINE;
        int block = memory.allocate(note, lines);
        if (!memory.isLasting(block)) {
            return note;
        }
        long address = memory.address(block);
        Memory.putLong(address, counts);
        for (int i = 0; i < words.size(); i++) {
            Memory.putLong(address + FIRST + 8L * i, words.get(i));
        }
        Memory.putLong(address + SUM, sum(owner, counts, words));
        note.block = block;
        return note;
    }

    private static long tag(PatchPort port) {
        return port == null ? 0 : port.traffic().tag();
    }

    private static long counts(LinkPath.Hop hop) {
        return hop.entries().size()
                | (long) hop.groups().size() << 16
                | (long) hop.lookups().size() << 32;
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
        int more = (int) (counts >>> 48);
        int all = words(counts) + more;
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST, all); i++) {
            words.add(saved.word(block, tag, FIRST + 8 * i));
        }
        if (words.size() != all || saved.word(block, tag, SUM) != sum(owner, counts, words)) {
            return null;
        }
        List<Tags.Hop> hops = new ArrayList<>();
        hops.add(hop(0, 0, counts, words, 0));
        for (int at = words(counts); at < all; ) {
            if (at + PORTS >= all || at + PORTS + 1 + words(words.get(at + PORTS)) > all) {
                return null;
            }
            long its = words.get(at + PORTS);
            hops.add(hop(words.get(at), words.get(at + 1), its, words, at + PORTS + 1));
            at += PORTS + 1 + words(its);
        }
        return new Tags(hops);
    }

    private static int words(long counts) {
        return ((int) counts & 0xffff)
                + ((int) (counts >>> 16) & 0xffff)
                + ((int) (counts >>> 32) & 0xffff);
    }

    private static Tags.Hop hop(long out, long in, long counts, List<Long> words, int from) {
        int entries = (int) counts & 0xffff;
        int groups = (int) (counts >>> 16) & 0xffff;
        return new Tags.Hop(
                out,
                in,
                words.subList(from, from + entries),
                words.subList(from + entries, from + entries + groups),
                words.subList(from + entries + groups, from + words(counts)).stream()
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
