package org.skyway.pipeline.classifier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// All entries of a table that have the same mask: a hash table from masked values to lists of
/// entries ([Node]). One writer, many readers.
///
/// The hash table has open addresses: a place holds the first entry of a match, or what says that
/// there was one, or nothing. Readers go on from place to place until there is nothing. A bigger
/// table is made beside the old one, which stays as it is for those who read it.
final class Tuple<T> {
    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Node[].class);
    private static final VarHandle UNTIL = MethodHandles.arrayElementVarHandle(long[].class);
    static final long IN_PORT_MASK = 0xffff_ffff_0000_0000L;
    private static final int LEAST_PLACES = 8;

    /// So many entries are compared one by one sooner than they are found by what is known.
    private static final int FEW = 4;

    /// After so many steps along the entries of one match these get an index.
    private static final int LONG_WAY = 16;

    /// Where there was an entry.
    private static final Node<?> GONE =
            new Node<>(null, 0, new long[0], -1, null, null, Node.NEVER);

    private final Mask mask;
    private final int[] words;
    private final long[] masks;
    private final boolean exactInPort;

    // For each ingress port, by its low 16 bits, the first version in which no entry wants it any
    // more; grows with the largest of them.
    private volatile long[] wantedUntil = new long[0];
    private volatile long liveUntil; // the first version that has no entry any more
    private volatile Node<T>[] places = newPlaces(LEAST_PLACES);

    // Writer only from here.
    private int[] inPorts = new int[0]; // how many entries want each ingress port
    private final TupleTable<T> table;
    private final Arrivals<T> arrivals;
    private final Priorities<T> priorities = new Priorities<>();
    private final Projections<T> projections;
    private final long[] known; // scratch, by position in words
    private final long[] knownValues; // scratch, by position in words
    private final Map<long[], TreeMap<Integer, Node<T>>> indexes = new IdentityHashMap<>(0);
    private int used; // places that hold something, or did
    private int matches; // places that hold something
    private int size;
    private int live;

    /// @param table that it is part of
    /// @param arrivals the entries of that
    Tuple(Mask mask, TupleTable<T> table, Arrivals<T> arrivals) {
        this.mask = mask;
        this.table = table;
        this.arrivals = arrivals;
        words = mask.words();
        masks = mask.bits();
        exactInPort = mask.isExactInPort();
        projections = new Projections<>(mask, priorities);
        known = new long[words.length];
        knownValues = new long[words.length];
    }

    TupleTable<T> table() {
        return table;
    }

    Mask mask() {
        return mask;
    }

    /// Whether there is nothing, for readers of any version.
    boolean isEmpty() {
        return size == 0;
    }

    /// The highest priority that any reader can find here; -1 if there is nothing. Writer only.
    int maxPriority() {
        return priorities.highest();
    }

    // ---- readers

    /// Whether a lookup here can find anything, and what that depends on. A tuple in which no entry
    /// wants the packet's ingress port is passed over on that ground alone, so that rules about
    /// other ports do not make this port's traffic depend on header fields.
    boolean mayHold(long[] key, long[] examined, long version) {
        if (liveUntil <= version) {
            return false;
        }
        if (exactInPort && !anyWants(key[FlowKey.IN_PORT], version)) {
            if (examined != null) {
                examined[FlowKey.IN_PORT] |= IN_PORT_MASK;
            }
            return false;
        }
        if (examined != null) {
            for (int i = 0; i < words.length; i++) {
                examined[words[i]] |= masks[i];
            }
        }
        return true;
    }

    private boolean anyWants(long inPortWord, long version) {
        long[] until = wantedUntil;
        int port = portIndex(inPortWord);
        return port < until.length && (long) UNTIL.getAcquire(until, port) > version;
    }

    private static int portIndex(long inPortWord) {
        return (int) (inPortWord >>> 32) & 0xffff;
    }

    /// Finds the entry of highest priority below one that a key matches.
    @SuppressWarnings("unchecked")
    Node<T> find(long[] key, int below, long version) {
        long h = 0;
        for (int i = 0; i < words.length; i++) {
            h += Seeds.of(words[i], key[words[i]] & masks[i]);
        }
        h = Seeds.spread(h);
        Node<T>[] p = places;
        int mask = p.length - 1;
        for (int at = (int) h & mask; ; at = at + 1 & mask) {
            Node<T> n = (Node<T>) PLACE.getAcquire(p, at);
            if (n == null) {
                return null;
            }
            if (n.hash == h && n != GONE && wants(n.values, key)) {
                while (n != null && (n.priority >= below || !n.isIn(version))) {
                    n = n.lower();
                }
                return n;
            }
        }
    }

    private boolean wants(long[] values, long[] key) {
        for (int i = 0; i < words.length; i++) {
            if ((key[words[i]] & masks[i]) != values[i]) {
                return false;
            }
        }
        return true;
    }

    // ---- the writer

    /// Adds an entry. The one in whose place it comes is marked as removed, and the table told.
    ///
    /// @param version the first that has it
    /// @return the entry
    Node<T> put(Match match, int priority, T value, long version) {
        long[] values = values(match);
        long hash = hash(values);
        int at = place(hash, values);
        Node<T> first = at < 0 ? null : places[at];
        Node<T> before = first == null ? null : lastDownTo(first, priority);
        boolean same = before != null && before.priority == priority && before.isLive();
        Node<T> old = same ? before : null;
        Node<T> fresh =
                new Node<>(
                        this,
                        hash,
                        first == null ? values : first.values,
                        priority,
                        match,
                        value,
                        version);

        // What can fail for want of memory comes first.
        if (first == null) {
            makeRoom();
        }
        priorities.hold(priority);
        TreeMap<Integer, Node<T>> index = first == null ? null : indexes.get(first.values);
        if (index != null) {
            index.put(priority, fresh);
        }
        want(values, version);
        size++;
        live++;
        liveUntil = Node.NEVER;
        if (old == null) {
            arrivals.add(fresh);
        } else {
            arrivals.replace(old, fresh);
            mark(old, version);
        }
        priorities.add(fresh);
        projections.add(fresh);
        link(fresh, before, first, at);
        if (old != null) {
            table.discard(old);
        }
        return fresh;
    }

    private void link(Node<T> fresh, Node<T> before, Node<T> first, int at) {
        if (before != null) {
            Node<T> after = before.lower();
            fresh.lower(after);
            fresh.higher = before;
            if (after != null) {
                after.higher = fresh;
            }
            before.lower(fresh);
        } else if (first != null) {
            fresh.lower(first);
            first.higher = fresh;
            PLACE.setRelease(places, at, fresh);
        } else {
            insert(places, fresh);
            matches++;
        }
    }

    /// Takes an entry out that no reader sees any more.
    void drop(Node<T> node) {
        TreeMap<Integer, Node<T>> index = indexes.get(node.values);
        Node<T> higher = node.higher;
        Node<T> lower = node.lower();
        if (index != null && index.get(node.priority) == node) {
            if (higher != null && higher.priority == node.priority) {
                index.put(node.priority, higher);
            } else {
                index.remove(node.priority);
            }
        }
        if (lower != null) {
            lower.higher = higher;
        }
        if (higher != null) {
            higher.lower(lower);
        } else {
            int at = place(node);
            if (lower != null) {
                PLACE.setRelease(places, at, lower);
            } else {
                indexes.remove(node.values);
                vacate(at);
            }
        }
        size--;
        priorities.release(node.priority);
    }

    /// The entry that is there now, or null.
    Node<T> find(Match match, int priority) {
        long[] values = values(match);
        int at = place(hash(values), values);
        Node<T> last = at < 0 ? null : lastDownTo(places[at], priority);
        return last != null && last.priority == priority && last.isLive() ? last : null;
    }

    /// Marks an entry as removed. It stays for readers of earlier versions until it is dropped.
    ///
    /// @param version the first that does not have it
    void remove(Node<T> node, long version) {
        arrivals.remove(node);
        mark(node, version);
    }

    private void mark(Node<T> node, long version) {
        node.removed(version);
        priorities.remove(node);
        projections.remove(node);
        if (--live == 0) {
            liveUntil = version;
        }
        if (exactInPort) {
            int port = portIndex(node.values[0]);
            if (--inPorts[port] == 0) {
                UNTIL.setRelease(wantedUntil, port, version);
            }
        }
    }

    /// All entries leave with [Node#leave]. They stay for readers of earlier versions until they
    /// are dropped.
    ///
    /// @param version the first that does not have them
    void leave(long version) {
        if (live == 0) {
            return;
        }
        priorities.removeAll();
        projections.removeAll();
        live = 0;
        liveUntil = version;
        for (int port = 0; port < inPorts.length; port++) {
            if (inPorts[port] > 0) {
                inPorts[port] = 0;
                UNTIL.setRelease(wantedUntil, port, version);
            }
        }
    }

    /// A superset of the entries that are there now and that some packets may match, by descending
    /// priority.
    ///
    /// @param most the highest priority that is wanted
    Iterator<Node<T>> overlapping(PacketSet packets, int most) {
        if (live <= FEW) {
            return priorities.downFrom(most);
        }
        boolean all = true;
        for (int i = 0; i < words.length; i++) {
            known[i] = masks[i] & packets.known(words[i]);
            knownValues[i] = packets.value(words[i]) & known[i];
            all &= known[i] == masks[i];
        }
        if (!all) {
            return projections.find(known, knownValues, most);
        }
        int at = place(hash(knownValues), knownValues);
        return at < 0 ? Collections.emptyIterator() : new AlikeIterator<>(places[at], most);
    }

    /// Those of one match by descending priority.
    private static final class AlikeIterator<T> implements Iterator<Node<T>> {
        private Node<T> next;

        AlikeIterator(Node<T> first, int most) {
            next = first;
            while (next != null && (next.priority > most || !next.isLive())) {
                next = next.lower();
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Node<T> next() {
            Node<T> node = next;
            if (node == null) {
                throw new NoSuchElementException();
            }
            do {
                next = next.lower();
            } while (next != null && !next.isLive());
            return node;
        }
    }

    // A version before the one in which the entry appears sees more than it must.
    private void want(long[] values, long version) {
        if (!exactInPort) {
            return;
        }
        int port = portIndex(values[0]);
        if (port >= inPorts.length) {
            int length = Integer.highestOneBit(port | 15) << 1;
            long[] until = Arrays.copyOf(wantedUntil, length);
            inPorts = Arrays.copyOf(inPorts, length);
            wantedUntil = until;
        }
        inPorts[port]++;
        UNTIL.setRelease(wantedUntil, port, Node.NEVER);
    }

    // The last entry of a match whose priority is not lower, or null: what a new one comes behind.
    private Node<T> lastDownTo(Node<T> first, int priority) {
        TreeMap<Integer, Node<T>> index = indexes.get(first.values);
        if (index != null) {
            Map.Entry<Integer, Node<T>> found = index.ceilingEntry(priority);
            return found == null ? null : found.getValue();
        }
        Node<T> last = null;
        int steps = 0;
        for (Node<T> n = first; n != null && n.priority >= priority; n = n.lower()) {
            last = n;
            steps++;
        }
        if (steps > LONG_WAY) {
            index = new TreeMap<>();
            for (Node<T> n = first; n != null; n = n.lower()) {
                index.put(n.priority, n);
            }
            indexes.put(first.values, index);
        }
        return last;
    }

    // Where the entries of a match are, or -1.
    private int place(long hash, long[] values) {
        Node<T>[] p = places;
        int mask = p.length - 1;
        for (int at = (int) hash & mask; p[at] != null; at = at + 1 & mask) {
            if (p[at].hash == hash && p[at] != GONE && Arrays.equals(p[at].values, values)) {
                return at;
            }
        }
        return -1;
    }

    // Where the hash table has a node: the first of its match.
    private int place(Node<T> node) {
        Node<T>[] p = places;
        int mask = p.length - 1;
        int at = (int) node.hash & mask;
        while (p[at] != node) {
            at = at + 1 & mask;
        }
        return at;
    }

    // Half of the places stay empty, so that ways are short and have an end.
    private void makeRoom() {
        if (2 * (used + 1) <= places.length) {
            return;
        }
        int length = Math.max(LEAST_PLACES, Integer.highestOneBit(matches + 1) * 8);
        Node<T>[] roomy = newPlaces(length);
        used = 0;
        for (Node<T> n : places) {
            if (n != null && n != GONE) {
                insert(roomy, n);
            }
        }
        places = roomy;
    }

    private void insert(Node<T>[] into, Node<T> node) {
        int mask = into.length - 1;
        int at = (int) node.hash & mask;
        while (into[at] != null && into[at] != GONE) {
            at = at + 1 & mask;
        }
        if (into[at] == null) {
            used++;
        }
        PLACE.setRelease(into, at, node);
    }

    // Behind a place that says that there was something there is more, or else it can be empty.
    private void vacate(int place) {
        matches--;
        Node<T>[] p = places;
        int mask = p.length - 1;
        PLACE.setRelease(p, place, GONE);
        for (int at = place; p[at] == GONE && p[at + 1 & mask] == null; at = at - 1 & mask) {
            PLACE.setRelease(p, at, null);
            used--;
        }
    }

    private long[] values(Match match) {
        long[] values = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = match.value(words[i]);
        }
        return values;
    }

    private long hash(long[] values) {
        long h = 0;
        for (int i = 0; i < words.length; i++) {
            h += Seeds.of(words[i], values[i]);
        }
        return Seeds.spread(h);
    }

    @SuppressWarnings("unchecked")
    private static <T> Node<T>[] newPlaces(int n) {
        return (Node<T>[]) new Node<?>[n];
    }
}
