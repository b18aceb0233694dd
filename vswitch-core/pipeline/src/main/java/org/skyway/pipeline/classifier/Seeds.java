package org.skyway.pipeline.classifier;

import java.security.SecureRandom;
import org.skyway.openflow.model.FlowKey;

/// Hashes of flow keys that nobody outside this process can foretell, so that no sender can choose
/// packets that meet in one place of a hash table.
///
/// Each half of a word has a random key of its own; sums of the products of halves and keys are the
/// NH hash of UMAC (RFC 4418): two given keys meet with a probability of 2^-32, whatever they are.
/// A hash that only begins with a random number does not do: there are pairs that meet in it with
/// every beginning.
final class Seeds {
    private static final long HALF = 0xffff_ffffL;
    private static final long[] KEYS = new SecureRandom().longs(FlowKey.WORDS).toArray();

    private Seeds() {}

    /// What a word adds to a key's hash.
    ///
    /// @param word which
    /// @param value its bits
    static long of(int word, long value) {
        long key = KEYS[word];
        return ((value >>> 32) + (key >>> 32) & HALF) * (value + key & HALF);
    }

    /// Spreads a sum over all bits.
    static long spread(long sum) {
        long h = (sum ^ sum >>> 32) * 0xd6e8feb86659fd93L;
        return h ^ h >>> 29;
    }
}
