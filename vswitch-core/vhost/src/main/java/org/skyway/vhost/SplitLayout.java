package org.skyway.vhost;

/// What lies in a split queue (virtio 1.2, section 2.7). Little-endian; indices run freely modulo
/// 2^16 and are masked on use.
///
/// ```
/// slots     offset  size  field    writer   ordering
///                0     8  address  driver   plain, before avail.idx; in the guest
///                8     4  length   driver
///               12     2  flags    driver   1 the next slot goes on, 2 for the device to write,
///                                           4 a table of slots
///               14     2  next     driver
/// avail          0     2  flags    driver   1: don't interrupt me
///                2     2  idx      driver   release, acquired by the device
///                4   2*n  ring     driver   first slot of each chain
/// used           0     2  flags    device   1: don't kick me
///                2     2  idx      device   release, acquired by the driver
///                4   8*n  ring     device   first slot u32, bytes written u32
/// ```
///
/// What a packet starts with (section 5.1.6), 12 bytes, or 10 for a driver that is older than
/// virtio 1 and takes no mergeable buffers:
///
/// ```
/// flags 0:1, gso type 1:1, header length 2:2, gso size 4:2, csum start 6:2, csum offset 8:2, buffers 10:2
/// ```
final class SplitLayout {
    static final int SLOT_BYTES = 16;
    static final int FLAG_NEXT = 1;
    static final int FLAG_WRITE = 2;
    static final int FLAG_INDIRECT = 4;

    static final int FLAGS_OFFSET = 0;
    static final int INDEX_OFFSET = 2;
    static final int ENTRIES_OFFSET = 4;
    static final int AVAIL_ENTRY_BYTES = 2;
    static final int USED_ENTRY_BYTES = 8;
    static final int NO_INTERRUPT = 1;
    static final int NO_NOTIFY = 1;
    static final int INDEX_MASK = 0xffff;

    static final int BUFFERS_OFFSET = 10;
    static final int LONG_HEADER_BYTES = 12;
    static final int SHORT_HEADER_BYTES = 10;

    static final int MOST_SLOTS = 1 << 15;

    private SplitLayout() {}

    static int length(long word1) {
        return (int) word1;
    }

    static int flags(long word1) {
        return (int) (word1 >>> 32) & 0xffff;
    }

    static int next(long word1) {
        return (int) (word1 >>> 48);
    }
}
