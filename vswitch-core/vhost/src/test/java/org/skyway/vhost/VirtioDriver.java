package org.skyway.vhost;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// A guest with its front end: memory, both queues as a driver keeps them, and what is said of
/// them. Guest addresses begin at [#GUEST], the front end's at [#USER].
final class VirtioDriver implements AutoCloseable {
    static final int BYTES = 1 << 22;
    static final long GUEST = 0x1_0000_0000L;
    static final long USER = 0x7000_0000_0000L;
    static final int MAX_FRAME = 2048;
    static final long ALL = VhostDevice.FEATURES;

    private static final int QUEUE_BYTES = 1 << 19;
    private static final int BUFFERS = 1 << 20;
    private static final int BUFFER_BYTES = 4096;
    private static final int TABLES = BUFFERS + 2 * 256 * BUFFER_BYTES;

    final VhostDevice device;
    final ForeignMemory memory;
    final int size;
    final long features;
    final int header;
    private final int[] avail = new int[2];
    private final int[] used = new int[2];
    private final List<Deque<Integer>> free = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    EventDescriptor call;

    VirtioDriver(int size, long features) throws Exception {
        this(size, features, Descriptor.memory("guest", BYTES));
    }

    VirtioDriver(int size, long features, Descriptor backing) throws Exception {
        this.size = size;
        this.features = features;
        device = new VhostDevice("guest", MAX_FRAME, (features & Offloads.ALL) != 0);
        header =
                (features & (VhostDevice.VERSION_1 | VhostDevice.MRG_RXBUF)) != 0
                        ? SplitLayout.LONG_HEADER_BYTES
                        : SplitLayout.SHORT_HEADER_BYTES;
        memory = ForeignMemory.map("guest", backing, BYTES);
        for (int i = 0; i < size; i++) {
            free.get(0).add(i);
            free.get(1).add(i);
        }
    }

    long slots(int queue) {
        return memory.address() + (long) QUEUE_BYTES * queue;
    }

    long avail(int queue) {
        return slots(queue) + 16L * size;
    }

    long used(int queue) {
        return slots(queue) + (1 << 18);
    }

    /// Address in the guest of a slot's buffer.
    private static long buffer(int queue, int slot) {
        return GUEST + BUFFERS + (long) (queue * 256 + slot) * BUFFER_BYTES;
    }

    long here(long guestAddress) {
        return memory.address() + (guestAddress - GUEST);
    }

    void slot(int queue, int index, long address, int length, int flags, int next) {
        slotAt(slots(queue) + 16L * index, address, length, flags, next);
    }

    static void slotAt(long at, long address, int length, int flags, int next) {
        Memory.putLong(at, address);
        Memory.putLong(at + 8, length & 0xffff_ffffL | (long) flags << 32 | (long) next << 48);
    }

    /// Gives a chain to the device.
    void give(int queue, int head) {
        Memory.putShort(avail(queue) + 4 + 2L * (avail[queue] & (size - 1)), head);
        avail[queue]++;
        Memory.putShortRelease(avail(queue) + 2, avail[queue]);
    }

    // ---- what a front end says

    VhostMessage say(int request, long... values) throws VhostException {
        return device.answer(VhostMessage.request(request, values), List.of());
    }

    VhostMessage say(int request, Descriptor d, long... values) throws VhostException {
        return device.answer(VhostMessage.request(request, values), List.of(d));
    }

    static long pair(int low, int high) {
        return low & 0xffff_ffffL | (long) high << 32;
    }

    void table() throws Exception {
        say(VhostMessage.SET_MEM_TABLE, memory.descriptor().copy(), 1, GUEST, BYTES, USER, 0);
    }

    void queue(int queue) throws Exception {
        say(VhostMessage.SET_VRING_NUM, pair(queue, size));
        say(VhostMessage.SET_VRING_BASE, pair(queue, 0));
        address(queue, slots(queue), used(queue), avail(queue));
        say(VhostMessage.SET_VRING_KICK, EventDescriptor.create().descriptor(), queue);
    }

    void address(int queue, long slots, long used, long avail) throws Exception {
        long shift = USER - memory.address();
        say(VhostMessage.SET_VRING_ADDR, queue, slots + shift, used + shift, avail + shift, 0);
    }

    void start() throws Exception {
        say(VhostMessage.SET_OWNER);
        say(VhostMessage.SET_FEATURES, features);
        for (int q = 0; q < 2; q++) {
            EventDescriptor event = EventDescriptor.create();
            if (q == 0) {
                call = EventDescriptor.of(event.descriptor().copy());
            }
            say(VhostMessage.SET_VRING_CALL, event.descriptor(), q);
        }
        table();
        queue(0);
        queue(1);
        if ((features & VhostDevice.PROTOCOL_FEATURES) != 0) {
            say(VhostMessage.SET_VRING_ENABLE, pair(0, 1));
            say(VhostMessage.SET_VRING_ENABLE, pair(1, 1));
        }
    }

    // ---- what a driver does

    /// Gives buffers to be filled, each of one to three slots, or a table of them.
    int giveBuffers(Random random, int bytes) {
        int given = 0;
        Deque<Integer> slots = free.get(0);
        while (slots.size() >= 3 && random.nextInt(8) != 0) {
            List<Integer> chain = new ArrayList<>();
            int parts = 1 + random.nextInt(3);
            for (int i = 0; i < parts; i++) {
                chain.add(slots.remove());
            }
            chain(0, chain, SplitLayout.FLAG_WRITE, bytes, random.nextBoolean());
            given++;
        }
        return given;
    }

