package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// A peer writes whatever it likes into the link region, at any time. The port goes on: everything
/// on its normal channel arrives, in order, whatever it is told to do with the link.
@Timeout(120)
class HostileLinkPropertyTest {
    private static final int CELLS = 512;
    private static final int SLOT = 4;

    @TempDir Path dir;

    @Test
    void normalChannelGoesOn() throws Exception {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("HostileLinkPropertyTest seed " + seed);
        int faulty = 0;
        for (int round = 0; round < 60; round++) {
            Path directory = Files.createDirectory(dir.resolve("r" + round));
            faulty += run(new Random(seed + round), directory) ? 1 : 0;
        }
        assertTrue(faulty > 40, "only " + faulty + " of 60 links were found faulty");
    }

    private static boolean run(Random random, Path directory) throws Exception {
        boolean faulty = false;
        try (PortRig rig = new PortRig(directory, "victim", CELLS);
                Region link = PortRig.createLink(directory, "link", CELLS)) {
            rig.attach(SLOT, link, random.nextBoolean());
            int epoch = 0;
            long delivered = 1_000_000;
            long received = delivered;
            for (int step = 0; step < 400; step++) {
                scribble(random, link);
                if (random.nextInt(10) == 0) {
                    Mode mode = Mode.values()[random.nextInt(3)];
                    rig.control.command(ControlBlock.command(mode, SLOT, ++epoch));
                }
                if (random.nextInt(10) == 0) {
                    Mark.Kind kind = Mark.Kind.values()[random.nextInt(3)];
                    rig.toVnf.mark(Mark.of(kind, SLOT, epoch - random.nextInt(2)));
                }
                if (rig.deliver(delivered)) {
                    delivered++;
                }
                rig.send(step, 1 + random.nextInt(32));
                rig.taken();
                if (rig.fromVnf.mark() != 0) {
                    rig.takenMark();
                }
                received = check(rig.receive(1 + random.nextInt(32)), received);
                LinkFault fault = rig.port.takeFault();
                if (fault != null) {
                    faulty = true;
                    assertTrue(fault.text().contains("link-" + SLOT), fault.text());
                    assertEquals(SLOT, fault.slot());
                }
            }
            for (int i = 0; i < 2 * CELLS; i++) {
                received = check(rig.receive(32), received);
            }
            assertEquals(delivered, received);
        }
        return faulty;
    }

    /// Packets of the normal channel are known by their numbers; what comes over the link may be
    /// anything, but not one of those.
    private static long check(long[] numbers, long next) {
        long expected = next;
        for (long number : numbers) {
            if (number >= 1_000_000 && number < 2_000_000) {
                assertEquals(expected++, number);
            }
        }
        return expected;
    }

    private static void scribble(Random random, Region link) {
        for (int i = random.nextInt(4); i > 0; i--) {
            long ring =
                    link.address()
                            + Memory.getLong(link.address() + (random.nextBoolean() ? 32 : 40));
            switch (random.nextInt(4)) {
                case 0 -> // a cursor, nearly right or not at all
                        Memory.putLong(
                                ring + (random.nextBoolean() ? 128 : 256),
                                random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(64));
                case 1 -> // a descriptor that may be right
                        Memory.putLong(
                                ring + 512 + 8L * random.nextInt(64),
                                (long) (1 + random.nextInt(3)) << 16 | random.nextInt(128));
                case 2 ->
                        Memory.putLong(ring + 512 + 8L * random.nextInt(CELLS), random.nextLong());
                default -> // geometry, which counts only when a ring is attached
                        Memory.putInt(ring + 8, random.nextInt());
            }
        }
    }
}
