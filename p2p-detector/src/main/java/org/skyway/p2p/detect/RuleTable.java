package org.skyway.p2p.detect;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// One flow table, indexed so that the rules that some packets can hit come out in descending
/// priority without a look at the others.
final class RuleTable {
    private static final Comparator<RuleTuple> BY_PRIORITY =
            Comparator.comparingInt(RuleTuple::topPriority).reversed();

    /// The mask of a match, as a key.
    private static final class MaskKey {
        private static final long SEED = new SecureRandom().nextLong();

        private final Match match;
        private final int hash;

        MaskKey(Match match) {
            this.match = match;
            long h = SEED ^ match.words();
            for (long rest = match.words(); rest != 0; rest &= rest - 1) {
                h = (h ^ match.mask(Long.numberOfTrailingZeros(rest))) * 0x9e3779b97f4a7c15L;
                h ^= h >>> 32;
            }
            hash = (int) h;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object o) {
            if (!(o instanceof MaskKey other) || match.words() != other.match.words()) {
                return false;
            }
            for (long rest = match.words(); rest != 0; rest &= rest - 1) {
                int w = Long.numberOfTrailingZeros(rest);
                if (match.mask(w) != other.match.mask(w)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Map<MaskKey, RuleTuple> byMask = new HashMap<>();
    private final List<RuleTuple> tuples = new ArrayList<>(); // by descending top priority
    private boolean sorted = true;
    private int size;

    int size() {
        return size;
    }

    void add(FlowRule rule) {
        RuleTuple tuple =
                byMask.computeIfAbsent(
                        new MaskKey(rule.match()),
                        k -> {
                            RuleTuple made = new RuleTuple(rule.match());
                            tuples.add(made);
                            return made;
                        });
        if (tuple.add(rule)) {
            sorted = false;
        }
        size++;
    }

    boolean remove(FlowRule rule) {
        MaskKey key = new MaskKey(rule.match());
        RuleTuple tuple = byMask.get(key);
        if (tuple == null || !tuple.remove(rule)) {
            return false;
        }
        if (tuple.size() == 0) {
            byMask.remove(key);
            tuples.remove(tuple);
        }
        size--;
        return true;
    }

    /// The rule with this priority and match.
    ///
    /// @return the rule; null if there is none
    FlowRule get(FlowRule like) {
        RuleTuple tuple = byMask.get(new MaskKey(like.match()));
        return tuple == null ? null : tuple.get(like);
    }

    /// The rules that overlap some packets, by descending priority; those of equal priority in no
    /// order. Neither packets nor table may change while it is in use.
    Iterator<FlowRule> overlapping(SymbolicPacket packet, Budget budget) {
        if (!sorted) {
            tuples.sort(BY_PRIORITY);
            sorted = true;
        }
        return new Overlapping(packet, budget);
    }

    /// The rules of one tuple that are still to come.
    private static final class Source {
        final Iterator<FlowRule> rest;
        FlowRule next;

        Source(Iterator<FlowRule> rest) {
            this.rest = rest;
        }
    }

    private final class Overlapping implements Iterator<FlowRule> {
        private final SymbolicPacket packet;
        private final Budget budget;
        private final PriorityQueue<Source> sources =
                new PriorityQueue<>(
                        Comparator.comparingInt((Source s) -> s.next.priority()).reversed());
        private int nextTuple;

        Overlapping(SymbolicPacket packet, Budget budget) {
            this.packet = packet;
            this.budget = budget;
        }

        @Override
        public boolean hasNext() {
            while (nextTuple < tuples.size()
                    && (sources.isEmpty()
                            || sources.peek().next.priority()
                                    <= tuples.get(nextTuple).topPriority())) {
                budget.charge(1);
                open(tuples.get(nextTuple++).find(packet));
            }
            return !sources.isEmpty();
        }

        private void open(Object found) {
            if (found instanceof RuleBucket bucket) {
                advance(new Source(bucket.iterator()));
            } else if (found instanceof FlowRule rule && packet.overlaps(rule.match())) {
                Source source = new Source(null);
                source.next = rule;
                sources.add(source);
            }
        }

        private void advance(Source source) {
            while (source.rest != null && source.rest.hasNext()) {
                budget.charge(1);
                source.next = source.rest.next();
                if (packet.overlaps(source.next.match())) {
                    sources.add(source);
                    return;
                }
            }
        }

        @Override
        public FlowRule next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Source source = sources.poll();
            FlowRule rule = source.next;
            advance(source);
            return rule;
        }
    }
}
