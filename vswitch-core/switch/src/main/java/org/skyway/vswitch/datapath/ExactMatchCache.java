package org.skyway.vswitch.datapath;

import org.skyway.openflow.model.FlowKey;

/// The first look-up of a packet whose headers matter: from its whole key to its megaflow. Two
/// places for each hash, flat arrays, no pointers to follow but the answer's. Belongs to one poll
/// thread.
final class ExactMatchCache {
    private static final int ENTRIES = 8192;
    private static final int STRIDE = FlowKey.PACKET_WORDS;
    private static final int IPV4_WORDS = 0x3f; // words 0 to 5: an IPv4 packet with ports

    private static final long M0 = HashSeed.odd();
    private static final long M1 = HashSeed.odd();
    private static final long M2 = HashSeed.odd();
    private static final long M3 = HashSeed.odd();
    private static final long M4 = HashSeed.odd();
    private static final long M5 = HashSeed.odd();

    private int swept; // the entry that is swept next
    private final long[] keys = new long[ENTRIES * STRIDE];
    private final long[] tags = new long[ENTRIES]; // hash, and which words are compared; 0: empty
    private final Megaflow[] flows = new Megaflow[ENTRIES];

    /// A hash of a packet's key and of which words are in it; never 0.
    static long hash(long[] key, int words) {
        long h;
        if (words == IPV4_WORDS) {
            // Independent products, so that they overlap.
            h = key[0] * M0 + key[1] * M1 + key[2] * M2 + key[3] * M3 + key[4] * M4 + key[5] * M5;
        } else {
            h = HashSeed.VALUE;
            for (int rest = words; rest != 0; rest &= rest - 1) {
                h = HashSeed.mix(h, key[Integer.numberOfTrailingZeros(rest)]);
            }
        }
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        return (h ^ h >>> 32) << 16 | words | 1;
    }

    /// Finds a packet's megaflow.
    ///
    /// @param epoch of now
    /// @return null if there is none that is valid
    Megaflow find(long tag, long[] key, int words, long epoch) {
        int first = (int) (tag >>> 16) & ENTRIES - 1;
        if (tags[first] == tag && same(first, key, words)) {
            Megaflow flow = flows[first];
            if (flow.isValid(epoch)) {
                return flow;
            }
        }
        int second = (int) (tag >>> 40) & ENTRIES - 1;
        if (tags[second] == tag && same(second, key, words)) {
            Megaflow flow = flows[second];
            if (flow.isValid(epoch)) {
                return flow;
            }
        }
        return null;
    }

    private boolean same(int entry, long[] key, int words) {
        int at = entry * STRIDE;
        if (words == IPV4_WORDS) {
            return ((keys[at] ^ key[0])
                            | (keys[at + 1] ^ key[1])
                            | (keys[at + 2] ^ key[2])
                            | (keys[at + 3] ^ key[3])
                            | (keys[at + 4] ^ key[4])
                            | (keys[at + 5] ^ key[5]))
                    == 0;
        }
        for (int rest = words; rest != 0; rest &= rest - 1) {
            int w = Integer.numberOfTrailingZeros(rest);
            if (keys[at + w] != key[w]) {
                return false;
            }
        }
        return true;
    }

    void put(long tag, long[] key, Megaflow flow) {
        int first = (int) (tag >>> 16) & ENTRIES - 1;
        int second = (int) (tag >>> 40) & ENTRIES - 1;
        int entry;
        if (tags[first] == tag || tags[first] == 0) {
            entry = first;
        } else if (tags[second] == tag || tags[second] == 0) {
            entry = second;
        } else {
            entry = (tag & 1L << 62) != 0 ? first : second;
        }
        System.arraycopy(key, 0, keys, entry * STRIDE, STRIDE);
        flows[entry] = flow;
        tags[entry] = tag;
    }

    /// Lets go of some entries that are not valid any more.
    ///
    /// @param entries how many to look at
    /// @param epoch of now
    void sweep(int entries, long epoch) {
        for (int i = 0; i < entries; i++) {
            int entry = swept++ & ENTRIES - 1;
            if (tags[entry] != 0 && !flows[entry].isValid(epoch)) {
                tags[entry] = 0;
                flows[entry] = null;
            }
        }
    }

    /// How many entries there are, for tests.
    int size() {
        int n = 0;
        for (long tag : tags) {
            n += tag == 0 ? 0 : 1;
        }
        return n;
    }
}
