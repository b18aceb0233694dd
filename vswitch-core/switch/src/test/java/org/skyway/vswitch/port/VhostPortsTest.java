package org.skyway.vswitch.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;
import org.skyway.ivshmem.sys.Poller;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;

/// The sockets of vhost-user ports, with a front end that says what is right and others that do
/// not. The test is the poll thread.
@Timeout(120)
class VhostPortsTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int BYTES = 1 << 20;
    private static final int SIZE = 64;

    @TempDir Path dir;
    private final Faults faults = new Faults();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean(true);
    private final VhostUserPort port = new VhostUserPort(1, 1, CounterMemory.ofProcess(), false);
    private PortSockets sockets;
    private VhostPorts ports;
    private Path path;

    @BeforeEach
    void start() throws IOException {
        sockets = new PortSockets(() -> 1, t -> settled.get(), new Watch(), faults);
        ports = new VhostPorts(sockets, false);
        path = dir.resolve("vhost.sock");
    }

    @AfterEach
    void stop() {
        sockets.close();
        assertEquals(List.of(), faults.list(), "the switch made no mistake");
    }

    private final class Watch implements PortWatch {
        @Override
        public void attached(StockPort at, StockPort.Peer peer) {
            events.add("attached " + peer.detail());
        }

        @Override
        public void gone(StockPort at, StockPort.Peer peer, String reason) {
            events.add("gone: " + reason);
        }

        @Override
        public void refused(StockPort at, String reason) {
            events.add("refused: " + reason);
        }
    }

    private void await(BooleanSupplier condition, String what) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "no " + what + events);
            Thread.onSpinWait();
        }
    }

    private void awaitEvent(String event) {
        await(() -> events.stream().anyMatch(e -> e.contains(event)), event + " in ");
    }

    /// A front end and its driver; guest addresses are offsets.
    private final class FrontEnd implements AutoCloseable {
        final UnixSocket socket;
        final ForeignMemory memory;

        FrontEnd(UnixSocket socket) throws IOException {
            this.socket = socket;
            memory = ForeignMemory.map("m", Descriptor.memory("m", BYTES), BYTES);
        }

        void say(int request, Descriptor with, long... values) throws IOException {
            ByteBuffer b =
                    ByteBuffer.allocate(12 + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            b.putInt(request).putInt(1).putInt(8 * values.length);
            for (long v : values) {
                b.putLong(v);
            }
            if (with == null) {
                socket.send(b.array());
            } else {
                socket.send(b.array(), with);
            }
        }

        long ask(int request, long... values) throws IOException {
            say(request, null, values);
            UnixSocket.Received got = socket.receive(20);
            long begin = System.nanoTime();
            while (got == null) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "no answer");
                Thread.onSpinWait();
                got = socket.receive(20);
            }
            assertEquals(20, got.bytes().length);
            return ByteBuffer.wrap(got.bytes()).order(ByteOrder.LITTLE_ENDIAN).getLong(12);
        }

        void start() throws IOException {
            say(2, null, ask(1));
            say(5, memory.descriptor(), 1, 0, BYTES, 0, 0);
            for (int q = 0; q < 2; q++) {
                long at = q * 8192L;
                say(8, null, q | (long) SIZE << 32);
                say(10, null, q);
                say(9, null, q, at, at + 4096, at + 16 * SIZE, 0);
                try (EventDescriptor kick = EventDescriptor.create()) {
                    say(12, kick.descriptor(), q);
                }
                say(18, null, q | 1L << 32);
            }
        }

        /// Gives one buffer of 2 KiB.
        void give(int queue, int index, int length) {
            long at = memory.address() + queue * 8192L;
            Memory.putLong(at + 16L * index, 65536 + index * 2048L);
            Memory.putLong(at + 16L * index + 8, length | (queue == 0 ? 2L << 32 : 0));
            Memory.putShort(at + 16 * SIZE + 4 + 2L * index, index);
            Memory.putShortRelease(at + 16 * SIZE + 2, index + 1);
        }

        int used(int queue) {
            return Memory.getShortAcquire(memory.address() + queue * 8192L + 4096 + 2);
        }

        @Override
        public void close() {
            socket.close();
            memory.close();
        }
    }

    private FrontEnd connect() throws IOException {
        long begin = System.nanoTime();
        UnixSocket s = UnixSocket.connect(path, UnixSocket.Kind.STREAM);
        while (s == null) { // as many wait as the kernel lets
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "no connection");
            Thread.onSpinWait();
            s = UnixSocket.connect(path, UnixSocket.Kind.STREAM);
        }
        return new FrontEnd(s);
    }

    private int receive() {
        int n = port.rxBurst(new long[32], new int[32], 32);
        if (n > 0) {
            port.rxRelease();
        }
        return n;
    }

    @Test
    void kicksAreTakenThoughNobodyWaitsForThem() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect();
                EventDescriptor kick = EventDescriptor.create();
                Poller poller = new Poller()) {
            f.start();
            f.say(12, kick.descriptor(), 1);
            for (int i = 0; i < 3; i++) {
                kick.signal();
                await(
                        () -> poller.await(List.of(kick.descriptor()), 1).isEmpty(),
                        "end of what was kicked");
            }
        }
    }

    @Test
    void afterASwitchBeforeNothingIsTakenUntilAllGuestsAreBack() throws Exception {
        VhostUserPort late = new VhostUserPort(2, 1, CounterMemory.ofProcess(), false);
        ports = new VhostPorts(sockets, true);
        ports.serve(port, "v", path, file -> {});
        ports.serve(late, "late", dir.resolve("late.sock"), file -> {});
        try (FrontEnd f = connect()) {
            f.start();
            f.give(1, 0, 12 + 100);
            f.give(0, 0, 2048);
            awaitEvent("attached");
            assertEquals(0, receive(), "the tables are not in force");
            assertEquals(1, port.txBurst(new long[] {f.memory.address()}, new int[] {60}, 0, 1));
            ports.release(Set.of(port, late));
            f.ask(1); // so that it has been told
            assertEquals(0, receive(), "the other guest is not back");
            ports.remove(late);
            await(() -> receive() == 1, "packet");
        }
    }

    @Test
    void guestsWaitForAnotherOnlySoLong() throws Exception {
        VhostUserPort never = new VhostUserPort(2, 1, CounterMemory.ofProcess(), false);
        ports = new VhostPorts(sockets, true);
        ports.serve(port, "v", path, file -> {});
        ports.release(Set.of(port, never));
        try (FrontEnd f = connect()) {
            f.start();
            f.give(1, 0, 12 + 100);
            await(() -> receive() == 1, "packet");
        }
    }

    @Test
    void packetsGoBothWaysOnceTheDriverRuns() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect()) {
            assertNull(port.peer());
            f.start();
            awaitEvent("attached virtio 1, mergeable, indirect, rx 64, tx 64");
            assertEquals(ProcessHandle.current().pid(), port.peer().pid());
            f.give(1, 0, 12 + 100);
            await(() -> receive() == 1, "packet");
            assertEquals(1, f.used(1));
            long[] packet = {f.memory.address()};
            assertEquals(0, port.txBurst(packet, new int[] {60}, 0, 1));
            f.give(0, 0, 2048);
            await(() -> port.txBurst(packet, new int[] {60}, 0, 1) == 1, "room");
            assertEquals(1, f.used(0));
            // The guest reboots: its queues stop, and start anew.
            assertEquals(1L << 32, f.ask(11, 0));
            awaitEvent("gone: its driver has stopped");
            assertEquals(1 | 1L << 32, f.ask(11, 1));
            assertEquals(0, receive());
            events.clear();
            f.start();
            awaitEvent("attached");
            f.give(1, 1, 12 + 100);
            await(() -> receive() == 1, "packet");
        }
        awaitEvent("gone: the other side is gone");
        assertEquals(0, receive());
    }

    @Test
    void whatChangesQueuesWaitsForPollThreads() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect()) {
            f.start();
            awaitEvent("attached");
            f.give(1, 0, 12 + 100);
            long[] at = new long[32];
            int[] lengths = new int[32];
            await(() -> port.rxBurst(at, lengths, 32) == 1, "packet");
            settled.set(false);
            for (int i = 0; i < 3; i++) { // events of before are closed when it has settled
                try (EventDescriptor call = EventDescriptor.create()) {
                    f.say(13, call.descriptor(), 1);
                }
            }
            f.say(11, null, 1);
            f.say(5, f.memory.descriptor(), 1, 0, BYTES, 0, 0);
            await(() -> receiveNothing(), "rest");
            assertNull(f.socket.receive(20), "no answer yet");
            Memory.getLong(at[0]); // the pass that it was in goes on
            settled.set(true);
            await(() -> answered(f), "answer");
        }
    }

    // What poll threads find from now on.
    private boolean receiveNothing() {
        return !port.mayReceive();
    }

    private static boolean answered(FrontEnd f) {
        try {
            return f.socket.receive(20) != null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneFrontEndAtATimeAndTheNextWhenItIsGone() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect()) {
            f.start();
            awaitEvent("attached");
            for (int i = 0; i < 100; i++) {
                connect().close();
            }
            awaitEvent("refused: another front end");
            f.give(1, 0, 12 + 100);
            await(() -> receive() == 1, "packet");
        }
        events.clear();
        try (FrontEnd f = connect()) {
            f.start();
            awaitEvent("attached");
        }
    }

    @Test
    void whoLiesIsLeftAndTheNextIsServed() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect()) {
            f.start();
            awaitEvent("attached");
            Memory.putShortRelease(f.memory.address() + 8192 + 16 * SIZE + 2, 1000);
            await(() -> receive() == 0 && port.trouble() != null, "trouble");
            awaitEvent("gone: the queue from v: its index is 1000 ahead");
            assertTrue(port.trouble().contains("1000 ahead"));
        }
        try (FrontEnd f = connect()) {
            f.say(18, null, 2 | 1L << 32);
            awaitEvent("set queues=1");
        }
        events.clear();
        try (FrontEnd f = connect()) {
            f.start();
            awaitEvent("attached");
        }
    }

    @Test
    void whoSaysNothingOrHalfAMessageIsLeft() throws Exception {
        ports.serve(port, "v", path, file -> {});
        try (FrontEnd f = connect()) {
            awaitEvent("did not come to the end of a message");
            assertNotNull(f);
        }
        events.clear();
        try (FrontEnd f = connect()) {
            f.ask(1);
            f.socket.send(new byte[5]);
            awaitEvent("did not come to the end of a message");
        }
    }

    @Test
    void randomBytesEndTheConversation() throws Exception {
        ports.serve(port, "v", path, file -> {});
        Random random = new Random(18);
        for (int i = 0; i < 200; i++) {
            UnixSocket s = UnixSocket.connect(path, UnixSocket.Kind.STREAM);
            if (s == null) {
                continue;
            }
            byte[] bytes = new byte[1 + random.nextInt(400)];
            random.nextBytes(bytes);
            if (bytes.length > 12) {
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, random.nextInt(24))
                        .putInt(4, 1)
                        .putInt(8, random.nextInt(300));
            }
            try (Descriptor d = Descriptor.memory("m", 4096)) {
                s.send(bytes, d);
            } catch (IOException e) {
                // It was turned away already.
            }
            s.close();
        }
        await(
                () -> {
                    try (FrontEnd f = connect()) {
                        f.start();
                        long begin = System.nanoTime();
                        while (port.peer() == null && System.nanoTime() - begin < 1_000_000_000L) {
                            Thread.onSpinWait();
                        }
                        return port.peer() != null;
                    } catch (IOException | AssertionError e) {
                        return false;
                    }
                },
                "service after that");
    }

    @Test
    void theSwitchConnectsAgainToAFrontEndThatListens() throws Exception {
        UnixSocket listener = UnixSocket.bind(path, UnixSocket.Kind.STREAM);
        listener.listen(1);
        ports.connect(port, "v", path);
        for (int i = 0; i < 3; i++) {
            UnixSocket[] accepted = {null};
            await(() -> (accepted[0] = accept(listener)) != null, "connection");
            events.clear();
            try (FrontEnd f = new FrontEnd(accepted[0])) {
                f.start();
                awaitEvent("attached");
            }
            awaitEvent("gone");
        }
        ports.remove(port);
        listener.close();
        assertFalse(Files.exists(path));
    }

    private static UnixSocket accept(UnixSocket listener) {
        try {
            return listener.accept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
