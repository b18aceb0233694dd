package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Spreads work over threads: the heaviest first, each to the thread that has the least by then.
/// The busiest thread gets at most 4/3 of what it would get at best (Graham 1969), and nothing is
/// moved that would be as well where it is.
final class LoadSpread {
    /// Stands for any thread.
    static final int ANY = -1;

    private LoadSpread() {}

    /// What is to be together.
    ///
    /// @param load what it costs, in whatever unit
    /// @param now the thread that it is on
    /// @param pinned the thread that it has to be on, or [#ANY]
    record Unit(double load, int now, int pinned) {}

    /// Finds a thread for each unit.
    ///
    /// @param units in any order
    /// @param threads how many there are
    /// @return a thread for each unit, in the order of the units
    static int[] assign(List<Unit> units, int threads) {
        int[] result = new int[units.size()];
        double[] sums = new double[threads];
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < result.length; i++) {
            Unit unit = units.get(i);
            if (unit.pinned == ANY) {
                free.add(i);
            } else {
                result[i] = unit.pinned;
                sums[unit.pinned] += unit.load;
            }
        }
        free.sort(Comparator.comparingDouble((Integer i) -> -units.get(i).load));
        for (int i : free) {
            Unit unit = units.get(i);
            int least = unit.now;
            for (int t = 0; t < threads && unit.load > 0; t++) {
                if (sums[t] < sums[least]) {
                    least = t;
                }
            }
            result[i] = least;
            sums[least] += unit.load;
        }
        double[] before = new double[threads];
        for (int i = 0; i < result.length; i++) {
            Unit unit = units.get(i);
            before[unit.pinned == ANY ? unit.now : unit.pinned] += unit.load;
        }
        if (highest(before) <= highest(sums)) {
            for (int i : free) {
                result[i] = units.get(i).now;
            }
        }
        return result;
    }

    private static double highest(double[] sums) {
        double highest = 0;
        for (double sum : sums) {
            highest = Math.max(highest, sum);
        }
        return highest;
    }
}
