package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;

class SegmenterPropertyTest {
    private static final int MAX_FRAME = 2048;

    private final Arena arena = Arena.ofConfined();
    private final Segmenter segmenter = new Segmenter(arena, MAX_FRAME);
    private final long memory = arena.allocate(70000, 64).address();
    private Random random;

    @BeforeEach
    void seed() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("SegmenterPropertyTest: -Dskyway.seed=" + seed);
        random = new Random(seed);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void segmentsAreWhatASenderWithoutOffloadWouldHaveSent() {
        for (int round = 0; round < 300; round++) {
            boolean ipv4 = random.nextBoolean();
            int protocol = random.nextBoolean() ? TestFrames.TCP : TestFrames.UDP;
            byte[] payload = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 60000 : 9000)];
            random.nextBytes(payload);
            int segmentBytes = 100 + random.nextInt(1400);
            int ipOptions = ipv4 ? 4 * random.nextInt(4) : 0;
            byte[] whole =
                    TestFrames.ip(ipv4, protocol, ipOptions, 4 * random.nextInt(11), payload);
            List<byte[]> segments = cut(whole, segmentBytes, -1, 1 + random.nextInt(40));
            assertEquals((payload.length + segmentBytes - 1) / segmentBytes, segments.size());
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            for (int i = 0; i < segments.size(); i++) {
                byte[] segment = segments.get(i);
                assertTrue(TestFrames.isSound(segment), "segment " + i);
                checkHeader(whole, segment, i, segmentBytes, i == segments.size() - 1);
                int at = TestFrames.payloadAt(segment);
                joined.write(segment, at, segment.length - at);
            }
            assertArrayEquals(payload, joined.toByteArray());
        }
    }

    @Test
    void segmentsKeepVlanTags() {
        byte[] whole = TestFrames.ip(true, TestFrames.TCP, 0, 0, new byte[3000]);
        byte[] tagged = TestFrames.tagged(TestFrames.tagged(whole, 0x8100, 7), 0x88a8, 9);
        put(tagged);
        int start = TestFrames.transportAt(whole) + 8;
        assertTrue(segmenter.start(memory, tagged.length, Segmenter.GSO_TCP4, 1000, start));
        List<byte[]> segments = drain(64);
        assertEquals(3, segments.size());
        for (byte[] segment : segments) {
            assertEquals(0x88a8, TestFrames.get16(segment, 12));
            assertEquals(7, TestFrames.get16(segment, 18));
            byte[] untagged = new byte[segment.length - 8];
            System.arraycopy(segment, 0, untagged, 0, 12);
            System.arraycopy(segment, 20, untagged, 12, segment.length - 20);
            assertTrue(TestFrames.isSound(untagged));
        }
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        byte[] tcp = TestFrames.ip(true, TestFrames.TCP, 0, 0, new byte[3000]);
        int start = TestFrames.transportAt(tcp);
        assertTrue(starts(tcp, tcp.length, Segmenter.GSO_TCP4, 1000, start));
        assertFalse(starts(tcp, tcp.length, Segmenter.GSO_TCP4, 0, start), "no segment size");
        assertFalse(starts(tcp, tcp.length, Segmenter.GSO_TCP4, 2000, start), "segments too long");
        assertFalse(starts(tcp, tcp.length, Segmenter.GSO_TCP6, 1000, start), "not IPv6");
        assertFalse(starts(tcp, tcp.length, Segmenter.GSO_UDP, 1000, start), "not UDP");
        assertFalse(starts(tcp, tcp.length, 3, 1000, start), "fragmentation offload");
        assertFalse(starts(tcp, tcp.length, Segmenter.GSO_TCP4, 1000, start + 50), "a tunnel");
        byte[] routed = TestFrames.ip(false, TestFrames.TCP, 0, 0, new byte[3000]);
        routed[20] = 43;
        assertFalse(starts(routed, routed.length, Segmenter.GSO_TCP6, 1000, -1), "routing header");
        byte[] shortHeader = tcp.clone();
        shortHeader[start + 12] = 0x40;
        assertFalse(starts(shortHeader, tcp.length, Segmenter.GSO_TCP4, 1000, start));
    }

    @Test
    void garbageIsRefusedOrSegmentsHoldExactlyTheFrame() {
        int started = 0;
        for (int round = 0; round < 20000; round++) {
            byte[] frame =
                    TestFrames.ip(
                            random.nextBoolean(),
                            random.nextBoolean() ? TestFrames.TCP : TestFrames.UDP,
                            0,
                            0,
                            new byte[random.nextInt(100)]);
            for (int i = random.nextInt(4); i > 0; i--) {
                frame[12 + random.nextInt(Math.min(50, frame.length - 12))] =
                        (byte) random.nextInt();
            }
            int length = random.nextInt(frame.length + 1);
            int segmentBytes = 1 + random.nextInt(50);
            int type = new int[] {1, 4, 5}[random.nextInt(3)];
            if (starts(frame, length, type, segmentBytes, -1)) {
                started++;
                List<byte[]> segments = drain(64);
                int headers = segments.size() == 1 ? 0 : segments.get(0).length - segmentBytes;
                int total = headers;
                for (byte[] segment : segments) {
                    total += segment.length - headers;
                }
                assertEquals(length, total);
            }
        }
        assertTrue(started > 1000, "too few were understood: " + started);
    }

    private boolean starts(byte[] frame, int length, int type, int segmentBytes, int start) {
        put(frame);
        boolean started = segmenter.start(memory, length, type, segmentBytes, start);
        assertEquals(started, segmenter.active());
        return started;
    }

    private List<byte[]> cut(byte[] whole, int segmentBytes, int start, int burst) {
        put(whole);
        int type =
                TestFrames.protocol(whole) == TestFrames.UDP
                        ? Segmenter.GSO_UDP
                        : TestFrames.isIpv4(whole) ? Segmenter.GSO_TCP4 : Segmenter.GSO_TCP6;
        assertTrue(segmenter.start(memory, whole.length, type, segmentBytes, start));
        return drain(burst);
    }

    private List<byte[]> drain(int burst) {
        long[] addresses = new long[burst + 3];
        int[] lengths = new int[burst + 3];
        List<byte[]> segments = new ArrayList<>();
        while (segmenter.active()) {
            segmenter.recycle();
            int n = segmenter.emit(addresses, lengths, 3, burst);
            assertTrue(n > 0);
            for (int i = 3; i < 3 + n; i++) {
                byte[] segment = new byte[lengths[i]];
                Memory.copyToArray(addresses[i], segment, 0, lengths[i]);
                segments.add(segment);
            }
        }
        return segments;
    }

    private void put(byte[] frame) {
        Memory.copyFromArray(frame, 0, memory, frame.length);
    }

    private static void checkHeader(
            byte[] whole, byte[] segment, int index, int segmentBytes, boolean last) {
        int transport = TestFrames.transportAt(whole);
        if (TestFrames.isIpv4(whole)) {
            int id = TestFrames.get16(whole, 18) + index & 0xffff;
            assertEquals(id, TestFrames.get16(segment, 18), "identification goes on");
        }
        if (TestFrames.protocol(whole) == TestFrames.TCP) {
            int sequence = ByteBuffer.wrap(whole).getInt(transport + 4) + index * segmentBytes;
            assertEquals(sequence, ByteBuffer.wrap(segment).getInt(transport + 4));
            int flags =
                    TestFrames.ACK
                            | (last ? TestFrames.FIN | TestFrames.PSH : 0)
                            | (index == 0 ? TestFrames.CWR : 0);
            assertEquals(flags, segment[transport + 13] & 0xff);
        }
    }
}
