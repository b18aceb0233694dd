package org.skyway.memif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;
import org.skyway.ivshmem.sys.ShmFile;

/// Clients and servers that lie.
class HostileMemifTest {
    private static final int RING = 128 + 16 * 8;
    private static final int BYTES = 16384;
    private static final byte[] SECRET = new byte[24];

    private MemifServer server;
    private ForeignMemory memory;
    private long before;

    @BeforeEach
    void begin() throws IOException {
        before = descriptors();
        server = new MemifServer((id, secret, who) -> "if" + id, Pair.MAX_FRAME);
        memory = ForeignMemory.map("theirs", Descriptor.memory("theirs", BYTES), BYTES);
        for (int ring = 0; ring < 2; ring++) {
            MemifConnection.layOut(memory.address() + (long) ring * RING, 3, 1024, 1024);
        }
    }

    @AfterEach
    void end() throws IOException {
        if (server.connection() != null) {
            server.connection().close();
        }
        server.close();
        memory.close();
        assertEquals(before, descriptors(), "descriptors are closed, whatever happened");
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(
                            f -> {
                                try {
                                    String what = Files.readSymbolicLink(f).toString();
                                    return what.contains("memfd:") || what.contains("eventfd");
                                } catch (IOException e) {
                                    return false;
                                }
                            })
                    .count();
        }
    }

    private MemifMessage say(MemifMessage m) throws Exception {
        return server.answer(m, List.of());
    }

    private MemifMessage say(MemifMessage m, Descriptor d) throws Exception {
        return server.answer(m, List.of(d));
    }

    private void refused(String why, MemifMessage m, Descriptor... attached) {
        MemifException e =
                assertThrows(MemifException.class, () -> server.answer(m, List.of(attached)));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static MemifMessage.Init init() {
        return new MemifMessage.Init(0x200, 3, 0, SECRET, "liar");
    }

    private static Descriptor event() throws IOException {
        return EventDescriptor.create().descriptor();
    }

    private void region() throws Exception {
        say(init());
        say(new MemifMessage.AddRegion(0, BYTES), memory.descriptor().copy());
    }

    private void connect() throws Exception {
        region();
        say(new MemifMessage.AddRing(true, 0, 0, 0, 3, 0), event());
        say(new MemifMessage.AddRing(false, 0, 0, RING, 3, 0), event());
        assertEquals(new MemifMessage.Connected("if3"), say(new MemifMessage.Connect("x")));
    }

    @Test
    void anHonestOneIsServed() throws Exception {
        connect();
        assertNotNull(server.connection());
    }

    @Test
    void wrongOrder() throws Exception {
        refused("before INIT", new MemifMessage.Connect("x"));
        refused("before INIT", new MemifMessage.AddRegion(0, 64), Descriptor.memory("m", 4096));
        refused("not for a server", init0(new MemifMessage.Ack()));
        refused("not for a server", new MemifMessage.Connected("x"));
        refused("came twice", init());
        refused("before a ring for each", new MemifMessage.Connect("x"));
        refused("descriptors", new MemifMessage.AddRegion(0, 64));
        refused("descriptors", new MemifMessage.Connect("x"), Descriptor.memory("m", 4096));
        refused("bye", new MemifMessage.Disconnect(0, "bye"));
    }

    private MemifMessage init0(MemifMessage then) throws Exception {
        say(init());
        return then;
    }

    @Test
    void otherVersionsModesAndSecrets() throws Exception {
        refused("memif 3.1", new MemifMessage.Init(0x301, 3, 0, SECRET, "x"));
        refused("mode 1", new MemifMessage.Init(0x200, 3, 1, SECRET, "x"));
        server =
                new MemifServer(
                        (id, secret, who) -> {
                            throw new MemifException("no id " + id);
                        },
                        64);
        refused("no id 3", init());
    }

    @Test
    void regionsThatAreNone() throws Exception {
        say(init());
        refused(
                "1 was added, but 0",
                new MemifMessage.AddRegion(1, 64),
                Descriptor.memory("m", 4096));
        refused(
                "announced with 8192",
                new MemifMessage.AddRegion(0, 8192),
                Descriptor.memory("m", 4096));
        refused(
                "can't have 0 bytes",
                new MemifMessage.AddRegion(0, 0),
                Descriptor.memory("m", 4096));
        refused("together more", new MemifMessage.AddRegion(0, -1), Descriptor.memory("m", 4096));
        refused("is no memory", new MemifMessage.AddRegion(0, 8), event());
        for (int i = 0; i < 16; i++) {
            say(new MemifMessage.AddRegion(i, 4096), Descriptor.memory("m", 4096));
        }
        refused("16 was added", new MemifMessage.AddRegion(16, 64), Descriptor.memory("m", 4096));
    }

    @Test
    void ringsThatAreNone() throws Exception {
        region();
        refused("2^15", new MemifMessage.AddRing(true, 0, 0, 0, 15, 0), event());
        server.close();
        begin2();
        refused(
                "has to be an eventfd",
                new MemifMessage.AddRing(true, 0, 0, 0, 3, 0),
                Descriptor.memory("m", 4096));
        refused("index 0", new MemifMessage.AddRing(true, 1, 0, 0, 3, 0), event());
        refused("private header of 8", new MemifMessage.AddRing(true, 0, 0, 0, 3, 8), event());
        refused("index 0", new MemifMessage.AddRing(true, 0, 0, 0, 3, 0), event());
    }

    private void begin2() throws Exception {
        server = new MemifServer((id, secret, who) -> "if" + id, Pair.MAX_FRAME);
        region();
    }

    @Test
    void ringsInTheWrongPlace() throws Exception {
        for (int[] place :
                new int[][] {{0, 4, 3}, {0, BYTES - 64, 3}, {1, 0, 3}, {0, -64, 3}, {0, 0, 14}}) {
            server.close();
            begin2();
            say(new MemifMessage.AddRing(true, 0, place[0], place[1], place[2], 0), event());
            say(new MemifMessage.AddRing(false, 0, 0, RING, 3, 0), event());
            refused("where it can't be", new MemifMessage.Connect("x"));
        }
        for (int offset : new int[] {0, 64}) {
            server.close();
            begin2();
            say(new MemifMessage.AddRing(true, 0, 0, 0, 3, 0), event());
            say(new MemifMessage.AddRing(false, 0, 0, offset, 3, 0), event());
            refused(offset == 0 ? "over each other" : "no ring", new MemifMessage.Connect("x"));
        }
    }

    private void slot(boolean toServer, int index, long word0, int offset) {
        long slot = memory.address() + (toServer ? 0 : RING) + 128 + 16L * index;
        Memory.putLong(slot, word0);
        Memory.putInt(slot + 8, offset);
    }

    private void head(boolean toServer, int value) {
        Memory.putShortRelease(memory.address() + (toServer ? 0 : RING) + 6, value);
    }

    private int receive() {
        return Pair.receive(server.connection().receiver(), 32).size();
    }

    private void faulty(String why) {
        String fault = server.connection().fault();
        assertNotNull(fault);
        assertTrue(fault.contains(why), fault);
    }

    @Test
    void cursorsThatJump() throws Exception {
        for (int head : new int[] {9, 0x8000, 0xffff}) {
            again();
            head(true, head);
            assertEquals(0, receive());
            faulty("%d slots ahead".formatted(head));
            assertEquals(0, receive());
        }
        again();
        head(false, 9);
        assertEquals(0, offer());
        faulty("room for 9");
    }

    private void end2() throws Exception {
        say(new MemifMessage.AddRing(true, 0, 0, 0, 3, 0), event());
        say(new MemifMessage.AddRing(false, 0, 0, RING, 3, 0), event());
        say(new MemifMessage.Connect("x"));
    }

    @Test
    void slotsOutsideTheirRegion() throws Exception {
        long[][] lies = {
            {MemifLayout.word0(0, 0, 64), BYTES - 63},
            {MemifLayout.word0(0, 0, 0), 0},
            {MemifLayout.word0(0, 0, -1), 0},
            {MemifLayout.word0(0, 0, 64), -1},
            {MemifLayout.word0(0, 1, 64), 0},
            {MemifLayout.word0(0, 0xffff, 64), 0},
            {MemifLayout.word0(0, 0, Integer.MAX_VALUE), 0},
            {MemifLayout.word0(1, 0, 64), BYTES},
        };
        for (long[] lie : lies) {
            again();
            slot(true, 0, MemifLayout.word0(0, 0, 60), 1024);
            slot(true, 1, lie[0], (int) lie[1]);
            head(true, 3);
            assertEquals(1, receive(), "the one before it is whole");
            faulty("a buffer that is not there");
            assertEquals(0, receive());
            again();
            slot(false, 0, lie[0] & ~1L, (int) lie[1]);
            head(false, 1);
            assertEquals(0, offer());
            faulty("a buffer that is not there");
        }
    }

    private int offer() {
        long packet = memory.address() + 8192;
        MemifSender sender = server.connection().sender();
        return sender.offer(new long[] {packet}, new int[] {60}, 0, 1);
    }

    private void again() throws Exception {
        if (server.connection() != null) {
            server.connection().close();
        }
        server.close();
        begin2();
        end2();
    }

    @Test
    void chainsWithoutAnEnd() throws Exception {
        connect();
        for (int i = 0; i < 8; i++) {
            slot(true, i, MemifLayout.word0(1, 0, 1024), 1024);
        }
        head(true, 8);
        assertEquals(0, receive());
        faulty("without an end in the 8 slots");
    }

    @Test
    void regionThatIsCutShortIsDoneWithout() throws Exception {
        Path path = Files.createTempFile(Path.of("/dev/shm"), "skyway-test", null);
        try (var file =
                java.nio.channels.FileChannel.open(path, java.nio.file.StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.allocate(BYTES));
            memory.close();
            memory = ForeignMemory.map("theirs", ShmFile.open(path), BYTES);
            begin3();
            connect();
            slot(true, 0, MemifLayout.word0(0, 0, 1500), 8192);
            head(true, 1);
            file.truncate(4096);
            // Whoever copies the packet meets what is not there, now or a moment later.
            assertThrows(
                    InternalError.class,
                    () -> {
                        receive();
                        Thread.sleep(10);
                    });
            server.connection().checkMemory();
            memory.isolate();
            faulty("was cut short");
            receive();
        } finally {
            Files.delete(path);
        }
    }

    private void begin3() {
        for (int ring = 0; ring < 2; ring++) {
            MemifConnection.layOut(memory.address() + (long) ring * RING, 3, 1024, 1024);
        }
    }

    /// Random conversations end in an answer or a refusal, and leave nothing open.
    @Test
    void randomConversations() throws Exception {
        long seed = 1812;
        Random random = new Random(seed);
        int connected = 0;
        for (int i = 0; i < 3_000; i++) {
            MemifServer s = new MemifServer((id, secret, who) -> "if", Pair.MAX_FRAME);
            try {
                for (int step = 0; step < 30; step++) {
                    step(random, s, step);
                }
            } catch (MemifException e) {
                assertTrue(e.getMessage().length() > 10);
            } finally {
                if (s.connection() != null) {
                    connected++;
                    Pair.receive(s.connection().receiver(), 32);
                    s.connection().close();
                }
                s.close();
            }
        }
        assertTrue(connected > 20, "only " + connected + " came to a connection; seed " + seed);
    }

    // Mostly what an honest client says next, sometimes something else.
    private void step(Random random, MemifServer s, int step) throws Exception {
        int what = random.nextInt(12) == 0 ? random.nextInt(8) : Math.min(step, 5);
        MemifMessage m =
                switch (what) {
                    case 0 -> init();
                    case 1 -> new MemifMessage.AddRegion(some(random, 0), some(random, BYTES));
                    case 2 ->
                            new MemifMessage.AddRing(
                                    true, 0, 0, some(random, 0), some(random, 3), 0);
                    case 3 ->
                            new MemifMessage.AddRing(
                                    false, 0, 0, some(random, RING), some(random, 3), 0);
                    case 4 -> new MemifMessage.Connect("x");
                    case 5 -> new MemifMessage.Disconnect(0, "bye");
                    case 6 -> new MemifMessage.Ack();
                    default -> new MemifMessage.Hello("x", 1, 2, 3, 4, 5, 6);
                };
        List<Descriptor> attached = new ArrayList<>();
        int honest = m.hasDescriptor() ? 1 : 0;
        int n = random.nextInt(20) == 0 ? random.nextInt(3) : honest;
        for (int i = 0; i < n; i++) {
            boolean ring = m instanceof MemifMessage.AddRing ^ random.nextInt(20) == 0;
            attached.add(ring ? event() : memory.descriptor().copy());
        }
        s.answer(m, attached);
    }

    private static int some(Random random, int honest) {
        return random.nextInt(12) == 0 ? random.nextInt() >>> random.nextInt(32) : honest;
    }

    @Test
    void serversThatLie() throws Exception {
        var settings = new MemifClient.Settings(0, SECRET, "mine", 3, 1024);
        MemifMessage[][] lies = {
            {new MemifMessage.Ack()},
            {new MemifMessage.Connected("x")},
            {new MemifMessage.Connect("x")},
            {new MemifMessage.Hello("x", 0x300, 0x400, 1, 1, 1, 14)},
            {new MemifMessage.Hello("x", 0x200, 0x200, 1, 1, 1, 0)},
            {server.hello(), server.hello()},
            {server.hello(), new MemifMessage.Ack(), new MemifMessage.Connected("x")},
            {server.hello(), new MemifMessage.Disconnect(0, "go away")},
        };
        for (MemifMessage[] lie : lies) {
            try (MemifClient client = new MemifClient(settings, 2048)) {
                for (int i = 0; i < lie.length - 1; i++) {
                    client.answer(lie[i], List.of());
                }
                assertThrows(
                        MemifException.class, () -> client.answer(lie[lie.length - 1], List.of()));
            }
        }
        try (MemifClient client = new MemifClient(settings, 2048)) {
            assertThrows(
                    MemifException.class, () -> client.answer(server.hello(), List.of(event())));
        }
        try (Pair pair = new Pair(3, 1024)) {
            Memory.putInt(pair.ring(false) + 128 + 4, 1025);
            Memory.putShortRelease(pair.ring(false) + 64, 1);
            assertEquals(0, Pair.receive(pair.client().receiver(), 32).size());
            assertTrue(pair.client().fault().contains("1025 bytes, but its buffer has 1024"));
        }
    }
}
