package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// The rules of a table whose matches have the same mask.
///
/// They lie in hash tables by all matched bits (for concrete packets) and by those that are known
/// of every packet of a port when it comes in (ingress port and pipeline words). More [Projection]s
/// are made for other sets of known bits as these come up, as long as the tuple is small, so that
/// no decision stalls over one.
final class RuleTuple {
    private static final int MOST_PROJECTIONS = 8;
    private static final int SMALL = 4096;

    private final int[] words;
    private final long[] mask;
    private final long[] known; // scratch, by position in words
    private final long[] values; // scratch, by position in words
    private final List<Projection> projections = new ArrayList<>(2);
    private int size;
    private int topPriority;

    RuleTuple(Match like) {
        words = new int[Long.bitCount(like.words())];
        mask = new long[words.length];
        known = new long[words.length];
        values = new long[words.length];
        long[] early = new long[words.length];
        int i = 0;
        for (long rest = like.words(); rest != 0; rest &= rest - 1, i++) {
            words[i] = Long.numberOfTrailingZeros(rest);
            mask[i] = like.mask(words[i]);
            early[i] = mask[i] & knownOnEntry(words[i]);
        }
        projections.add(new Projection(words, mask));
        if (!projections.getFirst().hasMask(early)) {
            projections.add(new Projection(words, early));
        }
    }

    private static long knownOnEntry(int word) {
        if (word == FlowKey.IN_PORT) {
            return Field.IN_PORT.ones() << Field.IN_PORT.shift();
        }
        return word >= FlowKey.PACKET_WORDS ? -1L : 0;
    }

    int size() {
        return size;
    }

    /// No rule here has a higher priority; the highest may be lower.
    int topPriority() {
        return topPriority;
    }

    /// Adds a rule with this tuple's mask.
    ///
    /// @return whether [#topPriority] rose
    boolean add(FlowRule rule) {
        for (Projection projection : projections) {
            projection.add(rule);
        }
        if (size++ == 0 || rule.priority() > topPriority) {
            topPriority = rule.priority();
            return true;
        }
        return false;
    }

    boolean remove(FlowRule rule) {
        if (!projections.getFirst().remove(rule)) {
            return false;
        }
        for (int i = 1; i < projections.size(); i++) {
            projections.get(i).remove(rule);
        }
        size--;
        return true;
    }

    FlowRule get(FlowRule like) {
        return projections.getFirst().get(like);
    }

    /// All rules, in no order.
    Iterator<FlowRule> all() {
        return projections.getFirst().all();
    }

    /// A superset of the rules that overlap some packets.
    ///
    /// @return a [FlowRule], a [RuleBucket] or null
    Object find(SymbolicPacket packet) {
        for (int i = 0; i < words.length; i++) {
            known[i] = mask[i] & packet.known(words[i]);
            values[i] = packet.value(words[i]);
        }
        Projection best = null;
        int bestBits = -1;
        for (Projection projection : projections) {
            if (projection.hasMask(known)) {
                return projection.find(values);
            }
            if (projection.needsNoMoreThan(known) && projection.bits() > bestBits) {
                best = projection;
                bestBits = projection.bits();
            }
        }
        if (best != null && (size > SMALL || projections.size() >= MOST_PROJECTIONS)) {
            return best.find(values);
        }
        Projection made = new Projection(words, known);
        for (Iterator<FlowRule> rules = all(); rules.hasNext(); ) {
            made.add(rules.next());
        }
        projections.add(made);
        return made.find(values);
    }
}
