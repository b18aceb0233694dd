package org.skyway.pipeline.classifier;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/// The nodes of a [Tuple] by priority: how many of each any reader may find, and which of them are
/// there now. Writer only.
final class Priorities<T> {
    private static final class Level<T> {
        final int priority;
        int held; // nodes that some reader may find
        Node<T> first; // of those that are there now
        Node<T> last;

        Level(int priority) {
            this.priority = priority;
        }
    }

    private final TreeMap<Integer, Level<T>> levels = new TreeMap<>();
    private Level<T> recent; // the one that was asked for last, which is most often the next, too
    private Level<T> top; // null: there is none

    /// The highest priority that any reader can find; -1 if there is none.
    int highest() {
        return top == null ? -1 : top.priority;
    }

    /// Makes room for a node, so that [#add] can't fail for want of memory.
    void hold(int priority) {
        Level<T> level = level(priority);
        if (level == null) {
            level = new Level<>(priority);
            levels.put(priority, level);
            recent = level;
            if (top == null || priority > top.priority) {
                top = level;
            }
        }
        level.held++;
    }

    private Level<T> level(int priority) {
        if (recent == null || recent.priority != priority) {
            recent = levels.get(priority);
        }
        return recent;
    }

    /// A node that there was room made for is there now.
    void add(Node<T> node) {
        Level<T> level = level(node.priority);
        node.above = level.last;
        if (level.last == null) {
            level.first = node;
        } else {
            level.last.below = node;
        }
        level.last = node;
    }

    /// A node is there no more, but may still be found.
    void remove(Node<T> node) {
        Level<T> level = level(node.priority);
        if (node.above == null) {
            level.first = node.below;
        } else {
            node.above.below = node.below;
        }
        if (node.below == null) {
            level.last = node.above;
        } else {
            node.below.above = node.above;
        }
        node.above = null;
        node.below = null;
    }

    /// No node is there any more, but all may still be found.
    void removeAll() {
        for (Level<T> level : levels.values()) {
            level.first = null;
            level.last = null;
        }
    }

    /// Nobody finds a node of this priority any more.
    void release(int priority) {
        if (--level(priority).held == 0) {
            levels.remove(priority);
            recent = null;
            if (priority == top.priority) {
                top = levels.isEmpty() ? null : levels.lastEntry().getValue();
            }
        }
    }

    /// The nodes that are there now, by descending priority. They must not change meanwhile.
    ///
    /// @param most the highest priority that is wanted
    Iterator<Node<T>> downFrom(int most) {
        if (levels.size() == 1) {
            return new DownIterator<>(
                    top.priority > most ? null : top.first, Collections.emptyIterator());
        }
        return new DownIterator<>(
                null, levels.headMap(most, true).descendingMap().values().iterator());
    }

    private static final class DownIterator<T> implements Iterator<Node<T>> {
        private final Iterator<Level<T>> rest;
        private Node<T> next;

        DownIterator(Node<T> first, Iterator<Level<T>> rest) {
            this.rest = rest;
            next = first;
            skipEmpty();
        }

        private void skipEmpty() {
            while (next == null && rest.hasNext()) {
                next = rest.next().first;
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
            next = node.below;
            skipEmpty();
            return node;
        }
    }
}
