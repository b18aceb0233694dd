package org.skyway.pipeline.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;

/// Finds those nodes of a [Tuple] that are there now and that some packets may match, by the bits
/// that are known of these packets. Writer only.
///
/// At first there is a [Projection] by those bits that are known of every packet of a port when it
/// comes in: ingress port and pipeline words. More are made for other sets of known bits as these
/// come up, as long as the tuple is small, so that nobody stalls over one.
final class Projections<T> {
    private static final int MOST = 8;
    private static final int SMALL = 4096;

    private final int[] words;
    private final long[] masks;
    private final Priorities<T> all;
    private final List<Projection<T>> projections = new ArrayList<>(1);
    private int size;

    /// @param all the same nodes by priority
    Projections(Mask mask, Priorities<T> all) {
        words = mask.words();
        masks = mask.bits();
        this.all = all;
        addEarly();
    }

    private void addEarly() {
        long[] early = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            early[i] = masks[i] & knownOnEntry(words[i]);
        }
        if (!isNone(early) && !Arrays.equals(early, masks)) {
            projections.add(new Projection<>(words, early));
        }
    }

    private static long knownOnEntry(int word) {
        if (word == FlowKey.IN_PORT) {
            return Field.IN_PORT.ones() << Field.IN_PORT.shift();
        }
        return word >= FlowKey.PACKET_WORDS ? -1L : 0;
    }

    private static boolean isNone(long[] bits) {
        for (long b : bits) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    void add(Node<T> node) {
        size++;
        try {
            for (int i = 0; i < projections.size(); i++) {
                projections.get(i).add(node);
            }
        } catch (OutOfMemoryError e) {
            projections.clear(); // nothing is lost: what is wanted is made anew
        }
    }

    void remove(Node<T> node) {
        size--;
        for (int i = 0; i < projections.size(); i++) {
            projections.get(i).remove(node);
        }
    }

    void removeAll() {
        size = 0;
        projections.clear();
        addEarly();
    }

    /// A superset of the nodes that some packets may match, by descending priority.
    ///
    /// @param known bits that are known of the packets, and not all of the tuple's
    /// @param values of these bits
    /// @param most the highest priority that is wanted
    Iterator<Node<T>> find(long[] known, long[] values, int most) {
        if (isNone(known)) {
            return all.downFrom(most);
        }
        Projection<T> best = null;
        int bestBits = 0;
        for (int i = 0; i < projections.size(); i++) {
            Projection<T> projection = projections.get(i);
            if (projection.hasMask(known)) {
                return projection.find(values, most);
            }
            if (projection.needsNoMoreThan(known) && projection.bits() > bestBits) {
                best = projection;
                bestBits = projection.bits();
            }
        }
        if (size <= SMALL && projections.size() < MOST) {
            best = new Projection<>(words, known);
            for (Iterator<Node<T>> nodes = all.downFrom(Integer.MAX_VALUE); nodes.hasNext(); ) {
                best.add(nodes.next());
            }
            projections.add(best);
        }
        return best == null ? all.downFrom(most) : best.find(values, most);
    }
}
