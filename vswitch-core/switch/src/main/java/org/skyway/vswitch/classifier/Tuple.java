package org.skyway.vswitch.classifier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.TreeMap;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// All entries of a table that have the same mask: a hash table from masked values to entries. One
/// writer, many readers; a bucket's chain is never changed in place but replaced.
final class Tuple<T> {
    private static final VarHandle BUCKET = MethodHandles.arrayElementVarHandle(Node[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final long IN_PORT_MASK = 0xffff_ffff_0000_0000L;

    private final int[] words;
    private final long[] masks;
    private final boolean exactInPort;
    // How many entries want each ingress port, by its low 16 bits; grows with the largest of them.
    private volatile int[] inPorts = new int[0];
    private final TreeMap<Integer, Integer> priorities = new TreeMap<>(); // writer only
    private volatile int maxPriority = -1;
    private volatile Node<T>[] buckets = newBuckets(4);
    private int size;

    Tuple(Match match) {
        words = new int[Long.bitCount(match.words())];
        masks = new long[words.length];
        int i = 0;
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            words[i] = Long.numberOfTrailingZeros(rest);
            masks[i] = match.mask(words[i]);
            i++;
        }
        exactInPort = words.length > 0 && words[0] == FlowKey.IN_PORT && masks[0] == IN_PORT_MASK;
    }

    int maxPriority() {
        return maxPriority;
    }

    int size() {
        return size;
    }

    /// Whether a lookup here can find anything, and what that depends on. A tuple in which no entry
    /// wants the packet's ingress port is passed over on that ground alone, so that rules about
    /// other ports do not make this port's traffic depend on header fields.
    boolean mayHold(long[] key, long[] examined) {
        if (exactInPort && !anyWants(key[FlowKey.IN_PORT])) {
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

    private boolean anyWants(long inPortWord) {
        int[] counts = inPorts;
        int port = portIndex(inPortWord);
        return port < counts.length && (int) COUNT.getAcquire(counts, port) != 0;
    }

    private static int portIndex(long inPortWord) {
        return (int) (inPortWord >>> 32) & 0xffff;
    }

    @SuppressWarnings("unchecked")
    Node<T> find(long[] key, int below) {
        long h = 0;
        for (int i = 0; i < words.length; i++) {
            h = mix(h, key[words[i]] & masks[i]);
        }
        h = finish(h);
        Node<T>[] b = buckets;
        Node<T> n = (Node<T>) BUCKET.getAcquire(b, (int) h & (b.length - 1));
        search:
        for (; n != null; n = n.next) {
            if (n.hash != h || n.priority >= below) {
                continue;
            }
            for (int i = 0; i < words.length; i++) {
                if ((key[words[i]] & masks[i]) != n.values[i]) {
                    continue search;
                }
            }
            return n; // chains are ordered by priority
        }
        return null;
    }

    /// Adds or replaces; true if it was added.
    boolean put(Match match, int priority, T value) {
        long[] values = values(match);
        long h = hash(values);
        boolean added = !replaceChain(h, values, priority, value, true);
        if (added) {
            size++;
            priorities.merge(priority, 1, Integer::sum);
            maxPriority = priorities.lastKey();
            countInPort(values, 1);
            if (size > 2 * buckets.length) {
                grow();
            }
        }
        return added;
    }

    boolean remove(Match match, int priority) {
        long[] values = values(match);
        if (!replaceChain(hash(values), values, priority, null, false)) {
            return false;
        }
        size--;
        priorities.computeIfPresent(priority, (p, n) -> n == 1 ? null : n - 1);
        maxPriority = priorities.isEmpty() ? -1 : priorities.lastKey();
        countInPort(values, -1);
        return true;
    }

    @SuppressWarnings("unchecked")
    T get(Match match, int priority) {
        long[] values = values(match);
        long h = hash(values);
        Node<T>[] b = buckets;
        Node<T> n = (Node<T>) BUCKET.getOpaque(b, (int) h & (b.length - 1));
        for (; n != null; n = n.next) {
            if (n.priority == priority && n.hash == h && Arrays.equals(n.values, values)) {
                return n.value;
            }
        }
        return null;
    }

    // Builds the bucket's chain anew without the entry (values, priority) and, if `add`, with
    // `value` in its
    // place. Returns whether the entry was there.
    @SuppressWarnings("unchecked")
    private boolean replaceChain(long h, long[] values, int priority, T value, boolean add) {
        Node<T>[] b = buckets;
        int index = (int) h & (b.length - 1);
        Node<T> old = (Node<T>) BUCKET.getOpaque(b, index);
        boolean found = false;
        int length = 0;
        for (Node<T> n = old; n != null; n = n.next) {
            length++;
        }
        Node<T>[] keep = newBuckets(length + 1);
        int count = 0;
        boolean placed = !add;
        for (Node<T> n = old; n != null; n = n.next) {
            if (n.priority == priority && n.hash == h && Arrays.equals(n.values, values)) {
                found = true;
                continue;
            }
            if (!placed && n.priority < priority) {
                keep[count++] = new Node<>(h, values, priority, value, null);
                placed = true;
            }
            keep[count++] = n;
        }
        if (!placed) {
            keep[count++] = new Node<>(h, values, priority, value, null);
        }
        if (!add && !found) {
            return false;
        }
        Node<T> head = null;
        for (int i = count - 1; i >= 0; i--) {
            Node<T> n = keep[i];
            head = n.next == head ? n : new Node<>(n.hash, n.values, n.priority, n.value, head);
        }
        BUCKET.setRelease(b, index, head);
        return found;
    }

    @SuppressWarnings("unchecked")
    private void grow() {
        Node<T>[] old = buckets;
        Node<T>[] bigger = newBuckets(old.length * 4);
        for (Node<T> chain : old) {
            for (Node<T> n = chain; n != null; n = n.next) {
                int index = (int) n.hash & (bigger.length - 1);
                bigger[index] = append(bigger[index], n);
            }
        }
        buckets = bigger;
    }

    // Old chains are walked from high to low priority, so appending keeps the order only within one
    // old
    // bucket; as a new bucket's entries all come from the same old one, that is enough.
    private static <T> Node<T> append(Node<T> chain, Node<T> n) {
        return chain == null
                ? new Node<>(n.hash, n.values, n.priority, n.value, null)
                : new Node<>(
                        chain.hash,
                        chain.values,
                        chain.priority,
                        chain.value,
                        append(chain.next, n));
    }

    private void countInPort(long[] values, int delta) {
        if (!exactInPort) {
            return;
        }
        int port = portIndex(values[0]);
        int[] counts = inPorts;
        if (port >= counts.length) {
            counts = Arrays.copyOf(counts, Integer.highestOneBit(port | 15) << 1);
            counts[port] += delta;
            inPorts = counts;
        } else {
            COUNT.setRelease(counts, port, counts[port] + delta);
        }
    }

    private long[] values(Match match) {
        long[] values = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = match.value(words[i]);
        }
        return values;
    }

    private static long hash(long[] values) {
        long h = 0;
        for (long v : values) {
            h = mix(h, v);
        }
        return finish(h);
    }

    private static long mix(long h, long v) {
        return (Long.rotateLeft(h, 23) ^ v) * 0x9e3779b97f4a7c15L;
    }

    private static long finish(long h) {
        h = (h ^ (h >>> 32)) * 0xd6e8feb86659fd93L;
        return h ^ (h >>> 29);
    }

    @SuppressWarnings("unchecked")
    private static <T> Node<T>[] newBuckets(int n) {
        return (Node<T>[]) new Node<?>[n];
    }
}
