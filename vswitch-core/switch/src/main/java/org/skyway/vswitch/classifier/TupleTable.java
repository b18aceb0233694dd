package org.skyway.vswitch.classifier;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.Match;

/// A table of prioritised matches. [#put] and [#remove] belong to one thread; [#lookup] may run on
/// others at the same time and sees each change whole, at some time after it was made.
///
/// @param <T> what a match stands for
public final class TupleTable<T> {
    private final Map<Mask, Tuple<T>> byMask = new HashMap<>(); // writer only
    private volatile Tuple<T>[] tuples = empty(); // by highest priority, descending
    private int size;

    /// An empty table.
    public TupleTable() {}

    /// A match mask as a map key.
    private record Mask(long words, long[] masks) {
        static Mask of(Match match) {
            long[] masks = new long[Long.bitCount(match.words())];
            int i = 0;
            for (long rest = match.words(); rest != 0; rest &= rest - 1) {
                masks[i++] = match.mask(Long.numberOfTrailingZeros(rest));
            }
            return new Mask(match.words(), masks);
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Mask m && words == m.words && Arrays.equals(masks, m.masks);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(words) + Arrays.hashCode(masks);
        }
    }

    /// Adds an entry, or replaces the one with the same match and priority.
    ///
    /// @param match which keys
    /// @param priority the highest that matches wins; among equals, any
    /// @param value what it stands for
    public void put(Match match, int priority, T value) {
        Mask mask = Mask.of(match);
        Tuple<T> tuple = byMask.get(mask);
        boolean fresh = tuple == null;
        if (fresh) {
            tuple = new Tuple<>(match);
            byMask.put(mask, tuple);
        }
        int before = tuple.maxPriority();
        if (tuple.put(match, priority, value)) {
            size++;
        }
        if (fresh || tuple.maxPriority() != before) {
            sort();
        }
    }

    /// Removes an entry.
    ///
    /// @param match its match
    /// @param priority its priority
    /// @return whether there was one
    public boolean remove(Match match, int priority) {
        Mask mask = Mask.of(match);
        Tuple<T> tuple = byMask.get(mask);
        if (tuple == null) {
            return false;
        }
        int before = tuple.maxPriority();
        if (!tuple.remove(match, priority)) {
            return false;
        }
        size--;
        if (tuple.size() == 0) {
            byMask.remove(mask);
            sort();
        } else if (tuple.maxPriority() != before) {
            sort();
        }
        return true;
    }

    /// Finds the entry with exactly this match and priority. Writer only.
    ///
    /// @param match its match
    /// @param priority its priority
    /// @return its value, or null if there is none
    public T get(Match match, int priority) {
        Tuple<T> tuple = byMask.get(Mask.of(match));
        return tuple == null ? null : tuple.get(match, priority);
    }

    /// Removes everything.
    public void clear() {
        byMask.clear();
        size = 0;
        tuples = empty();
    }

    /// How many entries there are. Writer only.
    ///
    /// @return entries
    public int size() {
        return size;
    }

    /// Finds the entry of highest priority that a key matches. Does not allocate.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param examined [org.skyway.openflow.model.FlowKey#WORDS] masks, to which every bit is added
    ///   that the answer depends on; null if nobody wants to know
    /// @return the entry's value, or null if none matches
    public T lookup(long[] key, long[] examined) {
        return lookupBelow(key, examined, Integer.MAX_VALUE);
    }

    /// The same among the entries below a priority.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param examined as for [#lookup]
    /// @param below only lower priorities count
    /// @return the entry's value, or null if none matches
    public T lookupBelow(long[] key, long[] examined, int below) {
        T best = null;
        int bestPriority = -1;
        for (Tuple<T> tuple : tuples) {
            if (tuple.maxPriority() <= bestPriority) {
                break;
            }
            if (!tuple.mayHold(key, examined)) {
                continue;
            }
            Node<T> hit = tuple.find(key, below);
            if (hit != null && hit.priority > bestPriority) {
                best = hit.value;
                bestPriority = hit.priority;
            }
        }
        return best;
    }

    /// Finds all entries of one priority that a key matches.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param priority the priority
    /// @param examined as for [#lookup]
    /// @param found receives their values
    public void collect(long[] key, int priority, long[] examined, List<? super T> found) {
        for (Tuple<T> tuple : tuples) {
            if (tuple.maxPriority() < priority) {
                break;
            }
            if (tuple.mayHold(key, examined)) {
                Node<T> hit = tuple.find(key, priority + 1);
                if (hit != null && hit.priority == priority) {
                    found.add(hit.value);
                }
            }
        }
    }

    private void sort() {
        Tuple<T>[] sorted = byMask.values().toArray(empty());
        Arrays.sort(sorted, Comparator.comparingInt((Tuple<T> t) -> t.maxPriority()).reversed());
        tuples = sorted;
    }

    @SuppressWarnings("unchecked")
    private static <T> Tuple<T>[] empty() {
        return (Tuple<T>[]) new Tuple<?>[0];
    }
}
