package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToIntFunction;

/// The order in which Open vSwitch lists what it keeps in a hash table by number: tools print ports
/// and meters as they come, so who compares what they print sees it.
///
/// The table has a list for each value of the hash's lower bits, newest first, and is made anew
/// with twice as many bits or so when it holds more than two for each list.
final class HashOrder {
    private HashOrder() {}

    /// Sorts things.
    ///
    /// @param things in the order in which they came into the table
    /// @param number what they are kept by
    static <T> List<T> of(Collection<T> things, ToIntFunction<T> number) {
        List<List<T>> table = lists(0);
        int n = 0;
        for (T thing : things) {
            put(table, thing, number);
            n++;
            int mask = table.size() - 1;
            if (n / 2 > mask && mask(n) > mask) {
                List<List<T>> larger = lists(mask(n));
                table.forEach(list -> list.forEach(t -> put(larger, t, number)));
                table = larger;
            }
        }
        return table.stream().flatMap(List::stream).toList();
    }

    private static <T> List<List<T>> lists(int mask) {
        List<List<T>> table = new ArrayList<>();
        for (int i = 0; i <= mask; i++) {
            table.add(new ArrayList<>());
        }
        return table;
    }

    private static <T> void put(List<List<T>> table, T thing, ToIntFunction<T> number) {
        table.get(hash(number.applyAsInt(thing)) & table.size() - 1).addFirst(thing);
    }

    /// All ones, as many as half the number of things has bits, and two at least.
    private static int mask(int things) {
        int ones = (Integer.highestOneBit(things / 2) << 1) - 1;
        return ones | (ones & 1) << 1;
    }

    /// MurmurHash3 of two words that are zero, begun with the number.
    private static int hash(int number) {
        int h = step(step(number)) ^ 8;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }

    private static int step(int hash) {
        return Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
}
