package org.skyway.pipeline.classifier;

import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/// Goes through the entries of a table that some packets may match, by descending priority, without
/// a look at the others. Writer only.
final class OverlapWalk<T> implements Iterator<T> {
    private static final Comparator<Source<?>> BY_PRIORITY =
            (a, b) -> Integer.compare(b.next.priority, a.next.priority);

    /// The nodes of one tuple that are still to come.
    private static final class Source<T> {
        final Iterator<Node<T>> rest;
        Node<T> next;

        Source(Iterator<Node<T>> rest) {
            this.rest = rest;
        }
    }

    private final Ranking<T> ranking;
    private final PacketSet packets;
    private final int most;
    private final LongConsumer work;
    private final PriorityQueue<Source<T>> sources = new PriorityQueue<>(BY_PRIORITY);
    private int nextTuple;

    OverlapWalk(Ranking<T> ranking, PacketSet packets, int most, LongConsumer work) {
        this.ranking = ranking;
        this.packets = packets;
        this.most = most;
        this.work = work;
    }

    @Override
    public boolean hasNext() {
        while (nextTuple < ranking.tuples.length
                && (sources.isEmpty()
                        || sources.peek().next.priority <= ranking.priorities[nextTuple])) {
            work.accept(1);
            Iterator<Node<T>> found = ranking.tuples[nextTuple++].overlapping(packets, most);
            if (found.hasNext()) {
                advance(new Source<>(found));
            }
        }
        return !sources.isEmpty();
    }

    private void advance(Source<T> source) {
        while (source.rest.hasNext()) {
            source.next = source.rest.next();
            if (packets.overlaps(source.next.match)) {
                sources.add(source);
                return;
            }
            work.accept(1);
        }
    }

    /// The priority of what [#next] returns; -1 if there is nothing more.
    int priority() {
        return hasNext() ? sources.peek().next.priority : -1;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Source<T> source = sources.poll();
        T value = source.next.value;
        if (source.rest.hasNext()) {
            work.accept(1);
            advance(source);
        }
        return value;
    }
}
