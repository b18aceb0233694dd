package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two guests with real network stacks, left and right, on veth pairs with every offload on, and a
/// switch side with the other ends.
@Timeout(60)
class PacketSocketOffloadIT {
    private static NetworkNamespace switchSide;
    private static NetworkNamespace left;
    private static NetworkNamespace right;

    private PacketSocket toLeft;
    private PacketSocket toRight;

    @BeforeAll
    static void makeNamespaces() throws IOException {
        String missing = NetworkNamespace.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        switchSide = NetworkNamespace.create("-switch");
        left = NetworkNamespace.create("-left");
        right = NetworkNamespace.create("-right");
        addGuest(left, "toleft", 1);
        addGuest(right, "toright", 2);
        for (int[] pair : new int[][] {{1, 2}, {2, 1}}) {
            NetworkNamespace guest = pair[0] == 1 ? left : right;
            String mac = " lladdr 02:00:00:00:00:0" + pair[1] + " dev eth0";
            guest.ip("neigh add 10.9.0." + pair[1] + mac);
            guest.ip("neigh add fd00::" + pair[1] + mac);
        }
    }

    @AfterAll
    static void removeNamespaces() throws IOException {
        NetworkNamespace.closeAll(switchSide, left, right);
    }

    @BeforeEach
    void attach() throws Exception {
        toLeft = switchSide.call(() -> PacketSocket.open("toleft"));
        toRight = switchSide.call(() -> PacketSocket.open("toright"));
    }

    @AfterEach
    void detach() {
        toLeft.close();
        toRight.close();
    }

    @Test
    void checksumsThatTheSenderLeftToTheCardAreComplete() throws Exception {
        for (String address : new String[] {"10.9.0.2", "fd00::2"}) {
            for (int length : new int[] {1, 2, 99, 1400}) {
                byte[] payload = new byte[length];
                new Random(length).nextBytes(payload);
                sendDatagram(address, payload);
                byte[] frame = receiveFor(toLeft, address);
                assertTrue(TestFrames.isSound(frame), address + " length " + length);
                int at = TestFrames.payloadAt(frame);
                assertArrayEquals(payload, Arrays.copyOfRange(frame, at, frame.length));
            }
        }
    }

    @Test
    void tcpStreamOfSuperFramesPassesTheSwitchOverIpv4() throws Exception {
        streamThroughTheSwitch("10.9.0.2");
    }

    @Test
    void tcpStreamOfSuperFramesPassesTheSwitchOverIpv6() throws Exception {
        streamThroughTheSwitch("fd00::2");
    }

    @Test
    void datagramsOfOneSuperFrameAreSentOneByOne() throws Exception {
        byte[] payload = new byte[10_050];
        new Random(1).nextBytes(payload);
        for (boolean tagged : new boolean[] {false, true}) {
            byte[] whole = TestFrames.ip(true, TestFrames.UDP, 0, 0, payload);
            int shift = tagged ? 4 : 0;
            byte[] sent = tagged ? TestFrames.tagged(whole, 0x8100, 99) : whole;
            try (OffloadSender tap = switchSide.call(() -> new OffloadSender("tap0"));
                    PacketSocket port = openTap()) {
                tap.send(sent, Segmenter.GSO_UDP, 200, 34 + shift, 6);
                List<byte[]> frames = FrameBuffer.receive(port, 51);
                assertEquals(51, frames.size());
                ByteArrayOutputStream joined = new ByteArrayOutputStream();
                for (byte[] frame : frames) {
                    byte[] datagram = tagged ? untagged(frame, 99) : frame;
                    assertTrue(TestFrames.isSound(datagram));
                    joined.write(datagram, 42, datagram.length - 42);
                }
                assertArrayEquals(payload, joined.toByteArray());
                assertEquals(0, port.counters().rxErrors());
            }
        }
    }

    @Test
    void sctpChecksumIsCompleted() throws Exception {
        byte[] frame = TestFrames.ip(true, TestFrames.UDP, 0, 0, new byte[100]);
        frame[23] = (byte) 132;
        try (OffloadSender tap = switchSide.call(() -> new OffloadSender("tap0"));
                PacketSocket port = openTap()) {
            tap.send(frame, 0, 0, 34, 8);
            byte[] got = FrameBuffer.receive(port);
            int sum = Integer.reverseBytes(ByteBuffer.wrap(got).getInt(42));
            Arrays.fill(got, 42, 46, (byte) 0);
            CRC32C crc = new CRC32C();
            crc.update(got, 34, got.length - 34);
            assertEquals((int) crc.getValue(), sum);
        }
    }

