package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.ivshmem.region.Memory;

/// An interface that this process makes, in a namespace of its own, and a packet socket as the host
/// that sends out of it.
@Timeout(60)
class TapDeviceIT {
    private static final int MAX_FRAME = 2048;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private static NetworkNamespace space;

    private final Arena arena = Arena.ofShared();
    private final FrameBuffer buffer = new FrameBuffer(arena);
    private final long[] addresses = new long[32];
    private final int[] lengths = new int[32];
    private TapDevice tap;
    private PacketSocket host;

    @BeforeAll
    static void makeNamespace() throws IOException {
        String missing = NetworkNamespace.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        space = NetworkNamespace.create("-tap");
    }

    @AfterAll
    static void removeNamespace() throws IOException {
        NetworkNamespace.closeAll(space);
    }

    @BeforeEach
    void open() throws Exception {
        tap = space.call(() -> TapDevice.open("tap0", MAX_FRAME));
        tap.setAdminUp(true);
        host = space.call(() -> PacketSocket.open("tap0", 4096));
    }

    @AfterEach
    void close() {
        host.close();
        tap.close();
        arena.close();
    }

    private byte[] receive() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            if (tap.rxBurst(addresses, lengths, 1) == 1) {
                byte[] frame = new byte[lengths[0]];
                Memory.copyToArray(addresses[0], frame, 0, lengths[0]);
                return frame;
            }
        }
        throw new AssertionError(tap + " received nothing");
    }

    private static byte[] frame(int bytes) {
        return TestFrames.numbered(bytes, bytes);
    }

    @Test
    void framesOfEveryLengthPassUnchangedInBothDirections() {
        for (int length : new int[] {14, 15, 60, 63, 64, 65, 127, 128, 255, 1000, 1514}) {
            buffer.send(host, frame(length));
            assertArrayEquals(frame(length), receive());
            buffer.set(0, frame(length));
            assertEquals(1, tap.txBurst(buffer.addresses, buffer.lengths, 0, 1));
            assertArrayEquals(frame(length), FrameBuffer.receive(host));
        }
    }

    @Test
    void aBurstShowsFramesInTheOrderInWhichTheyCame() {
        byte[][] frames = new byte[20][];
        Arrays.setAll(frames, i -> TestFrames.numbered(i, 60 + i));
        buffer.send(host, frames);
        int got = 0;
        while (got < frames.length) {
            int n = tap.rxBurst(addresses, lengths, 7);
            assertTrue(n <= 7, "asked for 7 and got " + n);
            for (int i = 0; i < n; i++) {
                byte[] frame = new byte[lengths[i]];
                Memory.copyToArray(addresses[i], frame, 0, lengths[i]);
                assertArrayEquals(frames[got++], frame);
            }
        }
        assertEquals(0, tap.rxBurst(addresses, lengths, 32));
    }

    @Test
    void frameThatIsLongerThanTheLimitIsCountedAndSkipped() throws IOException {
        tap.setMtu(4000);
        assertEquals(4000, tap.mtu());
        buffer.send(host, frame(MAX_FRAME + 1), frame(MAX_FRAME));
        assertArrayEquals(frame(MAX_FRAME), receive());
        assertEquals(1, tap.rxErrors());
    }

    @Test
    void itsDescriptorCanBeReadExactlyWhileFramesAreThere() throws IOException {
        int[] tokens = new int[ReadableSet.MOST_AT_ONCE];
        try (ReadableSet set = new ReadableSet()) {
            assertTrue(set.arm(tap.descriptor(), 5, false));
            assertEquals(0, set.ready(tokens));
            buffer.send(host, frame(60));
            long end = System.nanoTime() + PATIENCE_NANOS;
            int n = 0;
            while (n == 0 && System.nanoTime() < end) {
                n = set.ready(tokens);
            }
            assertEquals(1, n);
            assertEquals(5, tokens[0]);
            receive();
            assertTrue(set.arm(tap.descriptor(), 5, true));
            assertEquals(0, set.ready(tokens));
        }
    }

    @Test
    void whatIsDownTakesNothing() throws IOException {
        tap.setAdminUp(false);
        assertEquals(InterfaceState.ADMIN_DOWN, tap.linkState());
        buffer.set(0, frame(60));
        assertEquals(0, tap.txBurst(buffer.addresses, buffer.lengths, 0, 1));
        assertEquals(0, tap.rxBurst(addresses, lengths, 32));
        tap.setAdminUp(true);
        assertEquals(InterfaceState.UP, tap.linkState());
        buffer.send(host, frame(61));
        assertArrayEquals(frame(61), receive());
    }

    @Test
    void factsAreThoseThatIpShows() throws IOException {
        tap.setMac(0x02_11_22_33_44_f5L);
        tap.setMtu(1400);
        String line = space.ip("-o link show tap0");
        assertTrue(line.contains("02:11:22:33:44:f5"), line);
        assertTrue(line.contains("mtu 1400"), line);
        assertTrue(line.startsWith(tap.ifindex() + ":"), line);
        space.ip("link set tap0 address 02:00:00:00:00:09 mtu 1300");
        assertEquals(0x02_00_00_00_00_09L, tap.mac());
        assertEquals(1300, tap.mtu());
        assertTrue(tap.facts().modes().speedMbps() >= 0);
    }

    @Test
    void aRemovedInterfaceIsNoticedAndHarmsNothing() throws IOException {
        space.ip("link del tap0");
        assertEquals(InterfaceState.GONE, tap.linkState());
        buffer.set(0, frame(60));
        assertEquals(0, tap.txBurst(buffer.addresses, buffer.lengths, 0, 1));
        assertEquals(0, tap.rxBurst(addresses, lengths, 32));
        var e = assertThrows(IOException.class, tap::mtu);
        assertTrue(e.getMessage().contains("tap0"), e.getMessage());
    }

    @Test
    void oneThatSomebodyMovesToAnotherNamespacePassesFramesThere() throws Exception {
        try (NetworkNamespace other = NetworkNamespace.create("-other")) {
            space.ip("link set tap0 netns " + other.name());
            assertEquals(InterfaceState.ELSEWHERE, tap.linkState());
            assertThrows(IOException.class, tap::mac);
            other.ip("link set tap0 up");
            host.close();
            host = other.call(() -> PacketSocket.open("tap0", 4096));
            buffer.send(host, frame(60));
            assertArrayEquals(frame(60), receive());
            buffer.set(0, frame(61));
            assertEquals(1, tap.txBurst(buffer.addresses, buffer.lengths, 0, 1));
            other.ip("link del tap0");
            assertEquals(InterfaceState.GONE, tap.linkState());
        }
    }

    @Test
    void itGoesWithItsDeviceAndItsNameIsFreeAgain() throws Exception {
        tap.close();
        tap.close();
        assertFalse(space.ip("-o link").contains("tap0"));
        assertThrows(IllegalStateException.class, tap::linkState);
        tap = space.call(() -> TapDevice.open("tap0", MAX_FRAME));
        assertEquals(InterfaceState.ADMIN_DOWN, tap.linkState());
    }

    @Test
    void onePassesOnWithItsAddressToWhoeverOpensItNext() throws Exception {
        assertFalse(tap.wasThere());
        tap.setMac(0x02_11_22_33_44_f5L);
        tap.leave();
        assertThrows(IllegalStateException.class, tap::linkState);
        assertTrue(space.ip("-o link").contains("tap0"));
        tap = space.call(() -> TapDevice.open("tap0", MAX_FRAME));
        assertTrue(tap.wasThere());
        assertEquals(0x02_11_22_33_44_f5L, tap.mac());
        buffer.send(host, frame(60));
        assertArrayEquals(frame(60), receive());
        tap.close();
        assertFalse(space.ip("-o link").contains("tap0"));
    }

    @Test
    void manyGoAtOnce() throws Exception {
        List<TapDevice> all = new ArrayList<>(List.of(tap));
        for (int i = 1; i < 20; i++) {
            String name = "tap" + i;
            all.add(space.call(() -> TapDevice.open(name, MAX_FRAME)));
        }
        TapDevice other = space.call(() -> TapDevice.open("other", MAX_FRAME));
        space.call(() -> {
            TapDevice.closeAll(all);
            return null;
        });
        assertFalse(space.ip("-o link").contains("tap"));
        assertTrue(space.ip("-o link").contains("other"));
        other.close();
    }

    @Test
    void changesOfInterfacesAreToldOnce() throws Exception {
        try (InterfaceChanges changes = space.call(InterfaceChanges::new)) {
            assertFalse(changes.any());
            tap.setAdminUp(false);
            assertTrue(changes.any());
            assertFalse(changes.any());
            space.ip("link set tap0 mtu 1300");
            assertTrue(changes.any());
        }
    }

    @Test
    void changesAreToldInOrder() throws Exception {
        try (InterfaceChanges changes = space.call(InterfaceChanges::new)) {
            space.ip("link set tap0 down");
            space.ip("link set tap0 address 02:00:00:00:00:09");
            space.ip("link set tap0 up");
            int index = tap.ifindex();
            space.ip("link del tap0");
            List<InterfaceChange> told = new ArrayList<>();
            assertTrue(changes.take(told::add));
            told.removeIf(c -> c.ifindex() != index);
            assertEquals(InterfaceState.ADMIN_DOWN, told.getFirst().state());
            assertTrue(
                    told.contains(
                            new InterfaceChange(index, InterfaceState.UP, 0x02_00_00_00_00_09L)));
            assertEquals(InterfaceState.GONE, told.getLast().state());
            assertTrue(changes.take(told::add));
        }
    }

    @Test
    void whatIsSentIsShownToCapturesWhenAskedFor() throws Exception {
        // A capture sees what leaves by the interface; this end here sees it as well.
        for (boolean shown : new boolean[] {true, false}) {
            host.showSent(shown);
            buffer.send(host, frame(70));
            assertArrayEquals(frame(70), receive());
        }
    }

    @Test
    void namesThatCannotBeHadAreRefused() {
        var taken =
                assertThrows(
                        IOException.class,
                        () -> space.call(() -> TapDevice.open("tap0", MAX_FRAME)));
        assertTrue(taken.getMessage().contains("tap0"), taken.getMessage());
        assertThrows(IOException.class, () -> space.call(() -> TapDevice.open("lo", MAX_FRAME)));
        assertThrows(
                IllegalArgumentException.class,
                () -> TapDevice.open("a-name-that-is-too-long", MAX_FRAME));
    }

    @Test
    void neitherDirectionAllocates() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        buffer.set(0, frame(60));
        // Until it is compiled, calls of native functions allocate; a frame that did would do so in
        // every round.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            int moved = 0;
            for (int i = 0; i < 2000; i++) {
                host.txBurst(buffer.addresses, buffer.lengths, 0, 1);
                moved += tap.rxBurst(addresses, lengths, 32);
                moved += tap.txBurst(buffer.addresses, buffer.lengths, 0, 1);
                host.rxBurst(addresses, lengths, 0, 32);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertTrue(moved > 3_000, "moved " + moved);
        }
        assertEquals(0, least, "bytes for 4,000 frames");
    }
}
