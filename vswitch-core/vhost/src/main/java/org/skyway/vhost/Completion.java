package org.skyway.vhost;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Checksum;
import org.skyway.ivshmem.sys.Segmenter;

/// Does what a guest left to others, for receivers that have not agreed to that. Everything is
/// copied out of the guest's memory first, so that nothing changes meanwhile. One thread.
final class Completion {
    private final VhostReceiver receiver;
    private final Segmenter segmenter;
    private final int stride;
    private final long frames; // one each for the packets of a burst
    private final long whole; // what is cut into segments

    Completion(VhostReceiver receiver, Arena arena, int maxFrame) {
        this.receiver = receiver;
        segmenter = new Segmenter(arena, maxFrame);
        stride = (maxFrame + 127) & ~63;
        frames = arena.allocate((long) VhostReceiver.MOST_IN_BURST * stride, 64).address();
        whole = arena.allocate((Offloads.MOST_BYTES + 127) & ~63, 64).address();
    }

    /// Whether there are no segments left to show.
    boolean isIdle() {
        return !segmenter.active();
    }

    int peek(long[] addresses, int[] lengths, int max) {
        segmenter.recycle(); // those of the last burst
        if (segmenter.active()) {
            return segmenter.emit(addresses, lengths, 0, max);
        }
        final int n = receiver.peek(addresses, lengths, max);
        final long[] left = receiver.left();
        int count = 0;
        for (int i = 0; i < n; i++) {
            final long word = left[i];
            final int length = lengths[i];
            if (word == Offloads.NONE) {
                addresses[count] = addresses[i];
                lengths[count++] = length;
            } else if (Offloads.isSegmented(word)) { // the last
                Memory.copyPacket(addresses[i], whole, length);
                if (segmenter.start(
                        whole,
                        length,
                        Offloads.kind(word),
                        Offloads.segmentBytes(word),
                        Offloads.start(word))) {
                    count += segmenter.emit(addresses, lengths, count, max - count);
                } else {
                    receiver.isWrong();
                }
            } else {
                final long frame = frames + (long) count * stride;
                Memory.copyPacket(addresses[i], frame, length);
                if (Checksum.complete(frame, length, Offloads.start(word), Offloads.offset(word))) {
                    addresses[count] = frame;
                    lengths[count++] = length;
                } else {
                    receiver.isWrong();
                }
            }
        }
        if (count == 0) {
            receiver.release(); // of what can't be completed
        }
        return count;
    }
}