    @Test
    void superFrameThatCanNotBeCutIsCountedAndThoseBehindItArrive() throws Exception {
        try (OffloadSender tap = switchSide.call(() -> new OffloadSender("tap0"));
                PacketSocket port = openTap()) {
            byte[] whole = TestFrames.ip(true, TestFrames.UDP, 0, 0, new byte[3000]);
            byte[] mark = TestFrames.numbered(1, 100);
            for (int i = 1; i <= 50; i++) {
                tap.send(mark, 0, 0, 0, 0);
                tap.send(whole, OffloadSender.FRAGMENTATION, 1000, 34, 6);
                tap.send(mark, 0, 0, 0, 0);
                List<byte[]> frames = FrameBuffer.receive(port, 2);
                assertEquals(2, frames.size());
                assertArrayEquals(mark, frames.get(0));
                assertArrayEquals(mark, frames.get(1));
                assertEquals(i, port.counters().rxErrors());
            }
        }
    }

    private static PacketSocket openTap() throws Exception {
        switchSide.ip("link set tap0 up");
        return switchSide.call(() -> PacketSocket.open("tap0"));
    }

    private static void addGuest(NetworkNamespace guest, String end, int number)
            throws IOException {
        switchSide.veth(end, guest, "eth0");
        guest.enableIpv6("eth0", true);
        guest.ip("link set eth0 address 02:00:00:00:00:0" + number);
        guest.ip("addr add 10.9.0.%d/24 dev eth0".formatted(number));
        guest.ip("addr add fd00::%d/64 dev eth0 nodad".formatted(number));
    }

    // Forwards both ways, while 16 MiB go from left to right.
    private void streamThroughTheSwitch(String address) throws Exception {
        byte[] data = new byte[16 << 20];
        new Random(7).nextBytes(data);
        AtomicBoolean stop = new AtomicBoolean();
        int[] longest = new int[1];
        Thread forwarder = Thread.ofPlatform().start(() -> longest[0] = forward(stop));
        try (ServerSocketChannel server = right.call(ServerSocketChannel::open);
                SocketChannel client = left.call(SocketChannel::open)) {
            server.bind(new InetSocketAddress(InetAddress.getByName(address), 4001));
            FutureTask<byte[]> reader = new FutureTask<>(() -> readAll(server));
            Thread.ofPlatform().start(reader);
            client.connect(server.getLocalAddress());
            ByteBuffer all = ByteBuffer.wrap(data);
            while (all.hasRemaining()) {
                client.write(all);
            }
            client.shutdownOutput();
            assertArrayEquals(data, reader.get());
        } finally {
            stop.set(true);
            forwarder.join();
        }
        assertEquals(1514, longest[0]);
        PacketCounters counters = toLeft.counters();
        assertEquals(0, counters.rxErrors());
        assertTrue(counters.rxPackets() > data.length / 1448, counters.toString());
    }

    private static byte[] readAll(ServerSocketChannel server) throws IOException {
        try (SocketChannel channel = server.accept()) {
            return channel.socket().getInputStream().readAllBytes();
        }
    }

    private int forward(AtomicBoolean stop) {
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        int longest = 0;
        while (!stop.get()) {
            int n = toLeft.rxBurst(addresses, lengths, 0, 32);
            for (int i = 0; i < n; i++) {
                longest = Math.max(longest, lengths[i]);
            }
            toRight.txBurst(addresses, lengths, 0, n);
            int back = toRight.rxBurst(addresses, lengths, 0, 32);
            toLeft.txBurst(addresses, lengths, 0, back);
            if (n + back == 0) {
                Thread.yield();
            }
        }
        return longest;
    }

    private static void sendDatagram(String address, byte[] payload) throws Exception {
        left.call(() -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
                var to = new InetSocketAddress(InetAddress.getByName(address), 4001);
                return channel.send(ByteBuffer.wrap(payload), to);
            }
        });
    }

    // The guests' stacks also say things of their own, such as who listens to which multicast.
    private static byte[] receiveFor(PacketSocket socket, String address) throws IOException {
        byte[] wanted = InetAddress.getByName(address).getAddress();
        for (int i = 0; i < 100; i++) {
            byte[] frame = FrameBuffer.receive(socket);
            int at = wanted.length == 4 ? 30 : 38;
            if (frame.length > at + wanted.length
                    && TestFrames.isIpv4(frame) == (wanted.length == 4)
                    && TestFrames.protocol(frame) == TestFrames.UDP
                    && Arrays.equals(frame, at, at + wanted.length, wanted, 0, wanted.length)) {
                return frame;
            }
        }
        throw new AssertionError("no datagram for " + address + " came");
    }

    private static byte[] untagged(byte[] frame, int tag) {
        assertEquals(0x8100, TestFrames.get16(frame, 12));
        assertEquals(tag, TestFrames.get16(frame, 14));
        byte[] inner = new byte[frame.length - 4];
        System.arraycopy(frame, 0, inner, 0, 12);
        System.arraycopy(frame, 16, inner, 12, inner.length - 12);
        return inner;
    }
}
