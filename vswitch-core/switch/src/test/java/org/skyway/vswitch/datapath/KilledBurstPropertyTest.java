package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.RingCursor;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.port.RingCursors;

/// A switch is killed before each of the words that its poll threads write for the one that comes
/// after it: whatever that one finds, in the end every packet was sent once, in order, and counted
/// once.
class KilledBurstPropertyTest {
    private static final int ROUNDS = Integer.getInteger("skyway.killed.rounds", 8);

    private Path folder; // in memory: what is copied is much
    private final List<Moment> moments = new ArrayList<>();
    private Random random;
    private KilledBed running; // null: what is written is of no interest
    private Path file;
    private double share; // of all moments

    /// What a process leaves behind.
    private record Moment(Path counters, Path regions, int writes) {}

    private int writes;
    private boolean sealed; // a burst has happened, and what is written next says that it is over

    private void store(long address, long value) {
        if (running != null) {
            writes++;
            boolean seals = value < 0 && value > -1_000_000; // no counter and no address is
            if (sealed || seals || random.nextDouble() < share) {
                remember();
            }
            sealed = seals;
        }
        Memory.putLongRelease(address, value);
        if (running != null && sealed) {
            remember(); // nothing of it is shown yet
        }
    }

    private void remember() {
        try {
            Path copy = folder.resolve("moment-" + moments.size());
            Files.copy(file, copy);
            Path regions = folder.resolve("regions-" + moments.size());
            Files.write(regions, running.copyOfRegions());
            moments.add(new Moment(copy, regions, writes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/dev/shm"), "skyway-test-");
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Test
    void whateverAKillLeavesIsSentAndCountedOnce() throws IOException {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("KilledBurstPropertyTest seed " + seed + " (-Dskyway.seed=…)");
        random = new Random(seed);
        int happened = 0;
        int looked = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int threads = 1 + round % 2;
            moments.clear();
            writes = 0;
            file = folder.resolve("counters");
            CounterMemory memory = CounterMemory.create(file, 4, this::store, _ -> {});
            try (KilledBed bed = new KilledBed(memory, threads, null)) {
                bed.attach();
                send(bed, 1 + random.nextInt(10), 3);
                bed.poll();
                share = round < 2 ? 1 : 0.03;
                running = bed;
                // What of several ports finds no room in a ring depends on who comes first.
                boolean full = round % 3 == 2;
                send(bed, round < 2 ? 5 : full ? 300 : 20 + random.nextInt(40), full ? 1 : 3);
                bed.poll();
                running = null;
                Map<String, Object> wanted = bed.seen();
                for (Moment m : moments) {
                    happened += goOn(m, bed.blocks(), threads, wanted);
                    looked++;
                    Files.delete(m.counters());
                    Files.delete(m.regions());
                }
            }
            Files.delete(file);
        }
        assertTrue(happened > ROUNDS, happened + " of " + looked + " bursts had happened");
        assertTrue(looked > 10 * ROUNDS, looked + " moments");
    }

    /// @return 1 if bursts had happened that were not shown yet
    private int goOn(Moment m, KilledBed.Blocks blocks, int threads, Map<String, Object> wanted)
            throws IOException {
        SavedCounters saved = SavedCounters.read(m.counters(), true);
        List<RingCursor> cursors = saved.cursors();
        Path again = folder.resolve("again");
        CounterMemory memory = CounterMemory.create(again, 4, Memory::putLongRelease, _ -> {});
        try (KilledBed next = new KilledBed(memory, threads, Files.readAllBytes(m.regions()))) {
            // Some are shown already: the words in rings are written where no store is seen here.
            int shown = random.nextInt(cursors.size() + 1);
            for (int p = 1; p <= KilledBed.PORTS; p++) {
                RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 1000 + p, 512);
                RingCursors.show(cursors.subList(0, shown), next.regions[p].address(), header);
            }
            next.resume(saved, blocks);
            next.attach();
            next.poll();
            Map<String, Object> seen = next.seen();
            wanted.forEach((what, value) ->
                    assertEquals(
                            value, seen.get(what), what + ", killed before write " + m.writes()));
        }
        Files.delete(again);
        return cursors.isEmpty() ? 0 : 1;
    }

    /// @param ports that they are sent from, port 2 being the first
    private void send(KilledBed bed, int packets, int ports) {
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocate(512, 64).address();
            for (int i = 0; i < packets; i++) {
                int port = 1 + (1 + random.nextInt(ports)) % 3;
                if (random.nextInt(12) == 0) {
                    bed.senders[port].mark(Mark.of(Mark.Kind.TO_BYPASS, 1, 6 + random.nextInt(2)));
                }
                int length = 60 + random.nextInt(random.nextBoolean() ? 5 : 240);
                byte[] frame = new byte[length];
                random.nextBytes(frame);
                frame[0] = (byte) port;
                frame[12] = 8;
                frame[13] = 0;
                frame[14] = 0x45;
                frame[16] = 0;
                frame[17] = 46;
                frame[20] = 0; // no fragment
                frame[21] = 0;
                frame[22] = 64;
                frame[23] = 17;
                frame[36] = 0;
                frame[37] = (byte) (1 + random.nextInt(9));
                Memory.copyFromArray(frame, 0, at, length);
                bed.senders[port].offer(new long[] {at}, new int[] {length}, 0, 1);
            }
        }
    }
}
