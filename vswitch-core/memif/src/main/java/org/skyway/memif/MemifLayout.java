package org.skyway.memif;

/// What lies in the memory of a memif connection. Little-endian; cursors run freely modulo 2^16 and
/// are masked on use.
///
/// ```
/// ring
/// offset  size  field       writer            ordering
///      0     4  cookie      client            before CONNECT
///      4     2  flags       ring's receiver   1: it polls, don't signal it
///      6     2  head        client            release, acquired by the server
///     64     2  tail        server            release, acquired by the client
///    128  16*n  slots[n]    see below         plain, before the cursor
///
/// slot
/// offset  size  field
///      0     2  flags       1: the packet goes on in the next slot
///      2     2  region      index of the region that the buffer is in
///      4     4  length      of the packet's part; of the buffer, when it is given to be filled
///      8     4  offset      of the buffer in its region
///     12     4  metadata
/// ```
///
/// In the ring from client to server (C2S) the client moves `head` when it has filled slots, and
/// the server moves `tail` when it has taken them. In the other one (S2C) the client moves `head`
/// when it gives empty buffers, and the server moves `tail` when it has filled them.
final class MemifLayout {
    static final int COOKIE = 0x3E31F20;
    static final int COOKIE_OFFSET = 0;
    static final int FLAGS_OFFSET = 4;
    static final int HEAD_OFFSET = 6;
    static final int TAIL_OFFSET = 64;
    static final int SLOTS_OFFSET = 128;
    static final int SLOT_BYTES = 16;

    static final int FLAG_POLLS = 1;
    static final int FLAG_NEXT = 1;
    static final int CURSOR_MASK = 0xffff;

    static final int LEAST_LOG2 = 1;
    static final int MOST_LOG2 = 14;
    static final int MOST_REGIONS = 16;

    private MemifLayout() {}

    static long ringBytes(int log2) {
        return SLOTS_OFFSET + ((long) SLOT_BYTES << log2);
    }

    static int length(long word0) {
        return (int) (word0 >>> 32);
    }

    static int region(long word0) {
        return (int) (word0 >>> 16) & 0xffff;
    }

    // Flags, region and length in one word, so that they are written at once.
    static long word0(int flags, int region, int length) {
        return (long) length << 32 | (long) region << 16 | flags;
    }
}
