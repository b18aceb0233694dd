package org.skyway.pipeline.classifier;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeMap;

/// Nodes by descending priority: a sorted array while they are few, a tree of sets when many.
final class NodeBucket<T> {
    private static final int FEW = 32;

    private final long[] values; // of one of them
    private Node<T>[] few = array(2);
    private int size;
    private TreeMap<Integer, Set<Node<T>>> many;

    /// Two nodes.
    NodeBucket(Node<T> one, Node<T> other) {
        values = one.values;
        add(one);
        add(other);
    }

    @SuppressWarnings("unchecked")
    private static <T> Node<T>[] array(int n) {
        return (Node<T>[]) new Node<?>[n];
    }

    int size() {
        return size;
    }

    /// What the nodes match, as far as all of them match the same.
    long[] values() {
        return values;
    }

    void add(Node<T> node) {
        if (many == null && size == FEW) {
            many = new TreeMap<>();
            for (Node<T> old : few) {
                addToMany(old);
            }
            few = null;
        }
        if (many != null) {
            addToMany(node);
        } else {
            if (size == few.length) {
                few = Arrays.copyOf(few, 2 * size);
            }
            int at = size;
            for (; at > 0 && few[at - 1].priority < node.priority; at--) {
                few[at] = few[at - 1];
            }
            few[at] = node;
        }
        size++;
    }

    private void addToMany(Node<T> node) {
        many.computeIfAbsent(node.priority, p -> new HashSet<>(2)).add(node);
    }

    void remove(Node<T> node) {
        if (many != null) {
            Set<Node<T>> same = many.get(node.priority);
            same.remove(node);
            if (same.isEmpty()) {
                many.remove(node.priority);
            }
            size--;
            return;
        }
        for (int i = 0; i < size; i++) {
            if (few[i] == node) {
                System.arraycopy(few, i + 1, few, i, --size - i);
                few[size] = null;
                return;
            }
        }
    }

    /// Any of them.
    Node<T> any() {
        return many == null ? few[0] : many.firstEntry().getValue().iterator().next();
    }

    /// The nodes by descending priority. They must not change meanwhile.
    ///
    /// @param most the highest priority that is wanted
    Iterator<Node<T>> downFrom(int most) {
        if (many != null) {
            return new ManyIterator<>(many.headMap(most, true).descendingMap().values().iterator());
        }
        int first = 0;
        while (first < size && few[first].priority > most) {
            first++;
        }
        return Arrays.asList(few).subList(first, size).iterator();
    }

    // A stream would look at all of one priority before it gave away the first.
    private static final class ManyIterator<T> implements Iterator<Node<T>> {
        private final Iterator<Set<Node<T>>> priorities;
        private Iterator<Node<T>> same = Collections.emptyIterator();

        ManyIterator(Iterator<Set<Node<T>>> priorities) {
            this.priorities = priorities;
        }

        @Override
        public boolean hasNext() {
            return same.hasNext() || priorities.hasNext();
        }

        @Override
        public Node<T> next() {
            if (!same.hasNext()) {
                same = priorities.next().iterator();
            }
            return same.next();
        }
    }
}
