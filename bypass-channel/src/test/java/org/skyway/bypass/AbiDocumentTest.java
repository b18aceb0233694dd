package org.skyway.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.control.ControlCodec;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// ABI.md says where the classes of this module read and write: each field is written through its
/// class and found where the document says.
class AbiDocumentTest {
    private static final RegionHeader HEADER =
            RegionHeader.of(RegionHeader.PORT_MAGIC, 0x1122334455667788L, 1024);

    private final Map<String, Map<String, Long>> tables = new LinkedHashMap<>();
    @TempDir Path dir;
    private Region region;
    private long base;

    @BeforeEach
    void open() throws IOException {
        Map<String, Long> table = null;
        for (String line : Files.readAllLines(Path.of("ABI.md"))) {
            if (line.startsWith("#")) {
                table = new LinkedHashMap<>();
                tables.put(line.replaceAll("#+ *", ""), table);
            }
            String[] cell = line.split(" *\\| *");
            if (cell.length >= 6 && cell[1].matches("\\d+")) {
                table.put(cell[3], Long.decode(cell[1]));
            } else if (cell.length == 3 && cell[2].matches("[0-9a-fx]+")) {
                table.put(cell[1], Long.decode(cell[2]));
            }
        }
        region = Region.create(dir.resolve("r"), HEADER.sizeBytes());
        base = region.address();
        HEADER.create(base);
    }

    @AfterEach
    void close() {
        region.close();
    }

    @Test
    void constantsAreThese() {
        assertEquals(
                Map.ofEntries(
                        Map.entry("PORT_MAGIC", (long) RegionHeader.PORT_MAGIC),
                        Map.entry("LINK_MAGIC", (long) RegionHeader.LINK_MAGIC),
                        Map.entry("RING_MAGIC", (long) RingLayout.MAGIC),
                        Map.entry("REGION_VERSION", (long) RegionHeader.VERSION),
                        Map.entry("RING_VERSION", (long) RingLayout.VERSION),
                        Map.entry("CONTROL_VERSION", (long) ControlMessage.VERSION),
                        Map.entry("CONTROL_OFFSET", (long) RegionHeader.CONTROL_OFFSET),
                        Map.entry("STATISTICS_OFFSET", (long) RegionHeader.STATISTICS_OFFSET),
                        Map.entry("FIRST_RING_OFFSET", (long) RegionHeader.FIRST_RING_OFFSET),
                        Map.entry("SLOTS", (long) ControlBlock.SLOTS),
                        Map.entry("CELL_BYTES", (long) RingLayout.CELL_BYTES),
                        Map.entry("MIN_CELLS", (long) RingLayout.MIN_CELLS),
                        Map.entry("MAX_CELLS", (long) RingLayout.MAX_CELLS),
                        Map.entry("RESERVED_CELLS", (long) RingLayout.RESERVED_CELLS),
                        Map.entry("MAX_LINE_BYTES", (long) ControlCodec.MAX_LINE_BYTES)),
                tables.get("constants"));
    }

    @Test
    void regionIsAsInItsTable() {
        Map<String, Long> at = table("region", 10);
        assertEquals(HEADER.magic(), Memory.getInt(base + at.get("magic")));
        assertEquals(RegionHeader.VERSION, Memory.getInt(base + at.get("version")));
        assertEquals(HEADER.sizeBytes(), Memory.getLong(base + at.get("sizeBytes")));
        assertEquals(HEADER.id(), Memory.getLong(base + at.get("id")));
        assertEquals(HEADER.cells(), Memory.getInt(base + at.get("cells")));
        assertEquals(HEADER.maxFrame(), Memory.getInt(base + at.get("maxFrame")));
        assertEquals(HEADER.firstRing(), Memory.getLong(base + at.get("firstRing")));
        assertEquals(HEADER.secondRing(), Memory.getLong(base + at.get("secondRing")));
        assertEquals(0, Memory.getInt(base + at.get("features")));
        Memory.putInt(base + at.get("features"), -1);
        read(true);
        Memory.putInt(base + at.get("required"), 4);
        read(false);
    }

    private void read(boolean accepted) {
        boolean read = true;
        try {
            RegionHeader.read(base, region.sizeBytes(), HEADER.magic(), "r");
        } catch (IOException e) {
            read = false;
            assertEquals(
                    "region r requires features 0x00000004, of which 0x00000000 are known here; use the same release on both sides",
                    e.getMessage());
        }
        assertEquals(accepted, read);
    }

