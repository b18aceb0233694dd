package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Match;

/// Finds a packet that lies in a cube and in none of some matches, or proves that there is none.
///
/// Each excluded match is a clause "at least one of its bits is different", so this is a small
/// satisfiability search: unit clauses are propagated, otherwise a bit of the clause with the
/// fewest open bits is tried both ways. Real rule sets are settled after a few steps; adversarial
/// ones by the budget.
final class WitnessSearch {
    private final PacketDomain domain;
    private final Budget budget;

    WitnessSearch(PacketDomain domain, Budget budget) {
        this.domain = domain;
        this.budget = budget;
    }

    /// Searches for a packet.
    ///
    /// @return a flow key that a frame can have; null if there is none
    /// @throws Budget.Exceeded if it could not be settled
    long[] find(Cube within, List<Match> excluded) {
        List<Match> open = overlapping(within, excluded);
        // Most searches end without a look at what frames can be.
        Cube any = search(new Cube(within), open);
        if (any == null) {
            return null;
        }
        long[] packet = domain.pick(any);
        if (packet != null) {
            return packet;
        }
        for (Cube packets : domain.cubes()) {
            budget.charge(1);
            if (packets.overlaps(within)) {
                Cube both = new Cube(within);
                both.intersect(packets);
                Cube found = search(both, open);
                if (found != null) {
                    return found.value;
                }
            }
        }
        return null;
    }

    private List<Match> overlapping(Cube cube, List<Match> matches) {
        budget.charge(matches.size());
        List<Match> open = new ArrayList<>();
        for (Match match : matches) {
            if (cube.overlaps(match)) {
                open.add(match);
            }
        }
        return open;
    }

    /// Narrows the cube until it lies outside all matches.
    ///
    /// @return a cube of which every key is outside; null if there is none
    private Cube search(Cube cube, List<Match> matches) {
        List<Match> open = matches;
        while (true) {
            budget.charge(1 + open.size());
            Match shortest = null;
            int shortestBits = Integer.MAX_VALUE;
            List<Match> still = new ArrayList<>(open.size());
            for (Match match : open) {
                int bits = openBits(cube, match);
                if (bits == 0) {
                    return null;
                }
                if (bits > 0) {
                    still.add(match);
                    if (bits < shortestBits) {
                        shortest = match;
                        shortestBits = bits;
                    }
                }
            }
            if (shortest == null) {
                return cube;
            }
            open = still;
            int bit = highestOpenBit(cube, shortest);
            if (shortestBits > 1) {
                Cube outside = new Cube(cube);
                outside.fix(bit, !wanted(shortest, bit));
                Cube found = deeper(outside, open);
                if (found != null) {
                    return found;
                }
                cube.fix(bit, wanted(shortest, bit));
            } else {
                cube.fix(bit, !wanted(shortest, bit));
            }
        }
    }

    private Cube deeper(Cube cube, List<Match> matches) {
        budget.enter();
        try {
            return search(cube, matches);
        } finally {
            budget.leave();
        }
    }

    /// How many bits of the match the cube leaves open; -1 if the cube lies outside already.
    private static int openBits(Cube cube, Match match) {
        int bits = 0;
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            long mask = match.mask(w);
            if (((cube.value[w] ^ match.value(w)) & cube.mask[w] & mask) != 0) {
                return -1;
            }
            bits += Long.bitCount(mask & ~cube.mask[w]);
        }
        return bits;
    }

    /// Prefixes are what rules overlap by, and splitting them at the top splits their number.
    private static int highestOpenBit(Cube cube, Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            long open = match.mask(w) & ~cube.mask[w];
            if (open != 0) {
                return Cube.bit(w, 63 - Long.numberOfLeadingZeros(open));
            }
        }
        throw new IllegalStateException("no open bit in " + match);
    }

    private static boolean wanted(Match match, int bit) {
        return (match.value(bit >> 6) >>> bit & 1) != 0;
    }
}
