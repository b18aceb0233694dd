package org.skyway.vnf.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that tools write: pcapng, gzipped ones, and ones with frames that no port takes.
class CaptureReaderTest {
    private static final int MAX_FRAME = 2048;

    @TempDir Path dir;

    @Test
    void nextGenerationFilesOfEitherByteOrderAreRead() throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            var file = new NextGeneration(order);
            file.section();
            file.interfaceOf(1, 0, new byte[] {0, 9, 0, 1, 9, 0, 0, 0}); // nanoseconds
            file.interfaceOf(1, 0, new byte[0]); // microseconds
            file.block(5, new byte[20]); // statistics: skipped
            file.enhanced(0, 7_000_000_001L, 60);
            file.enhanced(1, 7_000_002L, 61);
            file.simple(62);
            file.block(2, formerPacket(order, 1, 8_000_000L, 63));
            assertEquals(List.of(60, 61, 62, 63), lengths(file.bytes()));
            assertEquals(
                    List.of(7_000_000_001L, 7_000_002_000L, 0L, 8_000_000_000L),
                    times(file.bytes()));
        }
    }

    @Test
    void timesHaveTheUnitAndOffsetOfTheirInterface() throws IOException {
        var file = new NextGeneration(ByteOrder.BIG_ENDIAN);
        file.section();
        byte[] binary = {0, 9, 0, 1, (byte) 0x8a, 0, 0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 100};
        file.interfaceOf(1, 0, binary); // 1/1024 s, and 100 s to be added
        byte[] picoseconds = {0, 9, 0, 1, 12, 0, 0, 0, 0, 0, 0, 0};
        file.interfaceOf(1, 0, picoseconds);
        file.enhanced(0, 3 * 1024 + 512, 60);
        file.enhanced(1, 2_000_000_005_000L, 60);
        assertEquals(List.of(103_500_000_000L, 2_000_000_005L), times(file.bytes()));
        byte[] tooFine = {0, 9, 0, 1, 19, 0, 0, 0};
        file.interfaceOf(1, 0, tooFine);
        refused(file.bytes(), "finer than is read");
    }

    @Test
    void aSectionHasItsOwnByteOrderAndInterfaces() throws IOException {
        var first = new NextGeneration(ByteOrder.LITTLE_ENDIAN);
        first.section();
        first.interfaceOf(1, 0, new byte[0]);
        first.enhanced(0, 0, 60);
        var second = new NextGeneration(ByteOrder.BIG_ENDIAN);
        second.section();
        byte[] without = second.bytes();
        second.interfaceOf(1, 0, new byte[0]);
        second.enhanced(0, 0, 61);
        assertEquals(List.of(60, 61), lengths(joined(first.bytes(), second.bytes())));
        var third = new NextGeneration(ByteOrder.BIG_ENDIAN);
        third.enhanced(0, 0, 60);
        refused(joined(first.bytes(), without, third.bytes()), "interface 0, but 0 are described");
    }

    @Test
    void gzippedFilesAreRead() throws IOException {
        var file = new NextGeneration(ByteOrder.LITTLE_ENDIAN);
        file.section();
        file.interfaceOf(1, 0, new byte[0]);
        file.enhanced(0, 0, 60);
        assertEquals(List.of(60), lengths(zipped(file.bytes())));
        byte[] classic = classic(60, 1514);
        assertEquals(List.of(60, 1514), lengths(zipped(classic)));
        byte[] half = zipped(classic(1514, 1513, 1512));
        refused(Arrays.copyOf(half, half.length / 2), "is cut off");
        refused(new byte[] {0x1f, (byte) 0x8b, 1, 2, 3}, "begins like a gzipped one");
        byte[] broken = zipped(classic);
        Arrays.fill(broken, 12, broken.length - 8, (byte) -1);
        refused(broken, "can't be read on");
    }

    @Test
    void framesThatNoPortTakesAreSkippedAndCounted() throws IOException {
        Path path = Files.write(dir.resolve("some"), classic(60, 0, 9000, 61, 13, 9001, 62));
        try (CaptureReader reader = CaptureReader.open(path, MAX_FRAME)) {
            assertEquals(60, reader.next());
            assertNull(reader.skipped());
            assertEquals(61, reader.next());
            assertEquals(62, reader.next());
            assertEquals(-1, reader.next());
            assertEquals(
                    "4 of 7 frames: 2 longer than the 2048 bytes that the port takes (first: frame 3"
                            + " with 9000 bytes), 2 shorter than the 14 bytes of an Ethernet header"
                            + " (first: frame 2 with 0 bytes)",
                    reader.skipped());
        }
        try (CaptureFrames frames = CaptureFrames.load(path, 1, MAX_FRAME)) {
            assertEquals(3, frames.frames());
            assertTrue(frames.remark().contains(path + ": skipped 4 of 7"), frames.remark());
        }
    }

    @Test
    void framesCutByTheSnapshotLengthOrOfOtherLinksAreSkipped() throws IOException {
        var file = new NextGeneration(ByteOrder.LITTLE_ENDIAN);
        file.section();
        file.interfaceOf(1, 96, new byte[0]);
        file.interfaceOf(113, 0, new byte[0]);
        file.simple(1000);
        file.enhanced(1, 0, 60);
        file.enhanced(0, 0, 64);
        Path path = Files.write(dir.resolve("cut"), file.bytes());
        try (CaptureReader reader = CaptureReader.open(path, MAX_FRAME)) {
            assertEquals(64, reader.next());
            assertEquals(-1, reader.next());
            assertTrue(reader.skipped().contains("1 captured in part"), reader.skipped());
            assertTrue(
                    reader.skipped().contains("1 from an interface that is not"), reader.skipped());
        }
    }

    @Test
    void blocksThatLieAreRefusedWithThePlace() throws IOException {
        var file = new NextGeneration(ByteOrder.LITTLE_ENDIAN);
        file.section();
        file.interfaceOf(1, 0, new byte[0]);
        byte[] good = file.bytes();
        var frame = new NextGeneration(ByteOrder.LITTLE_ENDIAN);
        frame.enhanced(0, 0, 60);
        byte[] lying = frame.bytes();
        for (int cut = 1; cut < lying.length; cut++) {
            refused(joined(good, Arrays.copyOf(lying, cut)), "cut off in frame 1");
        }
        refused(joined(good, with(lying, 4, 13)), "no multiple of 4");
        refused(joined(good, with(lying, 4, 16)), "less than its 32");
        refused(joined(good, with(lying, 20, 61)), "room for 60");
        refused(joined(good, with(lying, 8, 5)), "interface 5, but 1 are described");
        refused(joined(good, with(lying, lying.length - 4, 96)), "96 behind");
        refused(with(good, 8, 7), "no byte order");
        refused(with(good, 12, 2), "version 2");
    }

    private static byte[] with(byte[] bytes, int at, int word) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, word);
        return changed;
    }

    private void refused(byte[] bytes, String says) throws IOException {
        Path file = Files.write(dir.resolve("bad"), bytes);
        var e = assertThrows(IOException.class, () -> CaptureFrames.load(file, 1, MAX_FRAME));
        assertTrue(e.getMessage().contains(says), e.getMessage());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }

    private List<Integer> lengths(byte[] file) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        try (CaptureReader reader =
                CaptureReader.open(Files.write(dir.resolve("c"), file), MAX_FRAME)) {
            for (int length; (length = reader.next()) >= 0; ) {
                for (int i = 0; i < length; i++) {
                    assertEquals((byte) (length + i), reader.frame()[i]);
                }
                lengths.add(length);
            }
            assertNull(reader.skipped());
        }
        return lengths;
    }

    private List<Long> times(byte[] file) throws IOException {
        List<Long> times = new ArrayList<>();
        try (CaptureReader reader =
                CaptureReader.open(Files.write(dir.resolve("c"), file), MAX_FRAME)) {
            while (reader.next() >= 0) {
                times.add(reader.timeNanos());
            }
        }
        return times;
    }

    private static byte[] classic(int... lengths) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(24)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0xa1b2c3d4)
                        .putShort((short) 2)
                        .putShort((short) 4)
                        .putLong(0)
                        .putInt(65535)
                        .putInt(1)
                        .array());
        for (int length : lengths) {
            out.writeBytes(
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0)
                            .putInt(length)
                            .putInt(length)
                            .array());
            out.writeBytes(frame(length));
        }
        return out.toByteArray();
    }

    private static byte[] frame(int length) {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (length + i);
        }
        return frame;
    }

    private static byte[] formerPacket(ByteOrder order, int from, long time, int length) {
        return ByteBuffer.allocate(20 + length)
                .order(order)
                .putShort((short) from)
                .putShort((short) 0)
                .putInt((int) (time >>> 32))
                .putInt((int) time)
                .putInt(length)
                .putInt(length)
                .put(frame(length))
                .array();
    }

    private static byte[] zipped(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /// Writes blocks.
    private static final class NextGeneration {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteOrder order;

        NextGeneration(ByteOrder order) {
            this.order = order;
        }

        void section() {
            block(
                    0x0a0d0d0a,
                    ByteBuffer.allocate(16)
                            .order(order)
                            .putInt(0x1a2b3c4d)
                            .putShort((short) 1)
                            .putShort((short) 0)
                            .putLong(-1)
                            .array());
        }

        void interfaceOf(int linkType, int snapLength, byte[] options) {
            block(
                    1,
                    ByteBuffer.allocate(8 + options.length)
                            .order(order)
                            .putShort((short) linkType)
                            .putShort((short) 0)
                            .putInt(snapLength)
                            .put(order == ByteOrder.BIG_ENDIAN ? options : swapped(options))
                            .array());
        }

        // Options are written in the tests as they are in a big-endian file; only those of up to
        // eight bytes with a single-byte value are used in both orders.
        private static byte[] swapped(byte[] options) {
            byte[] swapped = options.clone();
            for (int i = 0; i + 4 <= options.length; i += 8) {
                swapped[i] = options[i + 1];
                swapped[i + 1] = options[i];
                swapped[i + 2] = options[i + 3];
                swapped[i + 3] = options[i + 2];
            }
            return swapped;
        }

        void enhanced(int from, long time, int length) {
            block(
                    6,
                    ByteBuffer.allocate(20 + length)
                            .order(order)
                            .putInt(from)
                            .putInt((int) (time >>> 32))
                            .putInt((int) time)
                            .putInt(length)
                            .putInt(length)
                            .put(frame(length))
                            .array());
        }

        void simple(int length) {
            block(
                    3,
                    ByteBuffer.allocate(4 + length)
                            .order(order)
                            .putInt(length)
                            .put(frame(length))
                            .array());
        }

        void block(int type, byte[] body) {
            int padded = body.length + 3 & -4;
            out.writeBytes(
                    ByteBuffer.allocate(12 + padded)
                            .order(order)
                            .putInt(type)
                            .putInt(12 + padded)
                            .put(body)
                            .putInt(8 + padded, 12 + padded)
                            .array());
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
