package org.skyway.vhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ShmFile;

/// Front ends and guests that lie.
class HostileVhostTest {
    private static final int SIZE = 8;

    private VirtioDriver guest;
    private long before;

    @BeforeEach
    void begin() throws Exception {
        before = descriptors();
        guest = new VirtioDriver(SIZE, VirtioDriver.ALL);
    }

    @AfterEach
    void end() throws IOException {
        guest.close();
        assertEquals(before, descriptors(), "descriptors are closed, whatever happened");
    }

    private void again() throws Exception {
        guest.close();
        guest = new VirtioDriver(SIZE, VirtioDriver.ALL);
        guest.start();
    }

    private static long descriptors() throws IOException {
        long n = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path f : all) {
                try {
                    String what = Files.readSymbolicLink(f).toString();
                    n += what.contains("memfd:") || what.contains("eventfd") ? 1 : 0;
                } catch (IOException e) {
                    // It was that of the directory.
                }
            }
        }
        return n;
    }

    private void refused(String why, VhostMessage m, Descriptor... attached) {
        VhostException e =
                assertThrows(VhostException.class, () -> guest.device.answer(m, List.of(attached)));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static VhostMessage m(int request, long... values) {
        return VhostMessage.request(request, values);
    }

    private static Descriptor event() throws IOException {
        return EventDescriptor.create().descriptor();
    }

    private static Descriptor memory(long bytes) throws IOException {
        return Descriptor.memory("m", bytes);
    }

    private int receive() {
        return guest.device.live().receiver().peek(new long[32], new int[32], 32);
    }

    private int send(int length) {
        long[] addresses = {guest.memory.address()};
        return guest.device.live().sender().offer(addresses, new int[] {length}, 0, 1);
    }

    private void faulty(String why) {
        String fault = guest.device.live().fault();
        assertNotNull(fault);
        assertTrue(fault.contains(why), fault);
    }

    @Test
    void requestsThatAreNone() throws Exception {
        refused("none that was agreed on", m(6, 0));
        refused("none that was agreed on", m(0));
        refused("none that was agreed on", m(Integer.MAX_VALUE));
        refused("wants features", m(VhostMessage.SET_FEATURES, 1L << 26));
        refused("wants features", m(VhostMessage.SET_PROTOCOL_FEATURES, 1L << 1));
        refused("payload of 0 bytes", m(VhostMessage.SET_FEATURES));
        refused("payload of 8 bytes", m(VhostMessage.SET_VRING_ADDR, 0));
        refused(
                "queue 2; there is one pair",
                m(VhostMessage.SET_VRING_ENABLE, VirtioDriver.pair(2, 1)));
        refused("there is one pair", m(VhostMessage.GET_VRING_BASE, -1));
        refused("there is one pair", m(VhostMessage.SET_VRING_KICK, 0xff), event());
        for (int size : new int[] {0, 1, 3, 1 << 16, -8}) {
            refused("power of two", m(VhostMessage.SET_VRING_NUM, VirtioDriver.pair(0, size)));
        }
        refused("without its eventfd", m(VhostMessage.SET_VRING_KICK, 0));
        refused("has to be an eventfd", m(VhostMessage.SET_VRING_CALL, 0), memory(4096));
        assertEquals(1, guest.say(VhostMessage.GET_QUEUE_NUM).u64(0));
        for (byte[] header :
                List.of(header(1, 2, 0), header(1, 5, 0), header(1, 1, -1), header(1, 1, 265))) {
            assertThrows(VhostException.class, () -> VhostMessage.payloadBytes(header));
        }
    }

    private static byte[] header(int request, int flags, int bytes) {
        ByteBuffer b = ByteBuffer.allocate(12).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        return b.putInt(request).putInt(flags).putInt(bytes).array();
    }

    @Test
    void memoryThatIsNone() throws Exception {
        int table = VhostMessage.SET_MEM_TABLE;
        refused("0 regions", m(table, 0));
        refused("1 regions and 0 descriptors", m(table, 1, 0, 4096, 0, 0));
        refused("2 regions and 1", m(table, 2, 0, 4096, 0, 0), memory(4096));
        refused("9 regions", m(table, 9, 0, 4096, 0, 0), memory(4096));
        refused("4294967295 regions", m(table, 0xffff_ffffL, 0, 4096, 0, 0), memory(4096));
        refused("8192 bytes, but", m(table, 1, 0, 8192, 0, 0), memory(4096));
        refused("8192 bytes, but", m(table, 1, 0, 4096, 0, 4096), memory(4096));
        refused("bytes at offset", m(table, 1, 0, 4096, 0, -1), memory(4096));
        refused("bytes at offset", m(table, 1, 0, 4096, 0, Long.MAX_VALUE), memory(4096));
        refused("bytes at offset", m(table, 1, 0, 0, 0, 0), memory(4096));
        refused("bytes at offset", m(table, 1, 0, -1, 0, 0), memory(4096));
        refused("is no memory", m(table, 1, 0, 8, 0, 0), event());
        refused("payload", m(table, 1, 0, 4096), memory(4096));
    }

    @Test
    void queuesInTheWrongPlace() throws Exception {
        long here = guest.memory.address();
        long[][] lies = {
            {here - 16, here, here},
            {here + VirtioDriver.BYTES - 64, here, here},
            {here, here + VirtioDriver.BYTES - 8, here},
            {here, here, here + VirtioDriver.BYTES - 4},
            {here + 8, here, here},
            {here, here + 2, here},
            {here, here, here + 1},
            {Long.MAX_VALUE, here, here},
            {here, Long.MIN_VALUE, here},
        };
        for (long[] lie : lies) {
            again();
            guest.device.rest();
            long shift = guest.memory.address() - here;
            VhostException e =
                    assertThrows(
                            VhostException.class,
                            () -> guest.address(0, lie[0] + shift, lie[1] + shift, lie[2] + shift));
            assertTrue(e.getMessage().contains("where it can't be"), e.getMessage());
        }
    }

    @Test
    void indicesThatJump() throws Exception {
        for (int index : new int[] {SIZE + 1, 0x8000, 0xffff}) {
            again();
            Memory.putShortRelease(guest.avail(1) + 2, index);
            assertEquals(0, receive());
            faulty("index is %d ahead".formatted(index));
            assertEquals(0, receive());
            again();
            Memory.putShortRelease(guest.avail(0) + 2, index);
            assertEquals(0, send(64));
            faulty("index is %d ahead".formatted(index));
        }
        for (int head : new int[] {SIZE, 0xffff}) {
            again();
            guest.give(1, head);
            assertEquals(0, receive());
            faulty("slot %d of %d is to be the first".formatted(head, SIZE));
            again();
            guest.give(0, head);
            assertEquals(0, send(64));
            faulty("slot %d of %d is to be the first".formatted(head, SIZE));
        }
    }

    private static final long INSIDE = VirtioDriver.GUEST + (1 << 20);

    @Test
    void buffersOutsideTheGuest() throws Exception {
        long[][] lies = {
            {VirtioDriver.GUEST - 1, 100},
            {VirtioDriver.GUEST + VirtioDriver.BYTES - 99, 100},
            {0, 100},
            {Long.MAX_VALUE, 100},
            {Long.MIN_VALUE, 100},
            {-1, 100},
            {INSIDE, 0xffff_ffffL},
            {INSIDE, 0x8000_0000L},
            {guest.memory.address(), 100},
        };
        for (long[] lie : lies) {
            for (int chained = 0; chained < 2; chained++) {
                again();
                guest.slot(
                        1,
                        0,
                        chained == 1 ? INSIDE : lie[0],
                        chained == 1 ? 12 : (int) lie[1],
                        chained,
                        1);
                guest.slot(1, 1, lie[0], (int) lie[1], 0, 0);
                guest.give(1, 0);
                assertEquals(0, receive());
                faulty("is not in the guest's memory");
                again();
                guest.slot(
                        0,
                        0,
                        chained == 1 ? INSIDE : lie[0],
                        chained == 1 ? 12 : (int) lie[1],
                        2 | chained,
                        1);
                guest.slot(0, 1, lie[0], (int) lie[1], 2, 0);
                guest.give(0, 0);
                assertEquals(0, send(64));
                faulty("is not in the guest's memory");
            }
        }
    }

    @Test
    void chainsThatLoopOrLeaveTheirTable() throws Exception {
        guest.start();
        guest.slot(1, 0, INSIDE, 16, 1, 1);
        guest.slot(1, 1, INSIDE, 16, 1, 0);
        guest.give(1, 0);
        assertEquals(0, receive());
        faulty("no end");
        chain("is to be the next", SIZE, 16, 1);
        chain("flags 2", 1, 16, 2);
        chain("table of slots has 17", 1, 17, SplitLayout.FLAG_INDIRECT);
        chain("table of slots has 0", 1, 0, SplitLayout.FLAG_INDIRECT);
        chain("table of slots has 16 bytes and flags 5", 1, 16, SplitLayout.FLAG_INDIRECT | 1);
        // A table in a table, one that loops, and one whose slot leaves it.
        table(SplitLayout.FLAG_INDIRECT, 0, "table of slots");
        table(SplitLayout.FLAG_NEXT, 0, "no end");
        table(SplitLayout.FLAG_NEXT, 2, "slot 2 of 2");
        again();
        guest.slot(
                1,
                0,
                VirtioDriver.GUEST + VirtioDriver.BYTES - 16,
                32,
                SplitLayout.FLAG_INDIRECT,
                0);
        guest.give(1, 0);
        assertEquals(0, receive());
        faulty("is not in the guest's memory");
    }

    private void chain(String why, int next, int length, int flags) throws Exception {
        again();
        guest.slot(1, 0, INSIDE, length, flags, next);
        guest.slot(1, 1, INSIDE, 16, 0, 0);
        guest.give(1, 0);
        assertEquals(0, receive());
        if (length == 0) {
            faulty("a buffer of 0 bytes");
        } else {
            faulty(why);
        }
    }

    private void table(int flags, int next, String why) throws Exception {
        again();
        VirtioDriver.slotAt(guest.here(INSIDE), INSIDE, 16, flags, next);
        VirtioDriver.slotAt(guest.here(INSIDE) + 16, INSIDE, 16, flags, next);
        guest.slot(1, 0, INSIDE, 32, SplitLayout.FLAG_INDIRECT, 0);
        guest.give(1, 0);
        assertEquals(0, receive());
        faulty(why);
    }

    @Test
    void packetsOfNoOrTooMuchLengthAreDropped() throws Exception {
        guest.start();
        int[] lengths = {1, 11, 12, VirtioDriver.MAX_FRAME + 13};
        for (int i = 0; i < lengths.length; i++) {
            guest.slot(1, i, INSIDE, lengths[i], 0, 0);
            guest.give(1, i);
        }
        guest.slot(1, 4, INSIDE, 12, 1, 5);
        guest.slot(1, 5, INSIDE, VirtioDriver.MAX_FRAME + 1, 0, 0);
        guest.give(1, 4);
        assertEquals(0, receive());
        assertEquals(5, guest.device.live().receiver().wrong());
        assertEquals(5, Memory.getShort(guest.used(1) + 2), "they are given back");
        assertNull(guest.device.live().fault());
        // A buffer that can't hold what a packet starts with.
        guest.slot(0, 0, INSIDE, 11, 2, 0);
        guest.give(0, 0);
        assertEquals(0, send(64));
        guest.slot(0, 1, INSIDE, 2048, 2, 0);
        guest.give(0, 1);
        assertEquals(0, send(64));
        faulty("less than 12 bytes");
    }

    @Test
    void memoryThatIsCutShortIsDoneWithout() throws Exception {
        guest.close();
        Path path = Files.createTempFile(Path.of("/dev/shm"), "skyway-test", null);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), VirtioDriver.BYTES - 1);
            guest = new VirtioDriver(SIZE, VirtioDriver.ALL, ShmFile.open(path));
            guest.start();
            guest.send(new byte[1000], 3, false);
            VhostReceiver receiver = guest.device.live().receiver();
            file.truncate(1 << 20); // the queues are there, the buffers are not
            assertThrows(
                    InternalError.class,
                    () -> {
                        VhostQueuePropertyTest.receive(receiver, new ArrayDeque<>(), 1);
                        Thread.sleep(10);
                    });
            guest.device.live().checkMemory();
            faulty("was cut short");
            receive();
        } finally {
            Files.delete(path);
        }
    }

    /// Random conversations, mostly what an honest front end says next, end in answers or a
    /// refusal, and leave nothing open.
    @Test
    void randomConversations() throws Exception {
        long seed = 1822;
        Random random = new Random(seed);
        int lived = 0;
        for (int i = 0; i < 2_000; i++) {
            guest.close();
            guest = new VirtioDriver(SIZE, VirtioDriver.ALL);
            try {
                for (int step = 0; step < 24; step++) {
                    VhostMessage m =
                            next(random, random.nextInt(10) == 0 ? random.nextInt(20) : step);
                    List<Descriptor> attached = attached(random, m);
                    if (guest.device.needsRest(m)) {
                        guest.device.rest();
                    }
                    guest.device.answer(m, attached);
                    if (guest.device.live() != null) {
                        lived++;
                        receive();
                        send(64);
                    }
                    guest.device.takeDiscarded().forEach(EventDescriptor::close);
                }
            } catch (VhostException e) {
                assertTrue(e.getMessage().length() > 10);
            }
        }
        assertTrue(lived > 200, "only " + lived + " came to live queues; seed " + seed);
    }

    private VhostMessage next(Random random, int step) {
        int q = step / 5 % 2;
        long shift = VirtioDriver.USER - guest.memory.address();
        return switch (step) {
            case 0 -> m(VhostMessage.SET_FEATURES, some(random, VirtioDriver.ALL));
            case 1 ->
                    m(
                            VhostMessage.SET_MEM_TABLE,
                            some(random, 1),
                            VirtioDriver.GUEST,
                            some(random, VirtioDriver.BYTES),
                            VirtioDriver.USER,
                            some(random, 0));
            case 2 -> m(VhostMessage.SET_PROTOCOL_FEATURES, some(random, 9));
            case 3 -> m(VhostMessage.SET_VRING_ENABLE, VirtioDriver.pair((int) some(random, 0), 1));
            case 4 -> m(VhostMessage.SET_VRING_ENABLE, VirtioDriver.pair(1, 1));
            case 5, 10 ->
                    m(VhostMessage.SET_VRING_NUM, VirtioDriver.pair(q, (int) some(random, SIZE)));
            case 6, 11 ->
                    m(
                            VhostMessage.SET_VRING_ADDR,
                            q,
                            some(random, guest.slots(q) + shift),
                            some(random, guest.used(q) + shift),
                            some(random, guest.avail(q) + shift),
                            0);
            case 7, 12 -> m(VhostMessage.SET_VRING_BASE, VirtioDriver.pair(q, 0));
            case 8, 13 -> m(VhostMessage.SET_VRING_KICK, some(random, q));
            case 9, 14 -> m(VhostMessage.SET_VRING_CALL, some(random, q));
            case 15 -> m(VhostMessage.GET_VRING_BASE, 0);
            case 16 -> m(random.nextInt(50), random.nextLong(), random.nextLong());
            default -> m(VhostMessage.GET_FEATURES);
        };
    }

    private static long some(Random random, long honest) {
        return random.nextInt(25) == 0 ? random.nextLong() >>> random.nextInt(64) : honest;
    }

    private List<Descriptor> attached(Random random, VhostMessage m) throws IOException {
        boolean honest =
                switch (m.request()) {
                    case VhostMessage.SET_MEM_TABLE,
                            VhostMessage.SET_VRING_KICK,
                            VhostMessage.SET_VRING_CALL ->
                            true;
                    default -> false;
                };
        int n = random.nextInt(30) == 0 ? random.nextInt(3) : honest ? 1 : 0;
        List<Descriptor> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean table = m.request() == VhostMessage.SET_MEM_TABLE ^ random.nextInt(30) == 0;
            all.add(table ? guest.memory.descriptor().copy() : event());
        }
        return all;
    }
}
