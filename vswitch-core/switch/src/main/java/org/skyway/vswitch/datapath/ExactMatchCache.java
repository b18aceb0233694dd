package org.skyway.vswitch.datapath;

import org.skyway.openflow.model.FlowKey;

/// The first look-up of a packet whose headers matter: from its whole key to its megaflow. Two
/// places for each hash, flat arrays, no pointers to follow but the answer's. Belongs to one poll
/// thread.
final class ExactMatchCache {
    private static final int ENTRIES = 8192;
    private static final int STRIDE = FlowKey.PACKET_WORDS;
    private static final int IPV4_WORDS = 0x3f; // words 0 to 5: an IPv4 packet with ports

    private final long[] keys = new long[ENTRIES * STRIDE];
    private final long[] tags = new long[ENTRIES]; // hash, and which words are compared; 0: empty
    private final Megaflow[] flows = new Megaflow[ENTRIES];

    /// A hash of a packet's key and of which words are in it; never 0.
    static long hash(long[] key, int words) {
        long h;
        if (words == IPV4_WORDS) {
            // Independent products, so that they overlap.
            h =
                    key[0] * 0x9e3779b97f4a7c15L
                            + key[1] * 0xc2b2ae3d27d4eb4fL
                            + key[2] * 0x165667b19e3779f9L
                            + key[3] * 0xd6e8feb86659fd93L
                            + key[4] * 0xff51afd7ed558ccdL
                            + key[5] * 0x27d4eb2f165667c5L;
        } else {
            h = 0;
            for (int rest = words; rest != 0; rest &= rest - 1) {
                h =
                        (Long.rotateLeft(h, 23) ^ key[Integer.numberOfTrailingZeros(rest)])
                                * 0x9e3779b97f4a7c15L;
            }
        }
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        return (h ^ h >>> 32) << 16 | words | 1;
    }

    Megaflow find(long tag, long[] key, int words) {
        int first = (int) (tag >>> 16) & ENTRIES - 1;
        if (tags[first] == tag && same(first, key, words)) {
            return flows[first];
        }
        int second = (int) (tag >>> 40) & ENTRIES - 1;
        if (tags[second] == tag && same(second, key, words)) {
            return flows[second];
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
        int entry = tags[first] == 0 || tags[second] != 0 && (tag & 1L << 62) != 0 ? first : second;
        System.arraycopy(key, 0, keys, entry * STRIDE, STRIDE);
        flows[entry] = flow;
        tags[entry] = tag;
    }

    void clear() {
        java.util.Arrays.fill(tags, 0);
        java.util.Arrays.fill(flows, null);
    }
}
