package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void sumsTheExampleOfRfc1071() {
        byte[] bytes = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, -9};
        int littleEndian = Checksum.fold(Checksum.sum(put(bytes).address(), bytes.length));
        assertEquals(0xddf2, Checksum.word(littleEndian));
    }

    @Test
    void sumsEveryLengthLikeTheSlowWay() {
        Random random = new Random(1);
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            int expected = TestFrames.sum(bytes, 0, length, 0);
            int got = Checksum.fold(Checksum.sum(put(bytes).address(), length));
            assertEquals(expected, Checksum.word(got), "length " + length);
        }
    }

    @Test
    void sumDoesNotOverflowOnALongFrameOfOnes() {
        byte[] bytes = new byte[65536];
        java.util.Arrays.fill(bytes, (byte) 0xff);
        assertEquals(0xffff, Checksum.fold(Checksum.sum(put(bytes).address(), bytes.length)));
    }

    @Test
    void crcIsThatOfTheJdk() {
        byte[] bytes = new byte[999];
        new Random(2).nextBytes(bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        assertEquals((int) crc.getValue(), Checksum.crc32c(put(bytes).address(), bytes.length));
    }

    @Test
    void completesTcpAndUdp() {
        Random random = new Random(3);
        for (int length = 0; length < 1400; length += 37) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            for (boolean ipv4 : new boolean[] {true, false}) {
                for (int protocol : new int[] {TestFrames.TCP, TestFrames.UDP}) {
                    byte[] frame = TestFrames.ip(ipv4, protocol, 0, 12, payload);
                    assertFalse(TestFrames.isSound(frame));
                    MemorySegment memory = put(frame);
                    int start = TestFrames.transportAt(frame);
                    int offset = TestFrames.checksumAt(frame) - start;
                    assertTrue(Checksum.complete(memory.address(), frame.length, start, offset));
                    assertTrue(TestFrames.isSound(get(memory)));
                }
            }
        }
    }

    @Test
    void completesSctp() {
        byte[] frame = new byte[100];
        new Random(4).nextBytes(frame);
        MemorySegment memory = put(frame);
        assertTrue(Checksum.complete(memory.address(), frame.length, 34, 8));
        byte[] got = get(memory);
        CRC32C crc = new CRC32C();
        java.util.Arrays.fill(frame, 42, 46, (byte) 0);
        crc.update(frame, 34, 66);
        assertEquals((int) crc.getValue(), memory.get(ValueLayout.JAVA_INT_UNALIGNED, 42));
        java.util.Arrays.fill(got, 42, 46, (byte) 0);
        assertArrayEquals(frame, got);
    }

    @Test
    void refusesAFieldOutsideTheFrame() {
        MemorySegment memory = put(new byte[60]);
        assertFalse(Checksum.complete(memory.address(), 60, 43, 16));
        assertFalse(Checksum.complete(memory.address(), 60, 65535, 65535));
        assertFalse(Checksum.complete(memory.address(), 60, 49, 8));
        assertFalse(Checksum.complete(memory.address(), 60, 0, 16));
        assertArrayEquals(new byte[60], get(memory));
        assertTrue(Checksum.complete(memory.address(), 60, 42, 16));
    }

    @Test
    void aChecksumOfZeroIsStoredAsOnes() {
        MemorySegment memory = put(new byte[2]);
        Checksum.store(memory.address(), 0xffff);
        assertArrayEquals(new byte[] {-1, -1}, get(memory));
    }

    private MemorySegment put(byte[] bytes) {
        MemorySegment segment = arena.allocate(Math.max(1, bytes.length), 64);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    private static byte[] get(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }
}
