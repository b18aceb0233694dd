package org.skyway.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;

/// What guests leave to others, and guests that lie about it.
class OffloadsTest {
    private static final int HEADERS = 54;
    private static final int TCP = 34;
    private static final int CHECKSUM = 16;
    private static final int SEQUENCE = 4;
    private static final int SEGMENT = 1400;

    private final Random random = new Random(18);

    private static VirtioDriver guest(long offloads) throws Exception {
        VirtioDriver guest = new VirtioDriver(64, VirtioDriver.ALL | offloads);
        guest.start();
        return guest;
    }

    private static byte[] header(int flags, int kind, int size, int start, int offset) {
        ByteBuffer b = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) flags).put((byte) kind).putShort((short) HEADERS).putShort((short) size);
        return b.putShort((short) start).putShort((short) offset).array();
    }

    // TCP over IPv4 whose checksum field has the sum of the pseudo-header only.
    private byte[] frame(int payload) {
        byte[] frame = new byte[HEADERS + payload];
        random.nextBytes(frame);
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.putShort(12, (short) 0x0800).put(14, (byte) 0x45);
        b.putShort(16, (short) (40 + payload)).put(23, (byte) 6);
        b.put(TCP + 12, (byte) 0x50);
        b.putShort(TCP + CHECKSUM, (short) 0);
        b.putShort(TCP + CHECKSUM, (short) fold(pseudo(b, 20 + payload)));
        return frame;
    }

    private static long pseudo(ByteBuffer b, int bytes) {
        return sum(b, 26, 8) + 6 + bytes;
    }

    private static long sum(ByteBuffer b, int at, int bytes) {
        long sum = 0;
        for (int i = 0; i < bytes; i++) {
            sum += (b.get(at + i) & 0xff) << ((i & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long s = sum;
        while (s >>> 16 != 0) {
            s = (s & 0xffff) + (s >>> 16);
        }
        return (int) s;
    }

    private static void assertChecksum(byte[] frame) {
        ByteBuffer b = ByteBuffer.wrap(frame);
        int bytes = frame.length - TCP;
        assertEquals(0xffff, fold(sum(b, TCP, bytes) + pseudo(b, bytes)));
    }

    private static byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }

    @Test
    void aChecksumIsFilledInAndTheGuestsMemoryLeftAlone() throws Exception {
        try (VirtioDriver guest = guest(Offloads.ALL)) {
            byte[] frame = frame(1001);
            for (int parts = 1; parts <= 3; parts++) {
                assertTrue(guest.send(header(1, 0, 0, TCP, CHECKSUM), frame, parts, false));
            }
            guest.send(header(0, 0, 0, 0, 0), frame, 1, false);
            VhostQueues queues = guest.device.live();
            long[] addresses = new long[32];
            int[] lengths = new int[32];
            assertEquals(4, queues.peekComplete(addresses, lengths, 32));
            for (int i = 0; i < 3; i++) {
                assertChecksum(read(addresses[i], lengths[i]));
            }
            assertArrayEquals(frame, read(addresses[3], lengths[3]));
            queues.receiver().release();
            assertNull(queues.fault());
        }
    }

    @Test
    void aSuperFrameIsCutAndComesInSeveralBursts() throws Exception {
        try (VirtioDriver guest = guest(Offloads.ALL)) {
            byte[] frame = frame(5 * SEGMENT + 7);
            guest.send(header(1, 1, SEGMENT, TCP, CHECKSUM), frame, 3, false);
            guest.send(header(1, 0, 0, TCP, CHECKSUM), frame(60), 1, false);
            VhostQueues queues = guest.device.live();
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            long[] addresses = new long[32];
            int[] lengths = new int[32];
            int sequence = ByteBuffer.wrap(frame).getInt(TCP + SEQUENCE);
            for (int n : new int[] {4, 2}) {
                assertFalse(payload.size() > 0 && queues.canPass(queues), "some are to come");
                assertEquals(n, queues.peekComplete(addresses, lengths, 4));
                for (int i = 0; i < n; i++) {
                    byte[] segment = read(addresses[i], lengths[i]);
                    assertChecksum(segment);
                    ByteBuffer b = ByteBuffer.wrap(segment);
                    assertEquals(sequence + payload.size(), b.getInt(TCP + SEQUENCE));
                    payload.write(segment, HEADERS, segment.length - HEADERS);
                }
                queues.receiver().release();
            }
            assertArrayEquals(
                    Arrays.copyOfRange(frame, HEADERS, frame.length), payload.toByteArray());
            assertEquals(1, queues.peekComplete(addresses, lengths, 4), "what came after it");
            assertTrue(queues.canPass(queues));
        }
    }

    @Test
    void betweenTwoThatAgreedNothingIsDone() throws Exception {
        try (VirtioDriver from = guest(Offloads.ALL);
                VirtioDriver to = guest(Offloads.ALL)) {
            byte[] frame = frame(5 * SEGMENT);
            from.send(header(1, 1, SEGMENT, TCP, CHECKSUM), frame, 3, false);
            to.bufferBytes = 4096;
            to.giveBuffers(random, 4096);
            long[] addresses = new long[32];
            int[] lengths = new int[32];
            VhostReceiver receiver = from.device.live().receiver();
            assertTrue(from.device.live().canPass(to.device.live()));
            assertEquals(1, receiver.peek(addresses, lengths, 32));
            assertEquals(
                    1, to.device.live().sender().offer(addresses, lengths, receiver.left(), 0, 1));
            assertArrayEquals(frame, to.take(0).getFirst());
            byte[] header = header(1, 1, SEGMENT, TCP, CHECKSUM);
            Arrays.fill(header, 2, 4, (byte) 0); // a hint
            assertArrayEquals(Arrays.copyOf(header, 10), Arrays.copyOf(to.lastHeader, 10));
        }
    }

    @Test
    void nothingPassesToWhoDidNotAgree() throws Exception {
        try (VirtioDriver all = guest(Offloads.ALL);
                VirtioDriver checksums = guest(Offloads.CSUM | Offloads.GUEST_CSUM);
                VirtioDriver sends = guest(Offloads.CSUM | Offloads.HOST_TSO4);
                VirtioDriver none = new VirtioDriver(64, VirtioDriver.ALL)) {
            none.start();
            assertFalse(all.device.live().canPass(none.device.live()));
            assertFalse(all.device.live().canPass(checksums.device.live()));
            assertFalse(checksums.device.live().canPass(sends.device.live()));
            assertFalse(none.device.live().canPass(all.device.live()), "it leaves nothing");
            assertTrue(checksums.device.live().canPass(all.device.live()));
            assertTrue(sends.device.live().canPass(all.device.live()));
        }
    }

    @Test
    void whatCantBeIsDroppedAndCounted() throws Exception {
        byte[][] lies = {
            header(1, 0, 0, 13, CHECKSUM), // in the Ethernet header
            header(1, 0, 0, HEADERS + 400, CHECKSUM), // behind the packet
            header(1, 0, 0, 0xffff, CHECKSUM),
            header(1, 0, 0, TCP, 0xffff),
            header(0, 1, SEGMENT, TCP, CHECKSUM), // segments without checksums
            header(1, 3, SEGMENT, TCP, CHECKSUM), // UDP, which was not agreed on
            header(1, 0x81, SEGMENT, TCP, CHECKSUM), // neither was ECN
            header(1, 0xff, SEGMENT, TCP, CHECKSUM),
            header(1, 1, 0, TCP, CHECKSUM), // no end of segments
            header(1, 1, 1, TCP, CHECKSUM), // thousands of them
            header(1, 1, 0xffff, TCP, CHECKSUM), // longer than a frame
            header(1, 4, SEGMENT, TCP, CHECKSUM), // it is not IPv6
            header(1, 1, SEGMENT, TCP + 1, CHECKSUM), // no TCP header is there
        };
        try (VirtioDriver guest = guest(Offloads.ALL)) {
            VhostQueues queues = guest.device.live();
            long[] addresses = new long[32];
            int[] lengths = new int[32];
            for (int i = 0; i < lies.length; i++) {
                for (int parts = 1; parts <= 2; parts++) {
                    guest.send(lies[i], frame(300), parts, false);
                    assertEquals(0, queues.peekComplete(addresses, lengths, 32), "lie " + i);
                    assertEquals(2 * i + parts, queues.receiver().wrong(), "lie " + i);
                    guest.take(1);
                }
            }
            guest.send(
                    header(0, 0, 0, 0, 0), frame(VirtioDriver.MAX_FRAME), 2, false); // no segments
            assertEquals(0, queues.peekComplete(addresses, lengths, 32));
            assertEquals(2 * lies.length + 1, queues.receiver().wrong());
            guest.send(header(0, 0, 0, 0, 0), frame(300), 1, false);
            assertEquals(1, queues.peekComplete(addresses, lengths, 32));
            assertNull(queues.fault());
        }
        try (VirtioDriver guest = guest(Offloads.CSUM)) {
            guest.send(header(1, 1, SEGMENT, TCP, CHECKSUM), frame(300), 1, false);
            assertEquals(0, guest.device.live().peekComplete(new long[32], new int[32], 32));
            assertEquals(1, guest.device.live().receiver().wrong());
        }
    }

    @Test
    void nonsenseNeverHarms() throws Exception {
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        try (VirtioDriver guest = guest(Offloads.ALL)) {
            VhostQueues queues = guest.device.live();
            for (int i = 0; i < 20_000; i++) {
                byte[] header = new byte[12];
                random.nextBytes(header);
                header[0] &= (byte) random.nextInt(4);
                header[1] = random.nextBoolean() ? 1 : header[1];
                header[3] = 0;
                header[5] = (byte) random.nextInt(6);
                header[7] = random.nextBoolean() ? 0 : header[7];
                header[6] = random.nextBoolean() ? (byte) TCP : header[6];
                header[9] = 0;
                byte[] frame = frame(1 + random.nextInt(3000));
                frame[random.nextInt(HEADERS)] = (byte) random.nextInt();
                guest.send(header, frame, 1 + random.nextInt(3), random.nextBoolean());
                for (int n; (n = queues.peekComplete(addresses, lengths, 32)) > 0; ) {
                    for (int k = 0; k < n; k++) {
                        assertTrue(lengths[k] > 0 && lengths[k] <= VirtioDriver.MAX_FRAME);
                    }
                    queues.receiver().release();
                }
                guest.take(1);
            }
            assertNull(queues.fault());
        }
    }
}
