package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.ivshmem.region.Memory;

/// The switch's end of a veth pair, `toa`, and its peer, `eth0`, each in a namespace of its own.
@Timeout(60)
class PacketSocketIT {
    private static NetworkNamespace switchSide;
    private static NetworkNamespace guestSide;

    private final Arena arena = Arena.ofShared();
    private final FrameBuffer buffer = new FrameBuffer(arena);
    private PacketSocket port;
    private PacketSocket peer;

    @BeforeAll
    static void makeNamespaces() throws IOException {
        String missing = NetworkNamespace.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        switchSide = NetworkNamespace.create("-switch");
        guestSide = NetworkNamespace.create("-guest");
    }

    @AfterAll
    static void removeNamespaces() throws IOException {
        NetworkNamespace.closeAll(switchSide, guestSide);
    }

    @BeforeEach
    void attach() throws Exception {
        switchSide.veth("toa", guestSide, "eth0");
        port = switchSide.call(() -> PacketSocket.open("toa"));
        peer = guestSide.call(() -> PacketSocket.open("eth0"));
    }

    @AfterEach
    void detach() throws IOException {
        port.close();
        peer.close();
        arena.close();
        if (switchSide.ip("-o link").contains(" toa@")) {
            switchSide.ip("link del toa");
        }
    }

    @Test
    void framesOfEveryLengthPassUnchangedInBothDirections() {
        for (int length :
                new int[] {14, 15, 59, 60, 61, 63, 64, 65, 127, 128, 255, 1000, 1513, 1514}) {
            byte[] frame = TestFrames.numbered(length, length);
            buffer.send(port, frame);
            assertArrayEquals(frame, FrameBuffer.receive(peer));
            buffer.send(peer, frame);
            assertArrayEquals(frame, FrameBuffer.receive(port));
        }
        assertEquals(0, port.counters().rxErrors());
        assertEquals(14, port.counters().rxPackets());
        assertEquals(14, port.counters().txPackets());
        assertEquals(peer.counters().txBytes(), port.counters().rxBytes());
    }

    @Test
    void aBurstKeepsItsOrder() {
        byte[][] frames = new byte[64][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = TestFrames.numbered(i, 60 + 20 * i);
        }
        buffer.send(peer, frames);
        List<byte[]> got = FrameBuffer.receive(port, 64);
        for (int i = 0; i < frames.length; i++) {
            assertArrayEquals(frames[i], got.get(i));
        }
    }

    @Test
    void onlyTheGivenPartOfTheArraysIsUsed() {
        buffer.set(0, TestFrames.numbered(0, 60));
        buffer.set(1, TestFrames.numbered(1, 61));
        buffer.set(2, TestFrames.numbered(2, 62));
        assertEquals(1, peer.txBurst(buffer.addresses, buffer.lengths, 1, 1));
        long[] addresses = {-1, -1, -1};
        int[] lengths = {-1, -1, -1};
        while (port.rxBurst(addresses, lengths, 1, 1) == 0) {
            Thread.onSpinWait();
        }
        assertArrayEquals(new int[] {-1, 61, -1}, lengths);
        assertEquals(-1, addresses[0]);
        assertEquals(-1, addresses[2]);
        assertEquals(0, port.rxBurst(addresses, lengths, 0, 3));
    }

    @Test
    void vlanTagsThatTheKernelTookOutAreBack() {
        byte[] frame = TestFrames.numbered(1, 1514);
        byte[] customer = TestFrames.tagged(frame, 0x8100, 0xefff);
        byte[] priority = TestFrames.tagged(TestFrames.numbered(2, 60), 0x8100, 0x0000);
        byte[] service = TestFrames.tagged(TestFrames.tagged(priority, 0x8100, 5), 0x88a8, 0x2123);
        byte[][] frames = {customer, priority, service, frame};
        buffer.send(peer, frames);
        for (byte[] sent : frames) {
            assertArrayEquals(sent, FrameBuffer.receive(port));
        }
    }

