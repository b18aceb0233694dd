package org.skyway.vswitch.datapath;

import java.util.Arrays;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.pipeline.Frozen;

/// Megaflows by their matches: a hash table for each mask, looked through one after another, the
/// most used first (tuple-space search). No two that are valid contradict each other, so the first
/// one found is right. Belongs to one poll thread; a look-up does not allocate.
final class MegaflowTable {
    /// All megaflows of one mask.
    static final class Subtable {
        private final int[] words;
        private final long[] masks;
        private Megaflow[] buckets = new Megaflow[8];
        private int size;
        private long hits;

        private Subtable(Match match) {
            words = new int[Long.bitCount(match.words())];
            masks = new long[words.length];
            int i = 0;
            for (long rest = match.words(); rest != 0; rest &= rest - 1) {
                words[i] = Long.numberOfTrailingZeros(rest);
                masks[i] = match.mask(words[i]);
                i++;
            }
        }

        private boolean isOf(Match match) {
            if (Long.bitCount(match.words()) != words.length) {
                return false;
            }
            for (int i = 0; i < words.length; i++) {
                if (match.mask(words[i]) != masks[i]) {
                    return false;
                }
            }
            return true;
        }

        private Megaflow find(long[] key, Frozen rest, long seed) {
            long h = seed;
            for (int i = 0; i < words.length; i++) {
                h = HashSeed.mix(h, key[words[i]] & masks[i]);
            }
            search:
            for (Megaflow m = buckets[(int) h & buckets.length - 1]; m != null; m = m.next) {
                if (m.hash != h || m.rest != rest) {
                    continue;
                }
                long[] values = m.values;
                for (int i = 0; i < words.length; i++) {
                    if ((key[words[i]] & masks[i]) != values[i]) {
                        continue search;
                    }
                }
                return m;
            }
            return null;
        }

        private void add(Megaflow flow) {
            if (size >= buckets.length) {
                Megaflow[] old = buckets;
                buckets = new Megaflow[2 * old.length];
                for (Megaflow chain : old) {
                    for (Megaflow m = chain; m != null; ) {
                        Megaflow next = m.next;
                        link(m);
                        m = next;
                    }
                }
            }
            link(flow);
            size++;
        }

        private void link(Megaflow m) {
            int i = (int) m.hash & buckets.length - 1;
            m.next = buckets[i];
            buckets[i] = m;
        }

        private void remove(Megaflow flow) {
            int i = (int) flow.hash & buckets.length - 1;
            Megaflow before = null;
            for (Megaflow m = buckets[i]; m != flow; m = m.next) {
                before = m;
            }
            if (before == null) {
                buckets[i] = flow.next;
            } else {
                before.next = flow.next;
            }
            flow.next = null;
            size--;
        }
    }

    private Subtable[] subtables = new Subtable[0];
    private Megaflow stale; // found, but not valid any more

    /// Finds the megaflow of a packet.
    ///
    /// @param key the packet's
    /// @param rest what is left to do, null if it was not begun
    /// @param epoch of now
    /// @return null if there is none that is valid
    Megaflow lookup(long[] key, Frozen rest, long epoch) {
        long seed = seed(rest);
        Subtable[] all = subtables;
        for (int i = 0; i < all.length; i++) {
            Subtable s = all[i];
            Megaflow found = s.find(key, rest, seed);
            if (found != null && !found.isValid(epoch)) {
                stale = found;
                continue;
            }
            if (found != null) {
                s.hits++;
                if (i > 0 && s.hits > all[i - 1].hits) {
                    all[i] = all[i - 1];
                    all[i - 1] = s;
                }
                return found;
            }
        }
        return null;
    }

    // Of its identity: each that was made is another one.
    private static long seed(Frozen rest) {
        return rest == null
                ? HashSeed.VALUE
                : HashSeed.mix(HashSeed.VALUE, System.identityHashCode(rest));
    }

    /// A megaflow that look-ups have found and that is not valid any more, to be removed. There is
    /// never more than one of a match, if it is removed before the next is added.
    ///
    /// @return it, once; null if there is none
    Megaflow takeStale() {
        Megaflow found = stale;
        stale = null;
        return found;
    }

    /// Adds a megaflow.
    void add(Megaflow flow) {
        Subtable s = null;
        for (Subtable each : subtables) {
            if (each.isOf(flow.match)) {
                s = each;
                break;
            }
        }
        if (s == null) {
            s = new Subtable(flow.match);
            subtables = Arrays.copyOf(subtables, subtables.length + 1);
            subtables[subtables.length - 1] = s;
        }
        long[] values = new long[s.words.length];
        long h = seed(flow.rest);
        for (int i = 0; i < values.length; i++) {
            values[i] = flow.match.value(s.words[i]);
            h = HashSeed.mix(h, values[i]);
        }
        flow.values = values;
        flow.hash = h;
        s.add(flow);
        flow.subtable = s;
    }

    /// Removes a megaflow.
    void remove(Megaflow flow) {
        Subtable s = flow.subtable;
        if (s == null) {
            return; // memory ended while it was added
        }
        s.remove(flow);
        flow.subtable = null;
        if (s.size == 0) {
            subtables = Arrays.stream(subtables).filter(each -> each != s).toArray(Subtable[]::new);
        }
    }

    /// How many masks there are.
    int subtables() {
        return subtables.length;
    }
}
