package org.skyway.vswitch.bond;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who of a balanced bond takes over which parts of what leaves, so that members have about the
/// same to send. With Open vSwitch's figures (`bond.c`, `bond_rebalance`): nothing moves for less
/// than 100 kB or a thirty-second part of the load, and a move must bring the lesser member a tenth
/// of the way to the middle.
final class Rebalancing {
    private static final long LEAST = 100_000;

    /// A part that another member is to send.
    ///
    /// @param part 0 to 255
    /// @param from who sent it
    /// @param to who is to
    /// @param bytes what there was of it lately
    record Move(int part, int from, int to, long bytes) {}

    private final Map<Integer, Long> loads = new HashMap<>(); // by member
    private final Map<Integer, Set<Integer>> parts = new HashMap<>(); // of members, with a load
    private final long[] bytes;

    private Rebalancing(long[] bytes, int[] senders, List<Integer> enabled) {
        this.bytes = bytes;
        enabled.forEach(m -> loads.put(m, 0L));
        enabled.forEach(m -> parts.put(m, new LinkedHashSet<>()));
        for (int part = 0; part < bytes.length; part++) {
            if (bytes[part] != 0 && loads.containsKey(senders[part])) {
                loads.merge(senders[part], bytes[part], Long::sum);
                parts.get(senders[part]).add(part);
            }
        }
    }

    /// Finds out what is to move.
    ///
    /// @param bytes what has left lately, by part
    /// @param senders whose each part is; 0 for nobody's
    /// @param enabled the members that may send
    /// @return in order; nothing if it is well as it is
    static List<Move> of(long[] bytes, int[] senders, List<Integer> enabled) {
        return new Rebalancing(bytes, senders, enabled).moves();
    }

    private List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        Set<Integer> candidates = new LinkedHashSet<>(loads.keySet());
        while (candidates.size() > 1) {
            Comparator<Integer> byLoad =
                    Comparator.<Integer>comparingLong(loads::get).thenComparing(m -> m);
            int from = candidates.stream().max(byLoad).orElseThrow();
            int to = candidates.stream().min(byLoad).orElseThrow();
            long more = loads.get(from) - loads.get(to);
            if (more < LEAST || more < loads.get(to) >> 5) {
                break;
            }
            int part = worthMoving(from, to);
            if (part < 0) {
                candidates.remove(from);
                continue;
            }
            moves.add(new Move(part, from, to, bytes[part]));
            loads.merge(from, -bytes[part], Long::sum);
            loads.merge(to, bytes[part], Long::sum);
            parts.get(from).remove(part); // and not among the other's: it moves once
        }
        return moves;
    }

    private int worthMoving(int from, int to) {
        if (parts.get(from).size() < 2) {
            return -1; // all of its load would go
        }
        long much = loads.get(from);
        long little = loads.get(to);
        long least = ((much + little) / 2 - little) / 10;
        for (int part : parts.get(from)) {
            long gain = Math.min(much - bytes[part], little + bytes[part]) - little;
            if (gain > 0 && gain >= least) {
                return part;
            }
        }
        return -1;
    }

    /// What is left of old loads: half, so that they are forgotten by and by.
    ///
    /// @param bytes by part; is changed
    static void age(long[] bytes) {
        for (int part = 0; part < bytes.length; part++) {
            bytes[part] /= 2;
        }
    }
}
