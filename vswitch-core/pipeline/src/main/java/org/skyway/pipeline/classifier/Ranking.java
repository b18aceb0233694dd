package org.skyway.pipeline.classifier;

import java.util.Arrays;
import java.util.Comparator;

/// The tuples of a table by the highest priority in each, as readers go through them. Immutable: a
/// reader that would meet priorities that change under it could break off before the entry that it
/// looks for.
final class Ranking<T> {
    final Tuple<T>[] tuples; // by priority, descending
    final int[] priorities;

    private Ranking(Tuple<T>[] tuples, int[] priorities) {
        this.tuples = tuples;
        this.priorities = priorities;
    }

    @SuppressWarnings("unchecked")
    static <T> Ranking<T> empty() {
        return new Ranking<>((Tuple<T>[]) new Tuple<?>[0], new int[0]);
    }

    /// The same with a tuple where it belongs by now, or without it if it is empty.
    ///
    /// @param tuple one that may be in it already
    /// @param was its priority in this ranking; -1 if it is not in it
    Ranking<T> with(Tuple<T> tuple, int was) {
        int priority = tuple.maxPriority();
        if (priority == was) {
            return this;
        }
        int from = was < 0 ? tuples.length : at(tuple, was);
        int rest = was < 0 ? tuples.length : tuples.length - 1;
        int length = priority < 0 ? rest : rest + 1;
        Tuple<T>[] nowTuples = Arrays.copyOf(tuples, length);
        int[] nowPriorities = Arrays.copyOf(priorities, length);
        if (from < rest) {
            System.arraycopy(tuples, from + 1, nowTuples, from, rest - from);
            System.arraycopy(priorities, from + 1, nowPriorities, from, rest - from);
        }
        if (priority >= 0) {
            int to = firstBelow(nowPriorities, rest, priority);
            System.arraycopy(nowTuples, to, nowTuples, to + 1, rest - to);
            System.arraycopy(nowPriorities, to, nowPriorities, to + 1, rest - to);
            nowTuples[to] = tuple;
            nowPriorities[to] = priority;
        }
        return new Ranking<>(nowTuples, nowPriorities);
    }

    /// The same with every tuple where it belongs by now, and without those that are empty.
    Ranking<T> renewed() {
        Tuple<T>[] now =
                Arrays.stream(tuples)
                        .filter(t -> !t.isEmpty())
                        .sorted(Comparator.comparingInt(t -> -t.maxPriority()))
                        .toArray(n -> Arrays.copyOf(tuples, n));
        return new Ranking<>(now, Arrays.stream(now).mapToInt(Tuple::maxPriority).toArray());
    }

    private int at(Tuple<T> tuple, int priority) {
        int i = firstBelow(priorities, tuples.length, priority);
        do {
            i--;
        } while (tuples[i] != tuple);
        return i;
    }

    private static int firstBelow(int[] descending, int length, int priority) {
        int low = 0;
        int high = length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (descending[middle] < priority) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
