package org.skyway.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

class VhostQueuePropertyTest {
    private static final long OLD = VhostDevice.INDIRECT_DESC;
    private static final long PLAIN = VhostDevice.VERSION_1 | VhostDevice.PROTOCOL_FEATURES;

    /// Both queues against two lists, with chains of all shapes.
    @ParameterizedTest
    @CsvSource({
        "256,all,1600",
        "256,all,200",
        "16,all,64",
        "8,plain,2100",
        "128,plain,1100",
        "64,old,2100"
    })
    void packetsArriveWholeAndInOrderBothWays(int size, String which, int bufferBytes)
            throws Exception {
        long seed = 1820 + size + bufferBytes;
        Random random = new Random(seed);
        long features = which.equals("all") ? VirtioDriver.ALL : which.equals("old") ? OLD : PLAIN;
        try (VirtioDriver guest = new VirtioDriver(size, features);
                ForeignMemory frames =
                        ForeignMemory.map("f", Descriptor.memory("f", 1 << 18), 1 << 18)) {
            guest.start();
            guest.bufferBytes = bufferBytes;
            assertNotNull(guest.device.live());
            VhostQueues queues = guest.device.live();
            Deque<byte[]> up = new ArrayDeque<>();
            Deque<byte[]> down = new ArrayDeque<>();
            long sent = 0;
            long received = 0;
            for (int round = 0; round < 4_000; round++) {
                guest.giveBuffers(random, bufferBytes);
                for (int i = random.nextInt(4); i > 0; i--) {
                    byte[] packet = packet(random);
                    if (guest.send(packet, 1 + random.nextInt(4), random.nextBoolean())) {
                        up.add(packet);
                    }
                }
                received += receive(queues.receiver(), up, 1 + random.nextInt(32));
                sent += send(queues.sender(), frames.address(), random, down);
                for (byte[] packet : guest.take(0)) {
                    assertArrayEquals(down.remove(), packet);
                }
                guest.take(1);
            }
            assertTrue(sent > 100 && received > 100, sent + " " + received);
            assertEquals(0, down.size());
            assertNull(queues.fault());
            assertEquals(0, queues.receiver().wrong());
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static byte[] packet(Random random) {
        byte[] packet = new byte[random.nextInt(3) == 0 ? 64 : 16 + random.nextInt(1500)];
        random.nextBytes(packet);
        return packet;
    }

    static int receive(VhostReceiver by, Deque<byte[]> expected, int max) {
        long[] addresses = new long[max];
        int[] lengths = new int[max];
        int n = by.peek(addresses, lengths, max);
        for (int i = 0; i < n; i++) {
            byte[] packet = new byte[lengths[i]];
            Memory.copyToArray(addresses[i], packet, 0, lengths[i]);
            assertArrayEquals(expected.remove(), packet);
        }
        if (n > 0) {
            by.release();
        }
        return n;
    }

    private static int send(VhostSender by, long frames, Random random, Deque<byte[]> sent) {
        int n = random.nextInt(33);
        long[] addresses = new long[n];
        int[] lengths = new int[n];
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            byte[] packet = packet(random);
            packets.add(packet);
            addresses[i] = frames + i * 4096L + i % 5;
            lengths[i] = packet.length;
            Memory.copyFromArray(packet, 0, addresses[i], packet.length);
        }
        int taken = n == 0 ? 0 : by.offer(addresses, lengths, 0, n);
        sent.addAll(packets.subList(0, taken));
        return taken;
    }

    @Test
    void aDriverIsInterruptedWhenItWantsToBe() throws Exception {
        try (VirtioDriver guest = new VirtioDriver(256, VirtioDriver.ALL);
                ForeignMemory frame = ForeignMemory.map("f", Descriptor.memory("f", 4096), 4096)) {
            guest.start();
            VhostSender sender = guest.device.live().sender();
            for (int i = 0; i < 3; i++) {
                guest.bufferBytes = 2048;
                guest.giveBuffers(new Random(3 + i), 2048);
                Memory.putShort(guest.avail(0), i == 1 ? 1 : 0);
                assertEquals(1, sender.offer(new long[] {frame.address()}, new int[] {64}, 0, 1));
                assertEquals(i != 1, guest.call.drain());
            }
            // The descriptor is replaced while it runs.
            guest.say(VhostMessage.SET_VRING_CALL, 0x100);
            assertNotNull(guest.device.live());
            List<EventDescriptor> old = guest.device.takeDiscarded();
            assertEquals(1, old.size());
            old.forEach(EventDescriptor::close);
            Memory.putShort(guest.avail(0), 0);
            assertEquals(1, sender.offer(new long[] {frame.address()}, new int[] {64}, 0, 1));
            assertFalse(guest.call.drain());
        }
    }

    /// Whoever serves the queues next goes on where the last one stopped.
    @Test
    void anotherBackEndGoesOn() throws Exception {
        try (VirtioDriver guest = new VirtioDriver(64, VirtioDriver.ALL)) {
            guest.start();
            Deque<byte[]> up = new ArrayDeque<>();
            Random random = new Random(7);
            for (int i = 0; i < 100; i++) {
                byte[] packet = packet(random);
                guest.send(packet, 2, false);
                up.add(packet);
                assertEquals(1, receive(guest.device.live().receiver(), up, 32));
                guest.take(1);
            }
            byte[] waiting = packet(random);
            guest.send(waiting, 1, false);
            up.add(waiting);
            VhostMessage stop = VhostMessage.request(VhostMessage.GET_VRING_BASE, 1);
            assertTrue(guest.device.needsRest(stop));
            guest.device.rest();
            assertEquals(VirtioDriver.pair(1, 100), guest.device.answer(stop, List.of()).u64(0));
            assertNull(guest.device.live());
            try (VhostDevice next = new VhostDevice("next", VirtioDriver.MAX_FRAME, false)) {
                assertNotNull(next);
            }
            guest.queue(1); // which says base 0
            assertNotNull(guest.device.live());
            assertEquals(1, receive(guest.device.live().receiver(), up, 32));
        }
    }

    @Test
    void nothingOnAPacketsWayMakesObjects() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        try (VirtioDriver guest = new VirtioDriver(64, VirtioDriver.ALL)) {
            guest.start();
            VhostQueues queues = guest.device.live();
            long frame = guest.memory.address(); // any bytes that are mapped
            long[] from = {frame, frame, frame};
            int[] lengths = {64, 200, 700}; // the last takes several buffers
            for (int slot = 0; slot < 64; slot++) {
                guest.slot(0, slot, VirtioDriver.GUEST + (1 << 20), 256, SplitLayout.FLAG_WRITE, 0);
                boolean first = (slot & 1) == 0; // chains of two, of which the second is long
                guest.slot(
                        1,
                        slot,
                        VirtioDriver.GUEST + (1 << 20),
                        first ? 12 : 300,
                        first ? 1 : 0,
                        slot + 1);
            }
            long[] at = new long[32];
            int[] seen = new int[32];
            long before = 0;
            for (int i = 0; i < 2 * rounds; i++) {
                if (i == rounds) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                for (int k = 0; k < 5; k++) {
                    guest.give(0, (i * 5 + k) % 64);
                }
                guest.give(1, i * 2 % 64);
                assertEquals(3, queues.sender().offer(from, lengths, 0, 3));
                assertEquals(1, queues.receiver().peek(at, seen, 32));
                queues.receiver().release();
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes < rounds, bytes + " bytes in " + rounds + " rounds");
            assertEquals(2 * rounds, queues.sender().calls());
        }
    }
}
