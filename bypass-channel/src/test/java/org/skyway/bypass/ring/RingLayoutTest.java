package org.skyway.bypass.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;

/// Each number of the tables in RingLayout, read back from raw memory.
class RingLayoutTest {
    @TempDir Path dir;

    @Test
    void headerIsWhereTheTableSays() throws IOException {
        try (RingRig rig = new RingRig(dir, 1024, 2048)) {
            assertEquals(0x52594b53, Memory.getInt(rig.ring));
            assertEquals('S', Memory.getByte(rig.ring));
            assertEquals('R', Memory.getByte(rig.ring + 3));
            assertEquals(1, Memory.getInt(rig.ring + 4));
            assertEquals(1024, Memory.getInt(rig.ring + 8));
            assertEquals(2048, Memory.getInt(rig.ring + 12));
            assertEquals(0, Memory.getLong(rig.ring + 128));
            assertEquals(0, Memory.getLong(rig.ring + 256));
        }
    }

    @Test
    void cursorsDescriptorsAndCellsAreWhereTheTableSays() throws IOException {
        try (RingRig rig = new RingRig(dir, 1024, 2048)) {
            rig.make(0, 7, 200); // 4 cells
            rig.make(1, 9, 64);
            assertEquals(2, rig.offer(2));
            assertTrue(rig.producer.mark(Mark.of(Mark.Kind.END, 0x1234, 0x89abcdef)));
            assertEquals(6, Memory.getLong(rig.ring + 128));
            assertEquals(0x1_00c8L, Memory.getLong(rig.ring + 512));
            assertEquals(0x1_0040L, Memory.getLong(rig.ring + 512 + 4 * 8));
            assertEquals(0x89abcdef_03_02_1234L, Memory.getLong(rig.ring + 512 + 5 * 8));
            assertTrue(RingRig.is(rig.ring + 512 + 8 * 1024, 200, 7));
            assertTrue(RingRig.is(rig.ring + 512 + 8 * 1024 + 4 * 64, 64, 9));
            assertEquals(2, rig.peek(10));
            rig.consumer.release();
            assertEquals(5, Memory.getLong(rig.ring + 256));
        }
    }

    @Test
    void sizeIsThatOfTheTable() {
        assertEquals(512 + 8 * 512 + 64 * 512, RingLayout.sizeBytes(512));
        assertEquals(512 + 72L * (1 << 20), RingLayout.sizeBytes(1 << 20));
        assertEquals(64, RingLayout.CELL_BYTES);
        assertEquals(16, RingLayout.RESERVED_CELLS);
    }

    @Test
    void markKindsHaveTheirNumbers() {
        assertEquals(1, (int) (Mark.of(Mark.Kind.TO_BYPASS, 0, 0) >>> 24));
        assertEquals(2, (int) (Mark.of(Mark.Kind.TO_NORMAL, 0, 0) >>> 24));
        assertEquals(3, (int) (Mark.of(Mark.Kind.END, 0, 0) >>> 24));
        long mark = Mark.of(Mark.Kind.TO_NORMAL, 65535, -1);
        assertEquals(65535, Mark.slot(mark));
        assertEquals(-1, Mark.epoch(mark));
        assertTrue(Mark.is(mark, Mark.Kind.TO_NORMAL));
    }

    @Test
    void badGeometryIsRefusedWhenMaking() throws IOException {
        try (RingRig rig = new RingRig(dir, 512, 2048)) {
            for (int cells : new int[] {0, -512, 256, 513, 1 << 21}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RingLayout.create(rig.ring, cells, 2048));
            }
            for (int maxFrame : new int[] {0, 63, 8193, 65536}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RingLayout.create(rig.ring, 512, maxFrame));
            }
            RingLayout.create(rig.ring, 512, 8192); // a quarter of the cells is the most
        }
    }

    @Test
    void badGeometryIsRefusedWhenAttaching() throws IOException {
        try (RingRig rig = new RingRig(dir, 512, 2048)) {
            refused(rig, 0, 0, "magic 0x00000000");
            refused(rig, 4, 2, "version 2");
            refused(rig, 8, 1024, "1024 cells"); // fits the limits, but not the region
            refused(rig, 8, 511, "511");
            refused(rig, 8, Integer.MIN_VALUE, "-2147483648");
            refused(rig, 12, 63, "63");
            refused(rig, 12, 65536, "65536");
            refused(rig, 12, -1, "-1");
            var e =
                    assertThrows(
                            RingFormatException.class,
                            () -> RingConsumer.attach(rig.ring, 511, "r"));
            assertTrue(e.getMessage().contains("511"), e.getMessage());
        }
    }

    @Test
    void cursorsThatCannotBeAreRefusedByTheProducer() throws IOException {
        try (RingRig rig = new RingRig(dir, 512, 2048)) {
            rig.tail(513);
            assertThrows(
                    RingFormatException.class,
                    () -> RingProducer.attach(rig.ring, rig.ringBytes, "r"));
            rig.tail(-1);
            assertThrows(
                    RingFormatException.class,
                    () -> RingProducer.attach(rig.ring, rig.ringBytes, "r"));
        }
    }

    private static void refused(RingRig rig, int offset, int value, String says) {
        int good = Memory.getInt(rig.ring + offset);
        Memory.putInt(rig.ring + offset, value);
        var e =
                assertThrows(
                        RingFormatException.class,
                        () -> RingProducer.attach(rig.ring, rig.ringBytes, "r"));
        assertTrue(e.getMessage().contains(says), e.getMessage());
        assertThrows(
                RingFormatException.class, () -> RingConsumer.attach(rig.ring, rig.ringBytes, "r"));
        Memory.putInt(rig.ring + offset, good);
    }
}
