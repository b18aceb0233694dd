package org.skyway.vnf.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;

class SyntheticFramesTest {
    private static final SyntheticFrames.Headers HEADERS =
            new SyntheticFrames.Headers(
                    0x020000000001L, 0x020000000002L, 0x0a000001, 0x0a000002, 5000);
    private static final int BURST = 32;

    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];

    @Test
    void everySizeHasRightHeadersAndChecksums() {
        try (var frames = frames("64-2048", 1)) {
            for (long n = 0; n < 4000; n += BURST) {
                frames.prepare(n, BURST, 0x1234_5678_9abc_def0L + n, addresses, lengths);
                for (int i = 0; i < BURST; i++) {
                    check(addresses[i], lengths[i], n + i);
                    assertEquals(0x1234_5678_9abc_def0L + n, TestFrame.sentNanos(addresses[i]));
                }
            }
        }
    }

    @Test
    void smallestFrameHasEverything() {
        try (var frames = frames("64", 1)) {
            frames.prepare(7, 1, 99, addresses, lengths);
            assertEquals(64, lengths[0]);
            byte[] frame = new byte[64];
            Memory.copyToArray(addresses[0], frame, 0, 64);
            String hex = java.util.HexFormat.of().formatHex(frame);
            // Destination, source, type; then the IPv4 header, whose checksum was worked out by
            // hand: 4500+0032+4000+4011+0a00+0001+0a00+0002 = d946.
            assertTrue(hex.startsWith("020000000002" + "020000000001" + "0800"), hex);
            assertEquals(
                    "45000032" + "00004000" + "401126b9" + "0a000001" + "0a000002",
                    hex.substring(28, 68));
            assertEquals("0400" + "1388" + "001e", hex.substring(68, 80));
            assertEquals(
                    "534b5957" + "002a" + "0000000000000007" + "0000000000000063",
                    hex.substring(84));
        }
    }

    @Test
    void flowsTakeTurnsAndDiffer() {
        Set<Long> seen = new HashSet<>();
        try (var frames = frames("imix", 100_000)) {
            for (long n = 0; n < 100_000; n += BURST) {
                frames.prepare(n, BURST, n, addresses, lengths);
                for (int i = 0; i < BURST; i++) {
                    check(addresses[i], lengths[i], n + i);
                    seen.add(
                            (long) Memory.getIntBE(addresses[i] + TestFrame.IP_SOURCE) << 16
                                    | Memory.getShortBE(addresses[i] + TestFrame.UDP));
                }
            }
            assertEquals(100_000, seen.size());
        }
    }

    @Test
    void framesAskedForAgainAreTheSameButForTheTime() {
        try (var frames = frames("64-1518", 7)) {
            frames.prepare(0, BURST, 1, addresses, lengths);
            int[] first = lengths.clone();
            frames.prepare(10, BURST, 2, addresses, lengths);
            for (int i = 0; i < BURST - 10; i++) {
                assertEquals(first[i + 10], lengths[i]);
                check(addresses[i], lengths[i], 10 + i);
            }
        }
    }

    @Test
    void changedBitIsNoticed() {
        try (var frames = frames("200", 1)) {
            frames.prepare(0, 1, 1, addresses, lengths);
            for (int at : new int[] {20, 30, 35, 47, 55, 60, 100, 199}) {
                int byteThere = Memory.getByte(addresses[0] + at);
                Memory.putByte(addresses[0] + at, byteThere ^ 1);
                assertFalse(TestFrame.isIntact(addresses[0], 200), "byte " + at);
                Memory.putByte(addresses[0] + at, byteThere);
            }
            assertTrue(TestFrame.isIntact(addresses[0], 200));
            assertFalse(TestFrame.isIntact(addresses[0], 199));
        }
    }

    @Test
    void imixIsSevenToFourToOne() {
        FrameSizes sizes = FrameSizes.parse("imix");
        int[] count = new int[1519];
        for (int n = 0; n < 1200; n++) {
            count[sizes.of(n)]++;
        }
        assertEquals(700, count[64]);
        assertEquals(400, count[570]);
        assertEquals(100, count[1518]);
    }

    @Test
    void rangeOfSizesIsSpreadEvenlyOverItsWholeWidth() {
        FrameSizes sizes = FrameSizes.parse("64-1518");
        int[] count = new int[1519];
        for (int n = 0; n < 1_455_000; n++) {
            count[sizes.of(n)]++;
        }
        for (int size = 64; size <= 1518; size++) {
            assertTrue(count[size] > 700 && count[size] < 1300, size + ": " + count[size]);
        }
    }

    private static SyntheticFrames frames(String sizes, int flows) {
        return new SyntheticFrames(HEADERS, 42, FrameSizes.parse(sizes), flows, BURST);
    }

    private static void check(long frame, int length, long number) {
        assertTrue(TestFrame.isOne(frame, length));
        assertEquals(42, TestFrame.sourceId(frame));
        assertEquals(number, TestFrame.sequence(frame));
        assertTrue(TestFrame.isIntact(frame, length), "checksums of frame " + number);
        // And once more the slow way, as RFC 1071 has it.
        assertEquals(0xffff, slowSum(frame + 14, 20));
    }

    private static int slowSum(long address, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += Memory.getShortBE(address + i);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }
}
