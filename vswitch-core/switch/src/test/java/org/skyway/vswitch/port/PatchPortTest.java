package org.skyway.vswitch.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.MarkRoute;
import org.skyway.vswitch.fault.Faults;

class PatchPortTest {
    @TempDir Path directory;
    private final PatchPanel panel = new PatchPanel();

    private PatchPort port(int number) {
        return new PatchPort(number, 1, CounterMemory.ofProcess());
    }

    private int send(PatchPort from, int first) {
        try (Arena arena = Arena.ofConfined()) {
            long frame = arena.allocate(128, 64).address();
            Memory.putLong(frame, first);
            int sent = from.txBurst(new long[] {frame}, new int[] {64}, 0, 1);
            from.txShow();
            return sent;
        }
    }

    private long received(PatchPort at) {
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        int n = at.rxBurst(addresses, lengths, 32);
        long first = n == 0 ? -1 : Memory.getLong(addresses[0]);
        assertTrue(n == 0 || lengths[0] == 64);
        at.rxRelease();
        return first;
    }

    @Test
    void whatIsSentToOneComesFromTheOther() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        panel.add("a", a, "b");
        assertFalse(a.isConnected());
        assertEquals(0, send(a, 1));
        panel.add("b", b, "a");
        assertTrue(a.isConnected() && b.isConnected());
        assertEquals(1, send(a, 7));
        assertEquals(1, send(b, 8));
        assertEquals(8, received(a));
        assertEquals(7, received(b));
        assertEquals(-1, received(b));

        panel.remove("b", b);
        assertFalse(a.isConnected() || b.isConnected());
        assertEquals(0, send(a, 1));
        PatchPort next = port(3);
        panel.add("b", next, "a");
        assertEquals(1, send(next, 9));
        assertEquals(9, received(a));
    }

    @Test
    void onlyTwoThatNameEachOtherAreConnected() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        PatchPort self = port(3);
        panel.add("a", a, "b");
        panel.add("b", b, "c");
        panel.add("self", self, "self");
        assertFalse(a.isConnected() || b.isConnected() || self.isConnected());
        panel.remove("a", b); // not the port of that name
        panel.remove("b", b);
        panel.add("b", b, "a");
        assertTrue(a.isConnected() && b.isConnected());
    }

    @Test
    void aFullRingTakesNoMoreAndNothingIsLostBefore() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        panel.add("a", a, "b");
        panel.add("b", b, "a");
        int sent = 0;
        while (send(a, sent) == 1) {
            sent++;
        }
        assertTrue(sent > 1000);
        int got = 0;
        long[] addresses = new long[32];
        for (int n; (n = b.rxBurst(addresses, new int[32], 32)) > 0; b.rxRelease()) {
            for (int i = 0; i < n; i++) {
                assertEquals(got++, Memory.getLong(addresses[i]));
            }
        }
        assertEquals(sent, got);
    }

    @Test
    void marksInACableThatIsPulledOutGoOn() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        panel.add("a", a, "b");
        panel.add("b", b, "a");
        PatchPort target = port(3);
        b.addRoute(new MarkRoute(5, target, 2));
        assertEquals(1, send(a, 7));
        assertTrue(a.txMark(Mark.of(Mark.Kind.TO_BYPASS, 2, 5)));
        a.txShow();
        assertEquals(1, send(a, 8));
        assertTrue(a.txMark(Mark.of(Mark.Kind.TO_NORMAL, 2, 5)));
        assertTrue(a.txMark(Mark.of(Mark.Kind.TO_NORMAL, 2, 6))); // of no link
        a.txShow();
        List<String> marks = new ArrayList<>();
        for (PatchPort.End end : panel.remove("b", b)) {
            end.drain((route, kind) -> marks.add(kind + " " + route.epoch() + " " + route.slot()));
        }
        assertEquals(List.of("TO_BYPASS 5 2", "TO_NORMAL 5 2"), marks);
        assertEquals(List.of(), panel.remove("a", a), "it has no cable any more");
    }

    // Else ports that come and go would fill /dev/shm until the garbage collector comes.
    @Test
    void theMemoryOfACableThatIsPulledOutIsGoneAtOnce() throws IOException {
        RegionStore store = RegionStore.of(directory, "pulled", _ -> {});
        PatchPanel patches = new PatchPanel(store, new Faults());
        PatchPort a = port(1);
        PatchPort b = port(2);
        patches.add("a", a, "b");
        patches.add("b", b, "a");
        assertEquals(1, mapped(store));
        List<PatchPort.End> ends = patches.remove("b", b);
        ends.forEach(e -> e.drain((_, _) -> {}));
        ends.forEach(PatchPort.End::close);
        assertEquals(0, mapped(store));
        assertEquals(-1, received(a));
        assertEquals(0, send(a, 1));
    }

    @Test
    void whatLiesBetweenThemIsThereForTheNextSwitch() throws IOException {
        RegionStore store = RegionStore.of(directory, "patches", _ -> {});
        Faults faults = new Faults();
        PatchPanel first = new PatchPanel(store, faults);
        PatchPort a = port(1);
        first.add("a@1", a, "b/2");
        first.add("b/2", port(2), "a@1");
        first.add("c", port(3), "d");
        first.add("d", port(4), "c");
        assertEquals(1, send(a, 7));
        assertEquals(1, send(a, 8));
        assertTrue(a.txMark(Mark.of(Mark.Kind.TO_BYPASS, 3, 5)));
        a.txShow();

        PatchPanel next = new PatchPanel(store, faults);
        next.resume(List.of());
        PatchPort b = port(2);
        next.add("b/2", b, "a@1");
        next.add("a@1", port(1), "b/2");
        assertEquals(-1, received(b), "not before it can be forwarded");
        next.release();
        assertEquals(2, b.rxBurst(new long[32], new int[32], 32));
        b.rxRelease();
        assertTrue(Mark.is(b.rxMark(), Mark.Kind.TO_BYPASS));
        next.complete();
        assertEquals(1, files(store), "of those that nobody has any more none is left");
        next.close();
        assertEquals(0, files(store));
        assertEquals(List.of(), faults.list());
    }

    private static long files(RegionStore store) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/dev/shm"))) {
            return all.filter(f -> f.getFileName().toString().startsWith(store.prefix())).count();
        }
    }

    @Test
    void memoryOfACableThatNobodyHasClosedIsGivenBack() throws Exception {
        RegionStore store = RegionStore.of(directory, "given", _ -> {});
        PatchPanel lasting = new PatchPanel(store, new Faults());
        PatchPort a = port(1);
        lasting.add("a", a, "b");
        PatchPort b = port(2);
        for (int i = 0; i < 4; i++) {
            lasting.add("b", b, "a");
            assertEquals(1, send(a, 7));
            assertEquals(7, received(b));
            for (PatchPort.End end : lasting.remove("b", b)) {
                end.drain((_, _) -> {});
            }
            b = port(2);
        }
        long until = System.nanoTime() + 20_000_000_000L;
        while (mapped(store) > 0 && System.nanoTime() - until < 0) {
            System.gc();
            Thread.sleep(20);
        }
        assertEquals(0, mapped(store));
        assertFalse(a.isConnected());
    }

    private static long mapped(RegionStore store) throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(m -> m.contains(store.prefix())).count();
        }
    }
}
