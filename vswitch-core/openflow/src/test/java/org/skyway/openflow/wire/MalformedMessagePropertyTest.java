package org.skyway.openflow.wire;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.OpenFlowException;

/// Whatever comes in is either understood or refused with an OpenFlow error; nothing else is
/// thrown, and what was understood can be written again.
class MalformedMessagePropertyTest {
    private static final int CASES = 60_000;

    @Test
    void mutatedMessagesAreUnderstoodOrRefused() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("MalformedMessagePropertyTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>(Frames.read("ovs-ofctl-requests.txt"));
        frames.addAll(Frames.read("ovs-vswitchd-replies.txt"));
        for (int i = 0; i < CASES; i++) {
            byte[] frame = mutate(frames.get(random.nextInt(frames.size())), random);
            try {
                OpenFlowCodec.decode(frame, random.nextBoolean());
            } catch (OpenFlowException refused) {
                // Just what it is for.
            } catch (RuntimeException bug) {
                fail("case %d, %s".formatted(i, HexFormat.of().formatHex(frame)), bug);
            }
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] f = original.clone();
        int kind = random.nextInt(6);
        if (kind == 0) {
            f = Arrays.copyOf(f, 8 + random.nextInt(f.length - 7));
        } else if (kind == 1) {
            f = Arrays.copyOf(f, f.length + 1 + random.nextInt(24));
        }
        int changes = random.nextInt(4);
        for (int i = 0; i < changes && f.length > 8; i++) {
            int at = 8 + random.nextInt(f.length - 8);
            f[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> -1;
                        case 2 -> (byte) (f[at] ^ 1 << random.nextInt(8));
                        default -> (byte) random.nextInt();
                    };
        }
        if (random.nextInt(8) == 0) {
            f[0] = new byte[] {1, 4, 5, 6}[random.nextInt(4)];
        }
        if (random.nextInt(16) == 0) {
            f[1] = (byte) random.nextInt(40);
        }
        f[2] = (byte) (f.length >>> 8);
        f[3] = (byte) f.length;
        return f;
    }
}
