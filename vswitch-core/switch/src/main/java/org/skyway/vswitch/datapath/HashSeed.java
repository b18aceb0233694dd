package org.skyway.vswitch.datapath;

import java.security.SecureRandom;

/// What hashes of packets begin with: another number in each process, so that nobody can choose
/// packets whose hashes are equal.
final class HashSeed {
    private static final SecureRandom RANDOM = new SecureRandom();

    static final long VALUE = RANDOM.nextLong();
    private static final long MULTIPLIER = odd();

    private HashSeed() {}

    /// Another one, odd, to multiply with.
    static long odd() {
        return RANDOM.nextLong() | 1;
    }

    /// Mixes one more word into a hash.
    static long mix(long hash, long word) {
        long h = (Long.rotateLeft(hash, 23) ^ word) * MULTIPLIER;
        return h ^ h >>> 32;
    }
}
