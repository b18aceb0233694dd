package org.skyway.experiments.jmh;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A plain reduced ordered binary decision diagram, to compare the detector's search with.
///
/// Variables are numbered in the order in which they are tested. Nodes are never freed.
final class P2pBdd {
    static final int FALSE = 0;
    static final int TRUE = 1;

    private record Triple(int a, int b, int c) {}

    private int[] variable = new int[1024];
    private int[] low = new int[1024];
    private int[] high = new int[1024];
    private int size = 2;
    private final Map<Triple, Integer> unique = new HashMap<>();
    private final Map<Triple, Integer> orCache = new HashMap<>();

    P2pBdd() {
        variable[FALSE] = Integer.MAX_VALUE;
        variable[TRUE] = Integer.MAX_VALUE;
    }

    private int node(int testedVariable, int ifZero, int ifOne) {
        if (ifZero == ifOne) {
            return ifZero;
        }
        return unique.computeIfAbsent(
                new Triple(testedVariable, ifZero, ifOne),
                key -> {
                    if (size == variable.length) {
                        variable = Arrays.copyOf(variable, 2 * size);
                        low = Arrays.copyOf(low, 2 * size);
                        high = Arrays.copyOf(high, 2 * size);
                    }
                    variable[size] = testedVariable;
                    low[size] = ifZero;
                    high[size] = ifOne;
                    return size++;
                });
    }

    /// The cube of those words that agree with `value` under `mask`; bit 63 is variable 0.
    int cube(long value, long mask) {
        int result = TRUE;
        for (int bit = 0; bit < 64; bit++) {
            if ((mask >>> bit & 1) != 0) {
                boolean one = (value >>> bit & 1) != 0;
                result = node(63 - bit, one ? FALSE : result, one ? result : FALSE);
            }
        }
        return result;
    }

    int or(int a, int b) {
        if (a == TRUE || b == TRUE) {
            return TRUE;
        }
        if (a == FALSE || a == b) {
            return b;
        }
        if (b == FALSE) {
            return a;
        }
        Triple key = new Triple(Math.min(a, b), Math.max(a, b), 0);
        Integer known = orCache.get(key);
        if (known != null) {
            return known;
        }
        int top = Math.min(variable[a], variable[b]);
        int ifZero = or(variable[a] == top ? low[a] : a, variable[b] == top ? low[b] : b);
        int ifOne = or(variable[a] == top ? high[a] : a, variable[b] == top ? high[b] : b);
        int result = node(top, ifZero, ifOne);
        orCache.put(key, result);
        return result;
    }
}
