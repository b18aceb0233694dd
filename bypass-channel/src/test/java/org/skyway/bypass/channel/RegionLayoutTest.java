package org.skyway.bypass.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// Each number of the tables of RegionHeader, ControlBlock and StatisticsBlock, read back from raw
/// memory.
class RegionLayoutTest {
    private static final RegionHeader HEADER =
            RegionHeader.of(RegionHeader.PORT_MAGIC, 0x0102030405060708L, 1024);

    @TempDir Path dir;
    private Region region;
    private long base;

    @BeforeEach
    void open() throws IOException {
        region = Region.create(dir.resolve("r"), HEADER.sizeBytes());
        base = region.address();
        HEADER.create(base);
    }

    @AfterEach
    void close() {
        region.close();
    }

    @Test
    void headerIsWhereTheTableSays() throws IOException {
        assertEquals(0x50594b53, Memory.getInt(base));
        assertEquals("SKYP", text(base));
        assertEquals(2, Memory.getInt(base + 4));
        assertEquals(HEADER.sizeBytes(), Memory.getLong(base + 8));
        assertEquals(0x0102030405060708L, Memory.getLong(base + 16));
        assertEquals(1024, Memory.getInt(base + 24));
        assertEquals(2048, Memory.getInt(base + 28));
        assertEquals(4096, Memory.getLong(base + 32));
        assertEquals(4096 + 77824, Memory.getLong(base + 40)); // 74240 in pages of 4096
        assertEquals(
                HEADER, RegionHeader.read(base, region.sizeBytes(), RegionHeader.PORT_MAGIC, "r"));
        assertEquals(0x4c594b53, RegionHeader.LINK_MAGIC);
    }

    @Test
    void bothRingsAreReadyAndApart() throws IOException {
        long first = base + HEADER.firstRing();
        long second = base + HEADER.secondRing();
        RingProducer.attach(first, second - first, "first");
        RingConsumer.attach(second, region.sizeBytes() - HEADER.secondRing(), "second");
        assertTrue(first + RingLayout.sizeBytes(1024) <= second);
    }