    // A chain of buffers of some bytes each; its first slot's number stands for all of it.
    private void chain(int queue, List<Integer> chain, int flags, int bytes, boolean indirect) {
        int head = chain.getFirst();
        boolean table = indirect && (features & VhostDevice.INDIRECT_DESC) != 0;
        long at = here(GUEST + TABLES + (queue * 256L + head) * 64);
        for (int i = 0; i < chain.size(); i++) {
            boolean last = i == chain.size() - 1;
            int next = last ? 0 : table ? i + 1 : chain.get(i + 1);
            int all = flags | (last ? 0 : SplitLayout.FLAG_NEXT);
            long slot = table ? at + 16L * i : slots(queue) + 16L * chain.get(i);
            slotAt(slot, buffer(queue, chain.get(i)), bytes, all, next);
        }
        if (table) {
            slot(
                    queue,
                    head,
                    GUEST + TABLES + (queue * 256L + head) * 64,
                    16 * chain.size(),
                    SplitLayout.FLAG_INDIRECT,
                    0);
        }
        chains.get(queue).put(head, chain);
        give(queue, head);
    }

    private final List<Map<Integer, List<Integer>>> chains =
            List.of(new HashMap<>(), new HashMap<>());

    /// Sends a packet in some slots.
    boolean send(byte[] packet, int parts, boolean indirect) {
        byte[] before = new byte[header];
        Arrays.fill(before, (byte) 0xff); // nobody is to believe it
        return send(before, packet, parts, indirect);
    }

    /// Sends a packet behind what says what is left to others of it.
    boolean send(byte[] before, byte[] packet, int parts, boolean indirect) {
        Deque<Integer> slots = free.get(1);
        if (slots.size() < parts) {
            return false;
        }
        byte[] all = new byte[header + packet.length];
        System.arraycopy(before, 0, all, 0, header);
        System.arraycopy(packet, 0, all, header, packet.length);
        List<Integer> chain = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            chain.add(slots.remove());
        }
        int done = 0;
        int[] lengths = new int[parts];
        for (int i = 0; i < parts; i++) {
            // As most drivers do it with two: what a packet starts with, and the packet.
            int n =
                    i == parts - 1
                            ? all.length - done
                            : i == 0 ? header : Math.max(1, (all.length - done) / 2);
            Memory.copyFromArray(all, done, here(buffer(1, chain.get(i))), n);
            lengths[i] = n;
            done += n;
        }
        chain(1, chain, 0, 0, indirect);
        fixLengths(chain, lengths, indirect);
        return true;
    }

    private void fixLengths(List<Integer> chain, int[] lengths, boolean indirect) {
        boolean table = indirect && (features & VhostDevice.INDIRECT_DESC) != 0;
        long at = here(GUEST + TABLES + (256L + chain.getFirst()) * 64);
        for (int i = 0; i < lengths.length; i++) {
            long slot = table ? at + 16L * i : slots(1) + 16L * chain.get(i);
            Memory.putInt(slot + 8, lengths[i]);
        }
    }

    /// Takes back what the device has used; for the queue to the guest, the packets in it.
    List<byte[]> take(int queue) {
        List<byte[]> packets = new ArrayList<>();
        byte[] packet = {};
        int more = 0;
        while (used[queue] != Memory.getShortAcquire(used(queue) + 2)) {
            long entry = Memory.getLong(used(queue) + 4 + 8L * (used[queue] & (size - 1)));
            used[queue] = used[queue] + 1 & 0xffff;
            List<Integer> chain = chains.get(queue).get((int) entry);
            if (queue == 0) {
                byte[] part = read(chain, (int) (entry >>> 32));
                if (more == 0) {
                    more = header == 12 ? part[10] & 0xff | (part[11] & 0xff) << 8 : 1;
                    lastHeader = Arrays.copyOf(part, header);
                    for (int i = 0; i < 10; i++) {
                        if (part[i] != 0 && (features & Offloads.ALL) == 0) {
                            throw new AssertionError(
                                    "what a packet starts with: " + Arrays.toString(part));
                        }
                    }
                    packet = Arrays.copyOfRange(part, header, part.length);
                } else {
                    int before = packet.length;
                    packet = Arrays.copyOf(packet, before + part.length);
                    System.arraycopy(part, 0, packet, before, part.length);
                }
                if (--more == 0) {
                    packets.add(packet);
                }
            } else {
                packets.add(packet);
            }
            free.get(queue).addAll(chain);
        }
        if (more != 0) {
            throw new AssertionError(more + " buffers of a packet are missing");
        }
        return packets;
    }

    byte[] lastHeader; // of a packet that was received
    int bufferBytes; // of those that were given last

    private byte[] read(List<Integer> chain, int bytes) {
        byte[] all = new byte[bytes];
        int done = 0;
        for (int slot : chain) {
            int n = Math.min(bufferBytes, bytes - done);
            Memory.copyToArray(here(buffer(0, slot)), all, done, n);
            done += n;
        }
        return all;
    }

    @Override
    public void close() {
        device.close();
        memory.close();
        if (call != null) {
            call.close();
        }
    }
}
