package org.skyway.pipeline.classifier;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// The entries of a table that are there now, in the order in which they came; one that replaces
/// another has its place. As a collection it can only be read. Writer only.
final class Arrivals<T> extends AbstractCollection<T> {
    private Node<T> oldest;
    private Node<T> newest;
    private int size;

    void add(Node<T> node) {
        node.older = newest;
        if (newest == null) {
            oldest = node;
        } else {
            newest.newer = node;
        }
        newest = node;
        size++;
    }

    void replace(Node<T> old, Node<T> by) {
        by.older = old.older;
        by.newer = old.newer;
        if (old.older == null) {
            oldest = by;
        } else {
            old.older.newer = by;
        }
        if (old.newer == null) {
            newest = by;
        } else {
            old.newer.older = by;
        }
        old.older = null;
        old.newer = null;
    }

    void remove(Node<T> node) {
        if (node.older == null) {
            oldest = node.newer;
        } else {
            node.older.newer = node.newer;
        }
        if (node.newer == null) {
            newest = node.older;
        } else {
            node.newer.older = node.older;
        }
        node.older = null;
        node.newer = null;
        size--;
    }

    /// All of them, in their order.
    List<Node<T>> nodes() {
        List<Node<T>> all = new ArrayList<>(size);
        for (Node<T> node = oldest; node != null; node = node.newer) {
            all.add(node);
        }
        return all;
    }

    /// All of them leave, with [Node#leave].
    void leave() {
        oldest = null;
        newest = null;
        size = 0;
    }

    @Override
    public int size() {
        return size;
    }

    /// The entries must not change meanwhile.
    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private Node<T> next = oldest;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public T next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                T value = next.value;
                next = next.newer;
                return value;
            }
        };
    }
}