    @Test
    void controlBlockIsAsInItsTable() {
        Map<String, Long> at = table("control", 11);
        ControlBlock control = new ControlBlock(base);
        long block = base + RegionHeader.CONTROL_OFFSET;
        control.command(11);
        control.obeyed(12);
        control.rxObeyed(13);
        control.alive(14);
        control.cut(ControlBlock.Cut.RETURNED, -2, 16, 17);
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            control.ended(slot, 100 + slot);
            control.limit(slot, 200 + slot, 300 + slot, 15);
        }
        assertEquals(11, Memory.getLong(block + at.get("txCommand")));
        assertEquals(12, Memory.getLong(block + at.get("txObeyed")));
        assertEquals(13, Memory.getLong(block + at.get("rxObeyed")));
        assertEquals(14, Memory.getLong(block + at.get("alive")));
        assertEquals(15, Memory.getLong(block + at.get("rxCommand")));
        assertEquals(16, Memory.getLong(block + at.get("txLimit")));
        assertEquals(17, Memory.getLong(block + at.get("txRead")));
        assertEquals(0x2_ffff_fffeL, Memory.getLong(block + at.get("txCut")));
        assertEquals(ControlBlock.Cut.RETURNED, control.cut(-2));
        assertEquals(ControlBlock.Cut.NONE, control.cut(2));
        control.cutting(2);
        assertEquals(0x1_0000_0002L, Memory.getLong(block + at.get("txCut")));
        control.cut(ControlBlock.Cut.LOST, 2, 0, 0);
        assertEquals(0x3_0000_0002L, Memory.getLong(block + at.get("txCut")));
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            assertEquals(100 + slot, Memory.getLong(block + at.get("rxEnded") + 8 * slot));
            assertEquals(200 + slot, Memory.getLong(block + at.get("rxLimitEpoch") + 16 * slot));
            assertEquals(300 + slot, Memory.getLong(block + at.get("rxLimit") + 16 * slot));
        }
    }

    @Test
    void statisticsBlockIsAsInItsTable() {
        Map<String, Long> at = table("statistics", 5);
        StatisticsBlock statistics = new StatisticsBlock(base);
        long block = base + RegionHeader.STATISTICS_OFFSET;
        statistics.tx(11, 12);
        statistics.txRefused(13);
        assertEquals(11, Memory.getLong(block + at.get("txPackets")));
        assertEquals(12, Memory.getLong(block + at.get("txBytes")));
        assertEquals(13, Memory.getLong(block + at.get("txRefused")));
        for (int slot = 0; slot < ControlBlock.SLOTS; slot++) {
            statistics.rx(slot, 100 + slot, 200 + slot);
            assertEquals(100 + slot, Memory.getLong(block + at.get("rxPackets") + 16 * slot));
            assertEquals(200 + slot, Memory.getLong(block + at.get("rxBytes") + 16 * slot));
        }
    }

    @Test
    void ringIsAsInItsTable() throws IOException {
        Map<String, Long> at = table("ring", 7);
        long ring = base + HEADER.firstRing();
        assertEquals(RingLayout.MAGIC, Memory.getInt(ring + at.get("magic")));
        assertEquals(RingLayout.VERSION, Memory.getInt(ring + at.get("version")));
        assertEquals(HEADER.cells(), Memory.getInt(ring + at.get("cells")));
        assertEquals(HEADER.maxFrame(), Memory.getInt(ring + at.get("maxFrame")));
        RingProducer producer = RingProducer.attach(ring, region.sizeBytes() / 2, "r");
        producer.offer(new long[] {base}, new int[] {130}, 0, 1);
        producer.mark(Mark.of(Mark.Kind.END, 5, 0x77));
        assertEquals(4, Memory.getLong(ring + at.get("tail")));
        assertEquals(0, Memory.getLong(ring + at.get("head")));
        long descriptors = ring + at.get("descriptors");
        assertEquals(0x1_0082, Memory.getLong(descriptors));
        assertEquals(0x77_0302_0005L, Memory.getLong(descriptors + 8 * 3));
        assertEquals(HEADER.magic(), Memory.getInt(descriptors + 8L * HEADER.cells()));
    }

    @Test
    void everyMessageIsInTheTable() throws IOException {
        String text = Files.readString(Path.of("ABI.md"));
        Set<Class<?>> internal = Set.of(ControlMessage.Unknown.class);
        List<String> missing =
                List.of(ControlMessage.class.getPermittedSubclasses()).stream()
                        .filter(type -> !internal.contains(type))
                        .map(type -> type.getSimpleName().toLowerCase(java.util.Locale.ROOT))
                        .filter(name -> !text.contains("\n| " + name + " |"))
                        .toList();
        assertEquals(List.of(), missing);
    }

    private Map<String, Long> table(String name, int rows) {
        assertEquals(rows, tables.get(name).size(), name);
        return tables.get(name);
    }
}
