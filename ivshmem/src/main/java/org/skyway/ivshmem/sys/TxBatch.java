package org.skyway.ivshmem.sys;

import java.lang.foreign.Arena;

/// The sending half of a packet socket. One thread at a time.
final class TxBatch {
    private static final int MESSAGES = 64;
    private static final int MSG_DONTWAIT = 0x40;

    private final int fd;
    private final MessageVector vector;
    private final Counter packets = new Counter();
    private final Counter bytes = new Counter();
    private final Counter errors = new Counter();

    TxBatch(Arena arena, int fd) {
        this.fd = fd;
        vector = new MessageVector(arena, MESSAGES, false);
    }

    int txBurst(long[] addresses, int[] lengths, int from, int count) {
        int done = 0;
        while (done < count) {
            int sent = send(addresses, lengths, from + done, Math.min(count - done, MESSAGES));
            if (sent > 0) {
                done += sent;
            } else if (sent == -Errno.EMSGSIZE || sent == -Errno.EINVAL) {
                errors.add(1); // this frame will never go; those behind it may
                done++;
            } else {
                return done;
            }
        }
        return done;
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

    // A short count hides why the next frame was not taken; sending from that one again tells.
    private int send(long[] addresses, int[] lengths, int from, int count) {
        for (int i = 0; i < count; i++) {
            vector.setBuffer(i, addresses[from + i], lengths[from + i]);
        }
        int sent = Syscalls.sendmmsg(fd, vector.address(), count, MSG_DONTWAIT);
        if (sent > 0) {
            long total = 0;
            for (int i = 0; i < sent; i++) {
                total += lengths[from + i];
            }
            packets.add(sent);
            bytes.add(total);
        }
        return sent;
    }
}