    @Test
    void aHundredThousandFramesArriveInOrderAndUnchanged() throws Exception {
        int count = 100_000;
        AtomicLong received = new AtomicLong();
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int sent = 0; sent < count; sent += 32) {
                                while (sent - received.get() > 2048) {
                                    Thread.yield();
                                }
                                for (int i = 0; i < 32; i++) {
                                    buffer.set(i, random(sent + i));
                                }
                                buffer.sendSet(peer, 32);
                            }
                        });
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        long end = System.nanoTime() + 50_000_000_000L;
        int next = 0;
        while (next < count && System.nanoTime() < end) {
            int n = port.rxBurst(addresses, lengths, 0, 32);
            for (int i = 0; i < n; i++) {
                byte[] got = new byte[lengths[i]];
                Memory.copyToArray(addresses[i], got, 0, lengths[i]);
                assertArrayEquals(random(next), got, "frame " + next);
                next++;
            }
            received.set(next);
            if (n == 0) {
                Thread.yield();
            }
        }
        sender.join();
        assertEquals(count, next);
        PacketCounters counters = port.counters();
        assertEquals(new PacketCounters(count, counters.rxBytes(), 0, 0, 0, 0, 0), counters);
    }

    @Test
    void frameThatIsLongerThanTheLimitIsCountedAndSkipped() throws Exception {
        try (PacketSocket small = switchSide.call(() -> PacketSocket.open("toa", 128))) {
            byte[] last = TestFrames.numbered(3, 128);
            buffer.send(peer, TestFrames.numbered(1, 129), TestFrames.numbered(2, 1514), last);
            assertArrayEquals(last, FrameBuffer.receive(small));
            assertEquals(2, small.counters().rxErrors());
        }
    }

    @Test
    void jumboFramesPassWhenTheLimitAllows() throws Exception {
        switchSide.ip("link set toa mtu 9000");
        guestSide.ip("link set eth0 mtu 9000");
        try (PacketSocket jumbo = switchSide.call(() -> PacketSocket.open("toa", 9018))) {
            assertEquals(9000, jumbo.mtu());
            byte[] frame = TestFrames.numbered(1, 9014);
            buffer.send(peer, frame);
            assertArrayEquals(frame, FrameBuffer.receive(jumbo));
        }
    }

    @Test
    void unsendableFramesAreCountedAndThoseBehindThemSent() {
        byte[] first = TestFrames.numbered(1, 60);
        byte[] last = TestFrames.numbered(2, 1514);
        buffer.set(0, first);
        buffer.set(1, TestFrames.numbered(3, 1600));
        buffer.set(2, new byte[13]);
        buffer.set(3, last);
        assertEquals(4, port.txBurst(buffer.addresses, buffer.lengths, 0, 4));
        assertArrayEquals(first, FrameBuffer.receive(peer));
        assertArrayEquals(last, FrameBuffer.receive(peer));
        assertEquals(new PacketCounters(0, 0, 0, 0, 2, 1574, 2), port.counters());
    }

    @Test
    void framesOfTheLocalStackAreNotReceived() throws Exception {
        switchSide.ip("addr add 10.9.0.1/24 dev toa");
        switchSide.ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev toa");
        switchSide.call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                var to = new InetSocketAddress(InetAddress.getByName("10.9.0.2"), 9);
                return channel.send(ByteBuffer.wrap(new byte[100]), to);
            }
        });
        assertEquals(142, FrameBuffer.receive(peer).length);
        byte[] mark = TestFrames.numbered(1, 60);
        buffer.send(peer, mark);
        assertArrayEquals(mark, FrameBuffer.receive(port));
    }

    @Test
    void theKernelsDropsAreCounted() {
        int count = 40_000;
        byte[][] burst = new byte[32][];
        for (int i = 0; i < burst.length; i++) {
            burst[i] = TestFrames.numbered(i, 1514);
            buffer.set(i, burst[i]);
        }
        for (int sent = 0; sent < count; sent += 32) {
            buffer.sendSet(peer, 32);
        }
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        long end = System.nanoTime() + 30_000_000_000L;
        PacketCounters counters = port.counters();
        while (counters.rxPackets() + counters.rxDropped() < count && System.nanoTime() < end) {
            port.rxBurst(addresses, lengths, 0, 32);
            counters = port.counters();
        }
        assertTrue(counters.rxDropped() > 0, counters.toString());
        assertEquals(count, counters.rxPackets() + counters.rxDropped());
    }

    @Test
    void neitherDirectionAllocates() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 32; i++) {
            buffer.set(i, TestFrames.tagged(TestFrames.numbered(i, 64), 0x8100, i));
        }
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        // Until the poll loop is compiled, calls of native functions allocate; a frame that did
        // would do so in every round.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            int moved = moveBursts(1000, addresses, lengths);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertTrue(moved > 30_000, "moved " + moved);
        }
        assertEquals(0, least, "bytes for 32,000 frames");
    }

    @Test
    void aRemovedInterfaceIsNoticedAndHarmsNothing() throws IOException {
        awaitState(InterfaceState.UP, port);
        switchSide.ip("link del toa");
        assertEquals(InterfaceState.GONE, port.linkState());
        assertEquals(InterfaceState.GONE, peer.linkState());
        buffer.set(0, TestFrames.numbered(1, 60));
        assertEquals(0, port.txBurst(buffer.addresses, buffer.lengths, 0, 1));
        for (int i = 0; i < 100; i++) {
            assertEquals(0, port.rxBurst(new long[1], new int[1], 0, 1));
        }
        assertEquals(LinkModes.UNKNOWN, port.facts().modes());
        assertEquals(0, port.counters().txPackets());
        var e = assertThrows(IOException.class, port::mtu);
        assertTrue(e.getMessage().contains("toa"), e.getMessage());
        // A namesake is another interface.
        switchSide.veth("toa", guestSide, "eth0");
        assertEquals(InterfaceState.GONE, port.linkState());
    }

    @Test
    void aNamesakeOfARemovedInterfaceIsAttachedToWhenAskedFor() throws Exception {
        awaitState(InterfaceState.UP, port);
        switchSide.ip("link del toa");
        assertThrows(IOException.class, () -> switchSide.call(this::attachAgain));
        peer.close();
        int descriptor = port.descriptor();
        switchSide.veth("toa", guestSide, "eth0");
        switchSide.call(this::attachAgain);
        peer = guestSide.call(() -> PacketSocket.open("eth0"));
        awaitState(InterfaceState.UP, port);
        assertEquals("toa", port.facts().name());
        assertEquals(descriptor, port.descriptor());
        framesOfEveryLengthPassUnchangedInBothDirections();
    }

    private Void attachAgain() throws IOException {
        port.attachAgain();
        return null;
    }

    @Test
    void framesPassAgainAfterTheInterfaceWasDown() throws IOException {
        port.setAdminUp(false);
        assertEquals(InterfaceState.ADMIN_DOWN, port.linkState());
        awaitState(InterfaceState.NO_CARRIER, peer);
        buffer.set(0, TestFrames.numbered(1, 60));
        assertEquals(0, port.txBurst(buffer.addresses, buffer.lengths, 0, 1));
        assertEquals(0, port.rxBurst(new long[1], new int[1], 0, 1));
        port.setAdminUp(true);
        awaitState(InterfaceState.UP, port);
        framesOfEveryLengthPassUnchangedInBothDirections();
    }

    @Test
    void anInterfaceThatIsDownCanBeOpenedAndBroughtUp() throws Exception {
        port.setAdminUp(false);
        port.close();
        port = switchSide.call(() -> PacketSocket.open("toa"));
        assertEquals(InterfaceState.ADMIN_DOWN, port.linkState());
        port.setAdminUp(true);
        framesOfEveryLengthPassUnchangedInBothDirections();
    }

    @Test
    void aRenamedInterfaceIsStillTheSame() throws IOException {
        port.setAdminUp(false);
        switchSide.ip("link set toa name tob");
        port.setAdminUp(true);
        awaitState(InterfaceState.UP, port);
        framesOfEveryLengthPassUnchangedInBothDirections();
        switchSide.ip("link del tob");
        assertEquals(InterfaceState.GONE, port.linkState());
    }

    @Test
    void factsAreThoseThatIpShows() throws IOException {
        switchSide.ip("link set toa address 02:11:22:33:44:f5 mtu 1400");
        assertEquals(0x02112233_44f5L, port.mac());
        assertEquals(1400, port.mtu());
        assertEquals("toa", port.interfaceName());
        String line = switchSide.ip("-o link show toa");
        assertTrue(line.startsWith(port.ifindex() + ": toa@"), line);
        assertTrue(line.contains("PROMISC") || promiscuity("toa") == 1, line);
        assertEquals(10_000, port.facts().modes().speedMbps()); // what the veth driver says
        assertTrue(port.facts().modes().fullDuplex());
        assertEquals("toa", port.facts().name());
        assertEquals(port.mac(), port.facts().mac());
        port.close();
        assertEquals(0, promiscuity("toa"));
    }

    @Test
    void errorsNameTheInterfaceAndSayWhatToDo() throws Exception {
        var none = assertThrows(IOException.class, () -> PacketSocket.open("nosuch0"));
        assertTrue(none.getMessage().contains("nosuch0: there is no such"), none.getMessage());
        var tooLong =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> PacketSocket.open("sixteen-letters0"));
        assertTrue(tooLong.getMessage().contains("16"), tooLong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> PacketSocket.open(""));
        assertThrows(IllegalArgumentException.class, () -> PacketSocket.open("a/b"));
        assertThrows(IllegalArgumentException.class, () -> PacketSocket.open("toa", 63));
        guestSide.ip("tuntap add dev tun9 mode tun");
        var type =
                assertThrows(
                        IOException.class, () -> guestSide.call(() -> PacketSocket.open("tun9")));
        assertTrue(type.getMessage().contains("tun9 does not carry Ethernet"), type.getMessage());
        port.close();
        port.close();
        var closed = assertThrows(IllegalStateException.class, port::linkState);
        assertTrue(closed.getMessage().contains("toa"), closed.getMessage());
    }

    private int moveBursts(int bursts, long[] addresses, int[] lengths) {
        int moved = 0;
        for (int burst = 0; burst < bursts; burst++) {
            int sent = peer.txBurst(buffer.addresses, buffer.lengths, 0, 32);
            int got = 0;
            for (int poll = 0; got < sent && poll < 100_000; poll++) {
                got += port.rxBurst(addresses, lengths, 0, 32);
            }
            moved += got;
        }
        return moved;
    }

    // The kernel tells of a carrier's coming and going up to a second later.
    private static void awaitState(InterfaceState state, PacketSocket socket) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (socket.linkState() != state && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(state, socket.linkState());
    }

    private static int promiscuity(String name) throws IOException {
        String details = switchSide.ip("-d -o link show " + name);
        return Integer.parseInt(details.replaceFirst("(?s).*promiscuity (\\d+).*", "$1"));
    }

    private static byte[] random(int number) {
        return TestFrames.numbered(number, 22 + new Random(~number).nextInt(1493));
    }
}
