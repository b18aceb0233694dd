package org.skyway.pipeline.classifier;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;

/// The nodes of one [Tuple] that are there now, in an open-addressed hash table by the values of
/// some of the bits that they all match. A slot holds the one node with these values, or a
/// [NodeBucket] of several. Writer only.
final class Projection<T> {
    private final int[] words;
    private final long[] mask; // by position in words
    private Object[] slots = new Object[8];
    private int used;

    Projection(int[] words, long[] mask) {
        this.words = words;
        this.mask = mask.clone();
    }

    boolean hasMask(long[] other) {
        return Arrays.equals(mask, other);
    }

    /// Whether it can be asked when only these bits are known.
    boolean needsNoMoreThan(long[] known) {
        for (int i = 0; i < mask.length; i++) {
            if ((mask[i] & ~known[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    int bits() {
        int bits = 0;
        for (long m : mask) {
            bits += Long.bitCount(m);
        }
        return bits;
    }

    void add(Node<T> node) {
        if (2 * (used + 1) > slots.length) {
            grow();
        }
        int at = slotOf(node.values);
        Object there = slots[at];
        if (there == null) {
            slots[at] = node;
            used++;
        } else if (there instanceof NodeBucket<?>) {
            bucket(there).add(node);
        } else {
            slots[at] = new NodeBucket<>(node(there), node);
        }
    }

    /// Takes a node out that is there.
    void remove(Node<T> node) {
        int at = slotOf(node.values);
        if (slots[at] instanceof NodeBucket<?>) {
            NodeBucket<T> bucket = bucket(slots[at]);
            bucket.remove(node);
            if (bucket.size() == 1) {
                slots[at] = bucket.any();
            }
        } else {
            close(at);
            used--;
        }
    }

    /// The nodes with the projected bits of some values, by descending priority.
    ///
    /// @param values by position in the tuple's words
    /// @param most the highest priority that is wanted
    Iterator<Node<T>> find(long[] values, int most) {
        Object found = slots[slotOf(values)];
        if (found instanceof NodeBucket<?>) {
            return bucket(found).downFrom(most);
        }
        return found == null || node(found).priority > most
                ? Collections.emptyIterator()
                : Collections.singleton(node(found)).iterator();
    }

    @SuppressWarnings("unchecked")
    private NodeBucket<T> bucket(Object slot) {
        return (NodeBucket<T>) slot;
    }

    @SuppressWarnings("unchecked")
    private Node<T> node(Object slot) {
        return (Node<T>) slot;
    }

    private static long[] valuesOf(Object slot) {
        return slot instanceof Node<?> node ? node.values : ((NodeBucket<?>) slot).values();
    }

    private int slotOf(long[] values) {
        int last = slots.length - 1;
        int at = (int) hash(values) & last;
        for (Object slot; (slot = slots[at]) != null; at = at + 1 & last) {
            if (agree(valuesOf(slot), values)) {
                return at;
            }
        }
        return at;
    }

    /// Empties a slot and moves up what was pushed past it.
    private void close(int hole) {
        int last = slots.length - 1;
        int free = hole;
        for (int at = hole + 1 & last; slots[at] != null; at = at + 1 & last) {
            int home = (int) hash(valuesOf(slots[at])) & last;
            if ((at - home & last) >= (at - free & last)) {
                slots[free] = slots[at];
                free = at;
            }
        }
        slots[free] = null;
    }

    private void grow() {
        Object[] old = slots;
        Object[] roomy = new Object[2 * old.length];
        for (Object slot : old) {
            if (slot != null) {
                int at = (int) hash(valuesOf(slot)) & roomy.length - 1;
                while (roomy[at] != null) {
                    at = at + 1 & roomy.length - 1;
                }
                roomy[at] = slot;
            }
        }
        slots = roomy;
    }

    private boolean agree(long[] one, long[] other) {
        for (int i = 0; i < mask.length; i++) {
            if (((one[i] ^ other[i]) & mask[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private long hash(long[] values) {
        long h = 0;
        for (int i = 0; i < mask.length; i++) {
            h += Seeds.of(words[i], values[i] & mask[i]);
        }
        return Seeds.spread(h);
    }
}
