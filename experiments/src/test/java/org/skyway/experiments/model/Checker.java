package org.skyway.experiments.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Walks all states that a world can come into, breadth first, and looks for one that is wrong. One
/// thread.
final class Checker {
    /// A state of what is checked. Never changed.
    interface World {
        /// The states that it can come into by one step, with what the step is called.
        List<Next> next();

        /// All that makes it different from others.
        byte[] key();

        /// What is wrong with it.
        ///
        /// @return a sentence; null if nothing is
        String wrong();

        /// What is wrong if nothing can happen any more.
        ///
        /// @return a sentence; null if nothing is
        String wrongAtRest();
    }

    /// @param what the step
    record Next(String what, World world) {}

    /// What was found.
    ///
    /// @param states how many there are, or were seen until something was wrong
    /// @param depth steps of the longest shortest way to one
    /// @param wrong what is wrong; null if nothing is
    /// @param way the steps to the first wrong state
    record Outcome(int states, int depth, String wrong, List<String> way) {
        boolean holds() {
            return wrong == null;
        }
    }

    private record Key(byte[] bytes) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key k && Arrays.equals(bytes, k.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private record Seen(Key before, String step, int depth) {}

    private record Open(Key key, World world, int depth) {}

    private Checker() {}

    /// Looks at every state.
    ///
    /// @param first where it begins
    /// @param most states to look at
    /// @throws IllegalStateException if there are more
    static Outcome check(World first, int most) {
        Map<Key, Seen> seen = new HashMap<>();
        var open = new ArrayDeque<Open>();
        Key firstKey = new Key(first.key());
        seen.put(firstKey, new Seen(null, "", 0));
        open.add(new Open(firstKey, first, 0));
        int depth = 0;
        while (!open.isEmpty()) {
            Open now = open.removeFirst();
            depth = now.depth;
            List<Next> steps = now.world.next();
            String wrong = now.world.wrong();
            if (wrong == null && steps.isEmpty()) {
                wrong = now.world.wrongAtRest();
            }
            if (wrong != null) {
                return new Outcome(
                        seen.size(), depth, wrong + " in " + now.world, way(seen, now.key));
            }
            for (Next step : steps) {
                Key key = new Key(step.world.key());
                if (seen.putIfAbsent(key, new Seen(now.key, step.what, depth + 1)) == null) {
                    open.add(new Open(key, step.world, depth + 1));
                }
            }
            if (seen.size() > most) {
                throw new IllegalStateException("more than " + most + " states");
            }
        }
        return new Outcome(seen.size(), depth, null, List.of());
    }

    private static List<String> way(Map<Key, Seen> seen, Key to) {
        List<String> way = new ArrayList<>();
        for (Seen s = seen.get(to); s.before != null; s = seen.get(s.before)) {
            way.add(s.step);
        }
        return way.reversed();
    }
}
