package org.skyway.p2p.detect;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// Rules by descending priority: a sorted array while they are few, a tree of maps when many.
final class RuleBucket implements Iterable<FlowRule> {
    private static final int FEW = 32;

    private FlowRule[] few = new FlowRule[2];
    private int size;
    private TreeMap<Integer, Map<Match, FlowRule>> many;

    int size() {
        return size;
    }

    int topPriority() {
        return many == null ? few[0].priority() : many.firstKey();
    }

    void add(FlowRule rule) {
        if (many == null && size == FEW) {
            many = new TreeMap<>(Collections.reverseOrder());
            for (FlowRule old : few) {
                addToMany(old);
            }
            few = null;
        }
        if (many != null) {
            addToMany(rule);
        } else {
            if (size == few.length) {
                few = Arrays.copyOf(few, 2 * size);
            }
            int at = size;
            for (; at > 0 && few[at - 1].priority() < rule.priority(); at--) {
                few[at] = few[at - 1];
            }
            few[at] = rule;
        }
        size++;
    }

    private void addToMany(FlowRule rule) {
        many.computeIfAbsent(rule.priority(), p -> new HashMap<>(2)).put(rule.match(), rule);
    }

    static boolean same(FlowRule one, FlowRule other) {
        return one.priority() == other.priority() && one.match().equals(other.match());
    }

    /// The rule with this priority and match.
    ///
    /// @return the rule; null if there is none
    FlowRule get(FlowRule like) {
        if (many != null) {
            Map<Match, FlowRule> same = many.get(like.priority());
            return same == null ? null : same.get(like.match());
        }
        for (int i = 0; i < size; i++) {
            if (same(few[i], like)) {
                return few[i];
            }
        }
        return null;
    }

    /// Removes the rule with this priority and match.
    ///
    /// @return false if there is none
    boolean remove(FlowRule rule) {
        if (many != null) {
            Map<Match, FlowRule> same = many.get(rule.priority());
            if (same == null || same.remove(rule.match()) == null) {
                return false;
            }
            if (same.isEmpty()) {
                many.remove(rule.priority());
            }
            size--;
            return true;
        }
        for (int i = 0; i < size; i++) {
            if (same(few[i], rule)) {
                System.arraycopy(few, i + 1, few, i, --size - i);
                few[size] = null;
                return true;
            }
        }
        return false;
    }

    @Override
    public Iterator<FlowRule> iterator() {
        return many == null ? new FewIterator() : new ManyIterator();
    }

    private final class FewIterator implements Iterator<FlowRule> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public FlowRule next() {
            if (next >= size) {
                throw new NoSuchElementException();
            }
            return few[next++];
        }
    }

    private final class ManyIterator implements Iterator<FlowRule> {
        private final Iterator<Map<Match, FlowRule>> priorities = many.values().iterator();
        private Iterator<FlowRule> same = Collections.emptyIterator();

        @Override
        public boolean hasNext() {
            return same.hasNext() || priorities.hasNext();
        }

        @Override
        public FlowRule next() {
            if (!same.hasNext()) {
                same = priorities.next().values().iterator();
            }
            return same.next();
        }
    }
}
