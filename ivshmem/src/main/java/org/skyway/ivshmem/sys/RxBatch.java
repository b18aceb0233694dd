package org.skyway.ivshmem.sys;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;

/// The receiving half of a packet socket. One thread at a time.
///
/// Each message has a buffer that takes the longest super-frame, of which a usual frame touches
/// only the first page:
///
/// ```
/// offset  size  what
///     54    10  virtio_net_hdr: checksum to complete, kind of super-frame
///     60        the frame, if a VLAN tag was put back into it
///     64        the frame, else
/// ```
final class RxBatch {
    static final int MESSAGES = 32;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int VIRTIO_HEADER_BYTES = 10;
    private static final int FRAME = 64;
    private static final int HEADER = FRAME - VIRTIO_HEADER_BYTES;
    private static final int LONGEST_BYTES = 65535 + 14 + 2 * 4;
    // An odd count of cache lines, so that the headers of a burst do not share one set; the last
    // lines are what copying in steps of 64 bytes may read behind a frame.
    private static final int STRIDE_BYTES = ((FRAME + LONGEST_BYTES + 63) / 64 + 2 | 1) * 64;

    private static final int NEEDS_CSUM = 1;
    private static final int GSO_ECN = 0x80;

    private final int fd;
    private final int maxFrameBytes;
    private final MessageVector vector;
    private final long buffers;
    private final Segmenter segmenter;
    private final Counter packets = new Counter();
    private final Counter bytes = new Counter();
    private final Counter errors = new Counter();
    private int received;
    private int next;

    RxBatch(Arena arena, int fd, int maxFrameBytes) {
        this.fd = fd;
        this.maxFrameBytes = maxFrameBytes;
        vector = new MessageVector(arena, MESSAGES, true);
        buffers = arena.allocate((long) MESSAGES * STRIDE_BYTES, 64).address();
        segmenter = new Segmenter(arena, maxFrameBytes);
        for (int i = 0; i < MESSAGES; i++) {
            vector.setBuffer(i, bufferAt(i) + HEADER, VIRTIO_HEADER_BYTES + LONGEST_BYTES);
            vector.allowControl(i);
        }
    }

    int rxBurst(long[] addresses, int[] lengths, int from, int max) {
        segmenter.recycle();
        if (next == received && !segmenter.active() && !receive(Math.min(max, MESSAGES))) {
            return 0;
        }
        int n = segmenter.emit(addresses, lengths, from, max);
        while (n < max && next < received && !segmenter.active()) {
            n += accept(next++, addresses, lengths, from + n, max - n);
        }
        if (n > 0) {
            long total = 0;
            for (int i = from; i < from + n; i++) {
                total += lengths[i];
            }
            packets.add(n);
            bytes.add(total);
        }
        return n;
    }

    Counter packets() {
        return packets;
    }

    Counter bytes() {
        return bytes;
    }

    Counter errors() {
        return errors;
    }

    private boolean receive(int max) {
        for (int i = 0; i < received; i++) {
            vector.allowControl(i);
        }
        next = 0;
        received = 0;
        int rc = Syscalls.recvmmsg(fd, vector.address(), max, MSG_DONTWAIT);
        if (rc > 0) {
            received = rc;
            return true;
        }
        if (rc == -Errno.EINVAL) {
            errors.add(1); // a kind of super-frame that virtio_net_hdr has no name for
        }
        return false;
    }

    // Answers how many frames came of the message: none, one, or some segments.
    private int accept(int message, long[] addresses, int[] lengths, int at, int max) {
        long frame = bufferAt(message) + FRAME;
        int length = vector.length(message) - VIRTIO_HEADER_BYTES;
        if (length < 14 || vector.truncated(message)) {
            errors.add(1);
            return 0;
        }
        long header = frame - VIRTIO_HEADER_BYTES;
        boolean needsChecksum = (Memory.getByte(header) & NEEDS_CSUM) != 0;
        int gsoType = Memory.getByte(header + 1) & ~GSO_ECN;
        int segmentBytes = Memory.getShort(header + 4);
        int checksumStart = Memory.getShort(header + 6);
        int checksumOffset = Memory.getShort(header + 8);
        int tag = vector.vlanTag(message);
        if (tag != 0) {
            putTagBack(frame, tag);
            frame -= 4;
            length += 4;
            checksumStart += 4;
        }
        if (gsoType != 0) {
            int start = needsChecksum ? checksumStart : -1;
            if (!segmenter.start(frame, length, gsoType, segmentBytes, start)) {
                errors.add(1);
                return 0;
            }
            return segmenter.emit(addresses, lengths, at, max);
        }
        boolean good =
                length <= maxFrameBytes
                        && (!needsChecksum
                                || Checksum.complete(frame, length, checksumStart, checksumOffset));
        if (!good) {
            errors.add(1);
            return 0;
        }
        addresses[at] = frame;
        lengths[at] = length;
        return 1;
    }

    // The addresses move 4 bytes down, over the virtio header.
    private static void putTagBack(long frame, int tag) {
        long front = Memory.getLong(frame);
        int back = Memory.getInt(frame + 8);
        Memory.putLong(frame - 4, front);
        Memory.putInt(frame + 4, back);
        Memory.putIntBE(frame + 8, tag);
    }

    private long bufferAt(int message) {
        return buffers + (long) message * STRIDE_BYTES;
    }
}
