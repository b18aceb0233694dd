package org.skyway.experiments.chain;

import java.nio.ByteBuffer;
import java.util.Random;

/// Frames of all kinds, of 60 to 1514 bytes, each different from every other.
final class MixedFrames {
    private final Random random;
    private int count;

    MixedFrames(long seed) {
        random = new Random(seed);
    }

    byte[] next() {
        int length = random.nextInt(4) == 0 ? 60 : 60 + random.nextInt(1455);
        ByteBuffer f = ByteBuffer.allocate(length);
        f.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1});
        if (random.nextInt(4) == 0) {
            f.putShort((short) 0x8100).putShort((short) random.nextInt(4096));
        }
        switch (random.nextInt(7)) {
            case 0 ->
                    f.putShort((short) 0x0806)
                            .putShort((short) 1)
                            .putShort((short) 0x0800)
                            .put((byte) 6)
                            .put((byte) 4)
                            .putShort((short) (1 + random.nextInt(2)))
                            .putLong(random.nextLong())
                            .putLong(random.nextLong());
            case 1 -> ipv4(f, 6);
            case 2 -> ipv4(f, 17);
            case 3 -> ipv4(f, 1);
            case 4 -> ipv6(f, 6);
            case 5 -> ipv6(f, 58);
            default -> f.putShort((short) 0x88cc);
        }
        while (f.remaining() >= 4) {
            f.putInt(random.nextInt());
        }
        f.putInt(length - 4, count++); // so that no two are equal
        return f.array();
    }

    private void ipv4(ByteBuffer f, int protocol) {
        int total = f.remaining() - 2;
        f.putShort((short) 0x0800)
                .putShort((short) 0x4500)
                .putShort((short) total)
                .putShort((short) random.nextInt())
                .putShort((short) 0)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(0x0a000000 | random.nextInt(1 << 16))
                .putInt(0x0a010000 | random.nextInt(1 << 16));
        transport(f);
    }

    private void ipv6(ByteBuffer f, int protocol) {
        int payload = Math.max(0, f.remaining() - 42);
        if (f.remaining() < 62) {
            f.putShort((short) 0x88cc);
            return;
        }
        f.putShort((short) 0x86dd)
                .putInt(0x60000000)
                .putShort((short) payload)
                .put((byte) protocol)
                .put((byte) 64)
                .putLong(0xfe80000000000000L)
                .putLong(random.nextInt(1 << 16))
                .putLong(0xfe80000000000000L)
                .putLong(random.nextInt(1 << 16));
        transport(f);
    }

    private void transport(ByteBuffer f) {
        f.putInt(random.nextInt()).putLong(random.nextLong()).putInt(0x50020000);
    }
}
