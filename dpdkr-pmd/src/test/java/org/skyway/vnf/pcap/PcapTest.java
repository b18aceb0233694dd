package org.skyway.vnf.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.NativeBuffer;

class PcapTest {
    private static final int MICROS = 0xa1b2c3d4;
    private static final int NANOS = 0xa1b23c4d;
    private static final int MAX_FRAME = 2048;

    @TempDir Path dir;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Random random = new Random(1);
        Path file = dir.resolve("a.pcap");
        byte[][] frames = new byte[5000][];
        try (NativeBuffer memory = new NativeBuffer(MAX_FRAME);
                PcapWriter writer = PcapWriter.create(file, 65535)) {
            for (int i = 0; i < frames.length; i++) {
                frames[i] = new byte[14 + random.nextInt(MAX_FRAME - 13)];
                random.nextBytes(frames[i]);
                Memory.copyFromArray(frames[i], 0, memory.address(), frames[i].length);
                writer.write(1_700_000_000_123_456_789L + i, memory.address(), frames[i].length);
            }
        }
        try (CaptureReader reader = CaptureReader.open(file, MAX_FRAME)) {
            for (int i = 0; i < frames.length; i++) {
                assertEquals(frames[i].length, reader.next());
                assertEquals(1_700_000_000_123_456_789L + i, reader.timeNanos());
                assertArrayEquals(frames[i], Arrays.copyOf(reader.frame(), frames[i].length));
            }
            assertEquals(-1, reader.next());
        }
    }

    @Test
    void allFourKindsOfFileAreRead() throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            for (int magic : new int[] {MICROS, NANOS}) {
                Path file = write(file(order, magic, 1, 60, 60, 60));
                try (CaptureReader reader = CaptureReader.open(file, MAX_FRAME)) {
                    assertEquals(60, reader.next());
                    assertEquals(5_000_000_000L + (magic == NANOS ? 7 : 7000), reader.timeNanos());
                    assertEquals(-1, reader.next());
                }
            }
        }
    }

    @Test
    void snapLengthCutsFrames() throws IOException {
        Path file = dir.resolve("s.pcap");
        try (NativeBuffer memory = new NativeBuffer(MAX_FRAME);
                PcapWriter writer = PcapWriter.create(file, 96)) {
            writer.write(0, memory.address(), 1000);
        }
        assertEquals(24 + 16 + 96, Files.size(file));
        var e = assertThrows(IOException.class, () -> CaptureFrames.load(file, 1, MAX_FRAME));
        assertTrue(e.getMessage().contains("larger snapshot length"), e.getMessage());
    }

    @Test
    void badFilesAreRefusedWithThePlace() throws IOException {
        byte[] good = file(ByteOrder.LITTLE_ENDIAN, MICROS, 1, 60, 60, 60);
        refused(Arrays.copyOf(good, 10), "the file header has 6 of 20 bytes");
        refused(
                Arrays.copyOf(good, 30),
                "frame 1, which starts at byte 24: its header has 6 of 16");
        refused(
                Arrays.copyOf(good, good.length - 1),
                "frame 1, which starts at byte 24: it has 59");
        refused(file(ByteOrder.LITTLE_ENDIAN, 0x0a0d0d0b, 1, 60, 60, 60), "starts with 0b0d0d0a");
        refused(file(ByteOrder.LITTLE_ENDIAN, MICROS, 113, 60, 60, 60), "link type 113");
        refused(file(ByteOrder.LITTLE_ENDIAN, MICROS, 1, 2049, 2049, 2049), "2049 bytes");
        refused(file(ByteOrder.LITTLE_ENDIAN, MICROS, 1, -1, -1, 60), "60 of 4294967295 bytes");
        refused(file(ByteOrder.LITTLE_ENDIAN, MICROS, 1, 13, 13, 13), "13 bytes");
        refused(new byte[0], "is empty");
        refused(Arrays.copyOf(good, 24), "no frames");
        var e =
                assertThrows(
                        IOException.class,
                        () -> CaptureFrames.load(dir.resolve("none"), 1, MAX_FRAME));
        assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
    }

    @Test
    void framesAreSentInTurnSoManyTimes() throws IOException {
        Path file = dir.resolve("l.pcap");
        try (NativeBuffer memory = new NativeBuffer(MAX_FRAME);
                PcapWriter writer = PcapWriter.create(file, 65535)) {
            for (int i = 0; i < 5; i++) {
                writer.write(0, memory.address(), 60 + i);
            }
        }
        try (CaptureFrames frames = CaptureFrames.load(file, 3, MAX_FRAME)) {
            assertEquals(15, frames.frames());
            long[] addresses = new long[8];
            int[] lengths = new int[8];
            frames.prepare(3, 8, 0, addresses, lengths);
            assertArrayEquals(new int[] {63, 64, 60, 61, 62, 63, 64, 60}, lengths);
            for (long address : addresses) {
                assertEquals(0, address % 64);
            }
        }
        try (CaptureFrames frames = CaptureFrames.load(file, 0, MAX_FRAME)) {
            assertEquals(Long.MAX_VALUE, frames.frames());
        }
    }

    private void refused(byte[] bytes, String says) throws IOException {
        Path file = write(bytes);
        var e = assertThrows(IOException.class, () -> CaptureFrames.load(file, 1, MAX_FRAME));
        assertTrue(e.getMessage().contains(says), e.getMessage());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("b.pcap"), bytes);
    }

    private static byte[] file(
            ByteOrder order, int magic, int linkType, int captured, int original, int data) {
        return ByteBuffer.allocate(24 + 16 + data)
                .order(order)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(linkType)
                .putInt(5)
                .putInt(7)
                .putInt(captured)
                .putInt(original)
                .array();
    }
}
