package org.skyway.pipeline.classifier;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.skyway.openflow.model.Match;

/// A table of prioritised matches, of which there are versions, as in Open vSwitch's classifier.
///
/// One thread writes, and says in which version its change is to be seen first; look-ups may run on
/// others at the same time, each in a version of its choice. So a change is seen whole or not at
/// all, however many entries it is made of. What was removed stays for those who look up in an
/// earlier version, until [#reclaim].
///
/// A table of one thread needs no versions: [#put(Match, int, Object)], [#remove(Match, int)] and
/// [#lookup(long\[\], long\[\])] do without.
///
/// @param <T> what a match stands for
public final class TupleTable<T> {
    /// The version in which all changes can be seen, those that were made for a later one too.
    public static final long NEWEST = Node.NEVER - 1;

    /// Of a table that has none.
    private static final long ONLY = 0;

    /// How many entries are taken out of the ranking one by one. Each may copy it, which for
    /// thousands of masks is much; of more, it is made anew once.
    private static final int FEW = 8;

    private final Map<Mask, Tuple<T>> byMask = new HashMap<>(); // writer only
    private final ArrayDeque<Node<T>> removed = new ArrayDeque<>(0); // by version; writer only
    private volatile Ranking<T> ranking = Ranking.empty();
    private final Arrivals<T> arrivals = new Arrivals<>();
    private Tuple<T> recent; // the one that was asked for last, which is most often the next, too

    /// An empty table.
    public TupleTable() {}

    /// Adds an entry, or replaces the one with the same match and priority, in every version.
    ///
    /// @param match which keys
    /// @param priority 0 or more; the highest that matches wins; among equals, any
    /// @param value what it stands for
    public void put(Match match, int priority, T value) {
        put(match, priority, value, ONLY);
    }

    /// Adds an entry, or replaces the one with the same match and priority.
    ///
    /// @param match which keys
    /// @param priority 0 or more; the highest that matches wins; among equals, any
    /// @param value what it stands for
    /// @param version the first in which it is so; not lower than in any call before
    /// @return where it lies
    public Place put(Match match, int priority, T value, long version) {
        Tuple<T> tuple = tuple(match);
        if (tuple == null) {
            Mask mask = Mask.of(match);
            tuple = new Tuple<>(mask, this, arrivals);
            byMask.put(mask, tuple);
            recent = tuple;
        }
        int before = tuple.maxPriority();
        Node<T> fresh = tuple.put(match, priority, value, version);
        ranking = ranking.with(tuple, before);
        return fresh;
    }

    // Null if there is none with its mask.
    private Tuple<T> tuple(Match match) {
        if (recent == null || !recent.mask().isOf(match)) {
            recent = byMask.get(Mask.of(match));
        }
        return recent;
    }

    private void forget(Tuple<T> empty) {
        byMask.remove(empty.mask());
        if (recent == empty) {
            recent = null;
        }
    }

    /// Removes an entry, in every version.
    ///
    /// @param match its match
    /// @param priority its priority
    /// @return whether there was one
    public boolean remove(Match match, int priority) {
        return remove(match, priority, ONLY);
    }

    /// Removes an entry.
    ///
    /// @param match its match
    /// @param priority its priority
    /// @param version the first in which it is gone; not lower than in any call before
    /// @return whether there was one
    public boolean remove(Match match, int priority, long version) {
        Tuple<T> tuple = tuple(match);
        return removeAt(tuple == null ? null : tuple.find(match, priority), version);
    }

    /// Removes an entry.
    ///
    /// @param place where it lies, or lay, here or elsewhere; null for nowhere
    /// @param version the first in which it is gone; not lower than in any call before
    /// @return whether it was still there
    public boolean removeAt(Place place, long version) {
        if (!(place instanceof Node<?> node) || node.tuple.table() != this || !node.isLive()) {
            return false;
        }
        @SuppressWarnings("unchecked") // all of this table's are
        Node<T> old = (Node<T>) node;
        old.tuple.remove(old, version);
        discard(old);
        return true;
    }

    /// Removes all entries.
    ///
    /// @param version the first in which they are gone; not lower than in any call before
    public void removeAll(long version) {
        // What can fail for want of memory comes first, and changes nothing then.
        List<Node<T>> all = arrivals.nodes();
        removed.addAll(all);
        arrivals.leave();
        for (Node<T> node : all) {
            node.leave(version);
        }
        for (Tuple<T> tuple : byMask.values()) {
            tuple.leave(version);
        }
    }

    // What came and went within one version nobody can see.
    void discard(Node<T> old) {
        if (old.isInAny()) {
            removed.add(old);
        } else {
            drop(old);
        }
    }

