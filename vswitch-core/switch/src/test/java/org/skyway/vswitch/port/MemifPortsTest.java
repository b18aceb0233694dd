package org.skyway.vswitch.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.ForeignMemory;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.memif.MemifClient;
import org.skyway.memif.MemifConnection;
import org.skyway.memif.MemifMessage;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;

/// The sockets of memif ports, with real clients and with such that lie. The test is the poll
/// thread.
@Timeout(120)
class MemifPortsTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir Path dir;
    private final Faults faults = new Faults();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean(true);
    private PortSockets sockets;
    private MemifPorts ports;
    private Path path;

    @BeforeEach
    void start() throws IOException {
        sockets = new PortSockets(() -> 1, t -> settled.get(), new Watch(), faults);
        ports = new MemifPorts(sockets);
        path = dir.resolve("memif.sock");
    }

    @AfterEach
    void stop() {
        sockets.close();
        assertFalse(Files.exists(path), "the socket goes with its switch");
    }

    private final class Watch implements PortWatch {
        @Override
        public void attached(StockPort port, StockPort.Peer peer) {
            events.add("attached " + port.number());
        }

        @Override
        public void gone(StockPort port, StockPort.Peer peer, String reason) {
            events.add("gone " + port.number() + ": " + reason);
        }

        @Override
        public void refused(StockPort port, String reason) {
            events.add("refused: " + reason);
        }
    }

    private static void await(BooleanSupplier condition, String what) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "no " + what);
            Thread.onSpinWait();
        }
    }

    private void awaitEvent(String event) {
        await(
                () -> events.stream().anyMatch(e -> e.contains(event)),
                "\"" + event + "\" in " + events);
    }

    private MemifPort serve(int number, int id, String secret) throws IOException {
        MemifPort port = new MemifPort(number, 1, CounterMemory.ofProcess());
        known.add(port);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        ports.serve(port, "port" + number, path, id, bytes, file -> {});
        return port;
    }

    /// A client that does what clients do.
    private final class Client implements AutoCloseable {
        final UnixSocket socket;
        final MemifClient client;
        String refusal;

        Client(int id, String secret) throws Exception {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            client = new MemifClient(new MemifClient.Settings(id, bytes, "c", 5, 2048), 2048);
            socket = UnixSocket.connect(path, UnixSocket.Kind.SEQPACKET);
            if (socket == null) {
                refusal = "more wait than the kernel lets";
            }
            while (client.connection() == null && refusal == null) {
                MemifMessage m = MemifPortsTest.receive(socket);
                if (m == null) {
                    refusal = "turned away";
                    continue;
                }
                if (m instanceof MemifMessage.Disconnect d) {
                    refusal = d.text();
                    continue;
                }
                MemifClient.Said said = client.answer(m, List.of());
                if (said != null && said.attached() == null) {
                    socket.send(said.message().encode());
                } else if (said != null) {
                    socket.send(said.message().encode(), said.attached());
                }
            }
        }

        MemifConnection connection() {
            return client.connection();
        }

        @Override
        public void close() {
            if (socket != null) {
                socket.close();
            }
            client.close();
            if (client.connection() != null) {
                client.connection().close();
            }
        }
    }

    private static MemifMessage receive(UnixSocket socket) throws Exception {
        long begin = System.nanoTime();
        UnixSocket.Received got = socket.receive(MemifMessage.BYTES);
        while (got == null) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "no message");
            Thread.onSpinWait();
            got = socket.receive(MemifMessage.BYTES);
        }
        return got.isEnd() ? null : MemifMessage.decode(got.bytes());
    }

    @Test
    void clientsFindTheirPortsById() throws Exception {
        MemifPort first = serve(1, 10, "");
        MemifPort second = serve(2, 11, "");
        try (Client a = new Client(11, "");
                Client b = new Client(10, "");
                ForeignMemory memory = ForeignMemory.map("m", Descriptor.memory("m", 4096), 4096)) {
            awaitEvent("attached 1");
            awaitEvent("attached 2");
            assertEquals(ProcessHandle.current().pid(), first.peer().pid());
            Memory.putLong(memory.address(), 42);
            long[] at = {memory.address()};
            int[] lengths = {60};
            assertEquals(1, first.txBurst(at, lengths, 0, 1));
            long[] seen = new long[32];
            assertEquals(0, a.connection().receiver().peek(seen, new int[32], 32));
            assertEquals(1, b.connection().receiver().peek(seen, new int[32], 32));
            assertEquals(42, Memory.getLong(seen[0]));
            assertEquals(1, a.connection().sender().offer(at, lengths, 0, 1));
            assertEquals(1, second.rxBurst(seen, lengths, 32));
            second.rxRelease();
        }
        awaitEvent("gone 1: the other side is gone");
        awaitEvent("gone 2: the other side is gone");
        assertNull(first.peer());
        assertEquals(0, first.rxBurst(new long[32], new int[32], 32));
    }

    @Test
    void secretsIdsAndSecondClientsAreChecked() throws Exception {
        MemifPort port = serve(1, 10, "geheim");
        for (int i = 0; i < 2; i++) {
            try (Client c = new Client(10, i == 0 ? "" : "geheimer")) {
                assertEquals("Skyway does not know the secret of interface 10", c.refusal);
            }
        }
        try (Client c = new Client(11, "geheim")) {
            assertEquals("Skyway wants interface 11, which no port has", c.refusal);
        }
        try (Client c = new Client(10, "geheim")) {
            assertNull(c.refusal);
            try (Client d = new Client(10, "geheim")) {
                assertTrue(d.refusal.contains("connected already"), d.refusal);
            }
            assertNotNull(port.peer());
        }
        awaitEvent("gone 1");
        try (Client c = new Client(10, "geheim")) {
            assertNull(c.refusal);
        }
        assertThrows(IOException.class, () -> serve(3, 10, ""));
    }

    @Test
    void thousandsThatSayNothingKeepNobodyOut() throws Exception {
        MemifPort port = serve(1, 10, "");
        List<UnixSocket> silent = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < 3_000 || !someWereTurnedAway(); i++) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "nobody was turned away");
            UnixSocket s = UnixSocket.connect(path, UnixSocket.Kind.SEQPACKET);
            if (s == null) { // more wait than the kernel lets
                Thread.onSpinWait();
            } else if (silent.size() < 500) {
                silent.add(s);
            } else {
                s.close();
            }
        }
        silent.forEach(UnixSocket::close);
        await(() -> isServed(port), "room when those have gone");
    }

    private boolean someWereTurnedAway() {
        return faults.list().stream().anyMatch(f -> f.what().equals("too many"));
    }

    // Who is turned away sees the end instead of HELLO.
    private boolean isServed(MemifPort port) {
        try (Client c = new Client(10, "")) {
            long begin = System.nanoTime();
            while (c.refusal == null && port.peer() == null) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "not attached");
                Thread.onSpinWait();
            }
            return c.refusal == null;
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void whoSaysNothingIsLeftAfterAWhile() throws Exception {
        serve(1, 10, "");
        UnixSocket s = UnixSocket.connect(path, UnixSocket.Kind.SEQPACKET);
        assertTrue(receive(s) instanceof MemifMessage.Hello);
        assertTrue(receive(s) instanceof MemifMessage.Disconnect);
        assertNull(receive(s));
        awaitEvent("did not come to CONNECT");
        s.close();
    }

    @Test
    void whatARingCantHoldEndsItsConnectionOnly() throws Exception {
        serve(1, 10, "");
        MemifPort other = serve(2, 11, "");
        try (Client b = new Client(11, "")) {
            try (Client a = new Client(10, "")) {
                awaitEvent("attached 1");
                long ring = a.client.memory().address();
                Memory.putShortRelease(ring + 6, 1000);
                MemifPort port = portOf(1);
                assertEquals(0, port.rxBurst(new long[32], new int[32], 32));
                awaitEvent("gone 1: the ring from Skyway has a cursor 1000 slots ahead");
                assertTrue(port.trouble().contains("1000 slots ahead"));
                assertTrue(receive(a.socket) instanceof MemifMessage.Disconnect);
            }
            assertNull(b.refusal);
            assertNotNull(other.peer());
        }
    }

    private final List<MemifPort> known = new ArrayList<>();

    private MemifPort portOf(int number) {
        return known.stream().filter(p -> p.number() == number).findFirst().orElseThrow();
    }

    @Test
    void memoryStaysUntilPollThreadsHaveSettled() throws Exception {
        MemifPort port = serve(1, 10, "");
        Client c = new Client(10, "");
        awaitEvent("attached 1");
        long buffer = c.client.memory().address();
        assertEquals(1, c.connection().sender().offer(new long[] {buffer}, new int[] {64}, 0, 1));
        long[] seen = new long[32];
        assertEquals(1, port.rxBurst(seen, new int[32], 32));
        settled.set(false);
        c.close();
        awaitEvent("gone 1");
        // The pass that it was in goes on, with what it was shown.
        assertEquals(0x3E31F20, Memory.getInt(seen[0]));
        port.rxRelease();
        settled.set(true);
    }

    @Test
    void aPortThatIsRemovedLeavesItsClientAndMakesRoom() throws Exception {
        MemifPort port = serve(1, 10, "");
        try (Client c = new Client(10, "")) {
            awaitEvent("attached 1");
            ports.remove(port);
            MemifMessage m = receive(c.socket);
            assertEquals("port port1 was removed", ((MemifMessage.Disconnect) m).text());
        }
        serve(2, 10, "");
        try (Client c = new Client(10, "")) {
            assertNull(c.refusal);
        }
    }

    @Test
    void theSwitchAsClientComesBackWheneverItsServerDoes() throws Exception {
        MemifPort server = serve(1, 10, "s");
        MemifPort client = new MemifPort(2, 1, CounterMemory.ofProcess());
        byte[] secret = "s".getBytes(StandardCharsets.UTF_8);
        ports.connect(client, path, new MemifClient.Settings(10, secret, "c", 6, 2048));
        awaitEvent("attached 1");
        awaitEvent("attached 2");
        ports.remove(server);
        awaitEvent("gone 2: the other side disconnected: port port1 was removed");
        events.clear();
        serve(3, 10, "s");
        awaitEvent("attached 2");
        awaitEvent("attached 3");
        ports.remove(client);
        awaitEvent("gone 3");
    }

    @Test
    void randomBytesEndTheConversation() throws Exception {
        MemifPort port = serve(1, 10, "");
        Random random = new Random(18);
        for (int i = 0; i < 300; i++) {
            UnixSocket s = UnixSocket.connect(path, UnixSocket.Kind.SEQPACKET);
            if (s == null) {
                continue;
            }
            byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(200) + 1 : 128];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(10);
            if (bytes.length > 1) {
                bytes[1] = 0;
            }
            try {
                s.send(bytes);
            } catch (IOException e) {
                // It was turned away already.
            }
            s.close();
        }
        await(() -> isServed(port), "service after that");
    }
}
