package org.skyway.p2p.detect;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// The rules of one [RuleTuple] in an open-addressed hash table by the values of some of the bits
/// that they all match. A slot holds the one rule with these values, or a [RuleBucket] of several.
final class Projection {
    /// Nobody outside can know which values collide.
    private static final long SEED = new SecureRandom().nextLong();

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

    void add(FlowRule rule) {
        if (2 * (used + 1) > slots.length) {
            grow();
        }
        int at = slotOf(rule.match());
        switch (slots[at]) {
            case null -> {
                slots[at] = rule;
                used++;
            }
            case RuleBucket bucket -> bucket.add(rule);
            case FlowRule other -> {
                RuleBucket bucket = new RuleBucket();
                bucket.add(other);
                bucket.add(rule);
                slots[at] = bucket;
            }
            default -> throw new IllegalStateException("unexpected slot " + slots[at]);
        }
    }

    /// Removes the rule with this priority and match.
    ///
    /// @return false if there is none
    boolean remove(FlowRule rule) {
        int at = slotOf(rule.match());
        switch (slots[at]) {
            case RuleBucket bucket -> {
                if (!bucket.remove(rule)) {
                    return false;
                }
                if (bucket.size() == 1) {
                    slots[at] = bucket.iterator().next();
                }
                return true;
            }
            case FlowRule other -> {
                if (!RuleBucket.same(other, rule)) {
                    return false;
                }
                close(at);
                used--;
                return true;
            }
            case null, default -> {
                return false;
            }
        }
    }

    /// The rule with this priority and match.
    ///
    /// @return the rule; null if there is none
    FlowRule get(FlowRule like) {
        return switch (slots[slotOf(like.match())]) {
            case null -> null;
            case RuleBucket bucket -> bucket.get(like);
            case FlowRule rule when RuleBucket.same(rule, like) -> rule;
            default -> null;
        };
    }

    /// What is stored for the projected bits of these values.
    ///
    /// @param values by position in the tuple's words
    /// @return a [FlowRule], a [RuleBucket] or null
    Object find(long[] values) {
        int at = spread(hash(values)) & slots.length - 1;
        for (Object slot; (slot = slots[at]) != null; at = at + 1 & slots.length - 1) {
            if (agrees(representative(slot), values)) {
                return slot;
            }
        }
        return null;
    }

    /// All rules, in no order.
    Iterator<FlowRule> all() {
        return Arrays.stream(slots)
                .filter(Objects::nonNull)
                .flatMap(slot ->
                        slot instanceof RuleBucket bucket
                                ? StreamSupport.stream(bucket.spliterator(), false)
                                : Stream.of((FlowRule) slot))
                .iterator();
    }

    private int slotOf(Match match) {
        int at = spread(hash(match)) & slots.length - 1;
        for (Object slot; (slot = slots[at]) != null; at = at + 1 & slots.length - 1) {
            if (agrees(representative(slot), match)) {
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
            int home = spread(hash(representative(slots[at]))) & last;
            if ((at - home & last) >= (at - free & last)) {
                slots[free] = slots[at];
                free = at;
            }
        }
        slots[free] = null;
    }

    private void grow() {
        Object[] old = slots;
        slots = new Object[2 * old.length];
        for (Object slot : old) {
            if (slot != null) {
                int at = spread(hash(representative(slot))) & slots.length - 1;
                while (slots[at] != null) {
                    at = at + 1 & slots.length - 1;
                }
                slots[at] = slot;
            }
        }
    }

    private static Match representative(Object slot) {
        return (slot instanceof FlowRule rule ? rule : ((RuleBucket) slot).iterator().next())
                .match();
    }

    private boolean agrees(Match match, long[] values) {
        for (int i = 0; i < words.length; i++) {
            if (((match.value(words[i]) ^ values[i]) & mask[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean agrees(Match match, Match other) {
        for (int i = 0; i < words.length; i++) {
            if (((match.value(words[i]) ^ other.value(words[i])) & mask[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private long hash(long[] values) {
        long h = SEED;
        for (int i = 0; i < words.length; i++) {
            h = mix(h, values[i] & mask[i]);
        }
        return h;
    }

    private long hash(Match match) {
        long h = SEED;
        for (int i = 0; i < words.length; i++) {
            h = mix(h, match.value(words[i]) & mask[i]);
        }
        return h;
    }

    private static long mix(long h, long value) {
        long x = (h ^ value) * 0x9e3779b97f4a7c15L;
        return x ^ x >>> 32;
    }

    private static int spread(long h) {
        long x = (h ^ h >>> 29) * 0xbf58476d1ce4e5b9L;
        return (int) (x >>> 32);
    }
}