    private void drop(Node<T> node) {
        Tuple<T> tuple = node.tuple;
        int before = tuple.maxPriority();
        tuple.drop(node);
        ranking = ranking.with(tuple, before);
        if (tuple.isEmpty()) {
            forget(tuple);
        }
    }

    /// Drops what no reader sees that began with a version or a later one. Writer only, when all
    /// readers of earlier versions are done.
    ///
    /// @param oldest the version
    /// @param most how many to drop at most
    /// @return how many were dropped; fewer than `most` if no more are left
    public int reclaim(long oldest, int most) {
        int dropped = 0;
        while (dropped < FEW && dropped < most && isDue(oldest)) {
            drop(removed.poll());
            dropped++;
        }
        if (dropped == most || !isDue(oldest)) {
            return dropped;
        }
        while (dropped < most && isDue(oldest)) {
            Node<T> next = removed.poll();
            next.tuple.drop(next);
            if (next.tuple.isEmpty()) {
                forget(next.tuple);
            }
            dropped++;
        }
        ranking = ranking.renewed();
        return dropped;
    }

    private boolean isDue(long oldest) {
        return !removed.isEmpty() && removed.peek().removed() <= oldest;
    }

    /// Finds the entry with exactly this match and priority in the newest version. Writer only.
    ///
    /// @param match its match
    /// @param priority its priority
    /// @return its value, or null if there is none
    public T get(Match match, int priority) {
        Tuple<T> tuple = tuple(match);
        Node<T> node = tuple == null ? null : tuple.find(match, priority);
        return node == null ? null : node.value;
    }

    /// The entries that are there now, in the order in which they came; one that replaces another
    /// has its place. Writer only.
    ///
    /// @return a view, which must not be gone through while the table changes
    public Collection<T> values() {
        return arrivals;
    }

    /// The entries that some packets may match in the newest version, by descending priority; those
    /// of equal priority in no order. Writer only.
    ///
    /// @param packets which; must not change while the iterator is in use, nor may the table
    /// @param work is told of each step that it takes to find them; may throw what ends the search
    /// @return the entries
    public Iterator<T> overlapping(PacketSet packets, LongConsumer work) {
        return new OverlapWalk<>(ranking, packets, Integer.MAX_VALUE, work);
    }

    /// Whether a packet could match an entry of some priority, and a match as well. Writer only.
    ///
    /// @param match the match
    /// @param priority the priority
    /// @return true if so, in the newest version
    public boolean overlaps(Match match, int priority) {
        PacketSet packets = PacketSet.of(match);
        return new OverlapWalk<>(ranking, packets, priority, steps -> {}).priority() == priority;
    }

    /// How many entries there are in the newest version. Writer only.
    ///
    /// @return entries
    public int size() {
        return arrivals.size();
    }

    /// Finds the entry of highest priority that a key matches in the newest version. Does not
    /// allocate.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param examined [org.skyway.openflow.model.FlowKey#WORDS] masks, to which every bit is added
    ///   that the answer depends on; null if nobody wants to know
    /// @return the entry's value, or null if none matches
    public T lookup(long[] key, long[] examined) {
        return lookup(key, examined, NEWEST, Integer.MAX_VALUE);
    }

    /// Finds the entry of highest priority that a key matches. Does not allocate.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param examined as for [#lookup(long\[\], long\[\])]
    /// @param version the version to look in
    /// @param below only lower priorities count
    /// @return the entry's value, or null if none matches
    public T lookup(long[] key, long[] examined, long version, int below) {
        Ranking<T> ranked = ranking;
        Tuple<T>[] tuples = ranked.tuples;
        T best = null;
        int bestPriority = -1;
        for (int i = 0; i < tuples.length && ranked.priorities[i] > bestPriority; i++) {
            Tuple<T> tuple = tuples[i];
            if (tuple.mayHold(key, examined, version)) {
                Node<T> hit = tuple.find(key, below, version);
                if (hit != null && hit.priority > bestPriority) {
                    best = hit.value;
                    bestPriority = hit.priority;
                }
            }
        }
        return best;
    }

    /// Finds all entries of one priority that a key matches.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @param priority the priority
    /// @param examined as for [#lookup(long\[\], long\[\])]
    /// @param version the version to look in
    /// @param found receives their values
    public void collect(
            long[] key, int priority, long[] examined, long version, List<? super T> found) {
        Ranking<T> ranked = ranking;
        for (int i = 0; i < ranked.tuples.length && ranked.priorities[i] >= priority; i++) {
            Tuple<T> tuple = ranked.tuples[i];
            if (tuple.mayHold(key, examined, version)) {
                Node<T> hit = tuple.find(key, priority + 1, version);
                if (hit != null && hit.priority == priority) {
                    found.add(hit.value);
                }
            }
        }
    }
}
