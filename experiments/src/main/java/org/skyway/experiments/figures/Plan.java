package org.skyway.experiments.figures;

import java.util.Set;

/// What a run of experiments is to do, checked.
///
/// @param vnfs what the VNFs are
/// @param chainFrom fewest VNFs of a chain
/// @param chainTo most
/// @param size of frames: a number, a range, or `imix`
/// @param compare what to compare with
/// @param quick whether short rounds will do
/// @param rounds of each measurement
/// @param seconds of a round
/// @param cycles of switching over, for `setup`
/// @param only the rows of `bench` that are wanted; all if empty
/// @param seed of everything random
/// @param cores of this machine
record Plan(
        Vnfs vnfs,
        int chainFrom,
        int chainTo,
        String size,
        Set<Other> compare,
        boolean quick,
        int rounds,
        double seconds,
        int cycles,
        Set<String> only,
        long seed,
        int cores) {
    /// What VNFs are.
    enum Vnfs {
        JAVA,
        DPDK,
        VM,
        VM_DPDK;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /// What there is to compare with.
    enum Other {
        OVS_DPDK,
        MEMIF,
        VPP_IF_THERE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /// The same with another number of rounds.
    Plan withRounds(int number) {
        return new Plan(
                vnfs, chainFrom, chainTo, size, compare, quick, number, seconds, cycles, only, seed,
                cores);
    }

    /// The same with other VNFs.
    Plan withVnfs(Vnfs other) {
        return new Plan(
                other, chainFrom, chainTo, size, compare, quick, rounds, seconds, cycles, only,
                seed, cores);
    }

    /// Whether VNFs run in virtual machines.
    boolean inGuests() {
        return vnfs == Vnfs.VM || vnfs == Vnfs.VM_DPDK;
    }

    boolean compares(Other other) {
        return compare.contains(other);
    }

    /// Whether a row of the table of ratios is wanted.
    boolean wants(String row) {
        return only.isEmpty() || only.contains(row);
    }

    /// Time before a round that does not count.
    double settleSeconds() {
        return quick ? 0.15 : 0.5;
    }
}