    @Test
    void sizesArePowersOfTwoThatFit() {
        for (int cells = RingLayout.MIN_CELLS; cells <= RingLayout.MAX_CELLS; cells *= 2) {
            RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, 1, cells);
            assertEquals(1, Long.bitCount(header.sizeBytes()));
            long end = header.secondRing() + RingLayout.sizeBytes(cells);
            assertTrue(end <= header.sizeBytes() && end > header.sizeBytes() / 2);
            assertTrue(header.firstRing() + RingLayout.sizeBytes(cells) <= header.secondRing());
        }
    }

    @Test
    void controlBlockIsWhereTheTableSays() {
        ControlBlock control = new ControlBlock(base);
        control.command(0x1122334455667788L);
        control.obeyed(0x2122334455667788L);
        control.alive(0x3122334455667788L);
        assertEquals(0x1122334455667788L, Memory.getLong(base + 1024));
        assertEquals(0x2122334455667788L, Memory.getLong(base + 1024 + 128));
        assertEquals(0x3122334455667788L, Memory.getLong(base + 1024 + 384));
        for (int slot = 0; slot < 16; slot++) {
            control.ended(slot, 100 + slot);
            assertEquals(100 + slot, Memory.getLong(base + 1024 + 256 + 8 * slot));
            assertEquals(100 + slot, control.ended(slot));
        }
        control.rxObeyed(0x4122334455667788L);
        assertEquals(0x4122334455667788L, Memory.getLong(base + 1024 + 136));
        assertEquals(0x4122334455667788L, control.rxObeyed());
        for (int slot = 0; slot < 16; slot++) {
            control.limit(slot, 200 + slot, 300 + slot, 400 + slot);
            assertEquals(300 + slot, Memory.getLong(base + 1024 + 512 + 16 * slot));
            assertEquals(200 + slot, Memory.getLong(base + 1024 + 512 + 16 * slot + 8));
            assertEquals(300 + slot, control.limit(slot));
            assertEquals(200 + slot, control.limitedEpoch(slot));
            assertEquals(400 + slot, Memory.getLong(base + 1024 + 8));
            assertEquals(400 + slot, control.rxCommand());
        }
        control.cut(ControlBlock.Cut.RETURNED, 500, 501, 502);
        assertEquals(501, Memory.getLong(base + 1024 + 16));
        assertEquals(502, Memory.getLong(base + 1024 + 24));
        assertEquals(2L << 32 | 500, Memory.getLong(base + 1024 + 32));
        assertEquals(501, control.cutAt());
        assertEquals(502, control.cutRead());
        assertEquals(0x3122334455667788L, control.alive());
        control.clearEnded(3);
        assertEquals(0, control.ended(3));
        assertEquals(0x1122334455667788L, control.command());
        assertEquals(0x2122334455667788L, control.obeyed());
    }

    @Test
    void commandWordHasItsBits() {
        assertEquals(0L, ControlBlock.command(Mode.NORMAL, 0, 0));
        long word = ControlBlock.command(Mode.BYPASS, 15, 0xfedcba98);
        assertEquals(0xfedcba98_0000_0f_01L, word);
        assertEquals(Mode.BYPASS, ControlBlock.mode(word));
        assertEquals(15, ControlBlock.slot(word));
        assertEquals(0xfedcba98, ControlBlock.epoch(word));
        assertEquals(0x00000001_0000_02_02L, ControlBlock.command(Mode.ABANDON, 2, 1));
        assertEquals(Mode.ABANDON, ControlBlock.mode(2));
        assertEquals(Mode.NORMAL, ControlBlock.mode(0xff));
    }

    @Test
    void statisticsBlockIsWhereTheTableSays() {
        StatisticsBlock statistics = new StatisticsBlock(base);
        statistics.tx(11, 12);
        statistics.txRefused(13);
        assertEquals(11, Memory.getLong(base + 2048));
        assertEquals(12, Memory.getLong(base + 2048 + 8));
        assertEquals(13, Memory.getLong(base + 2048 + 512));
        for (int slot = 0; slot < 16; slot++) {
            statistics.rx(slot, 100 + slot, 200 + slot);
            assertEquals(100 + slot, Memory.getLong(base + 2048 + 64 + 16 * slot));
            assertEquals(200 + slot, Memory.getLong(base + 2048 + 64 + 16 * slot + 8));
            assertEquals(100 + slot, statistics.rxPackets(slot));
            assertEquals(200 + slot, statistics.rxBytes(slot));
        }
        assertEquals(11, statistics.txPackets());
        assertEquals(12, statistics.txBytes());
        assertEquals(13, statistics.txRefused());
    }

    @Test
    void newRegionHasNoCommandsAndNoCounts() {
        new ControlBlock(base).command(77);
        new StatisticsBlock(base).tx(1, 1);
        HEADER.create(base);
        assertEquals(0, new ControlBlock(base).command());
        assertEquals(0, new StatisticsBlock(base).txPackets());
    }

    @Test
    void regionThatIsSomethingElseIsRefused() {
        refused(RegionHeader.LINK_MAGIC, "0x50594b53");
        Memory.putInt(base + 4, 9);
        refused(RegionHeader.PORT_MAGIC, "version 9");
        HEADER.create(base);
        Memory.putLong(base + 8, 4096);
        refused(RegionHeader.PORT_MAGIC, "claims 4096 bytes");
        for (long offset : new long[] {0, 4095, 4097, -4096, region.sizeBytes(), Long.MIN_VALUE}) {
            HEADER.create(base);
            Memory.putLong(base + 40, offset);
            refused(RegionHeader.PORT_MAGIC, "offset " + offset);
        }
    }

    private void refused(int magic, String says) {
        var e =
                assertThrows(
                        RingFormatException.class,
                        () -> RegionHeader.read(base, region.sizeBytes(), magic, "r"));
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }

    private static String text(long address) {
        byte[] bytes = new byte[4];
        Memory.copyToArray(address, bytes, 0, 4);
        return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
