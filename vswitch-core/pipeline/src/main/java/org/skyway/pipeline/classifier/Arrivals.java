package org.skyway.pipeline.classifier;

import java.util.AbstractCollection;
import java.util.Iterator;
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
