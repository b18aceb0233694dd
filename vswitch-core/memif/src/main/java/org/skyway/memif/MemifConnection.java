package org.skyway.memif;

import static org.skyway.memif.MemifLayout.COOKIE;
import static org.skyway.memif.MemifLayout.COOKIE_OFFSET;
import static org.skyway.memif.MemifLayout.FLAGS_OFFSET;
import static org.skyway.memif.MemifLayout.FLAG_POLLS;
import static org.skyway.memif.MemifLayout.HEAD_OFFSET;
import static org.skyway.memif.MemifLayout.TAIL_OFFSET;

import java.lang.foreign.Arena;
import java.util.List;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// What two sides have agreed on: memory, and the two ends that this side uses. Its ends belong to
/// poll threads, the rest to whoever made it.
public final class MemifConnection implements AutoCloseable {
    private final String peer;
    private final List<ForeignMemory> regions;
    private final List<EventDescriptor> events;
    private final Arena arena = Arena.ofShared();
    private final MemifReceiver receiver;
    private final MemifSender sender;
    private volatile String cutShort; // what happened to its memory, or null

    /// Where a ring is.
    ///
    /// @param address in this process
    /// @param log2 of its size
    /// @param event wakes its receiver
    record Place(long address, int log2, EventDescriptor event) {}

    /// Where a client's own buffers are, in region 0.
    ///
    /// @param offset of the first of the ring to the server
    /// @param bytes of each
    record Own(int offset, int bytes) {}

    /// A connection over rings that were checked. Both rings are empty then, and this side polls.
    ///
    /// @param peer what the other side calls itself
    /// @param regions all memory; closed with the connection
    /// @param c2s the ring from client to server
    /// @param s2c the ring from server to client
    /// @param own a client's buffers; null at a server
    /// @param maxFrame longest packet to receive
    MemifConnection(
            String peer, List<ForeignMemory> regions, Place c2s, Place s2c, Own own, int maxFrame) {
        this.peer = peer;
        this.regions = List.copyOf(regions);
        events = List.of(c2s.event, s2c.event);
        boolean server = own == null;
        Place in = server ? c2s : s2c;
        Place out = server ? s2c : c2s;
        MemifBuffers buffers = new MemifBuffers(regions);
        long base = regions.getFirst().address();
        int sendOffset = server ? 0 : own.offset;
        int receiveOffset = server ? 0 : sendOffset + (own.bytes << out.log2);
        int bytes = server ? 0 : own.bytes;
        for (Place ring : List.of(c2s, s2c)) {
            Memory.putShortRelease(ring.address + HEAD_OFFSET, 0);
            Memory.putShortRelease(ring.address + TAIL_OFFSET, 0);
        }
        Memory.putShort(in.address + FLAGS_OFFSET, FLAG_POLLS);
        receiver =
                new MemifReceiver(
                        "the ring from " + peer,
                        in.address,
                        in.log2,
                        server,
                        buffers,
                        server ? 0 : base + receiveOffset,
                        bytes,
                        maxFrame,
                        arena);
        sender =
                new MemifSender(
                        "the ring to " + peer,
                        out.address,
                        out.log2,
                        server,
                        buffers,
                        server ? 0 : base + sendOffset,
                        sendOffset,
                        bytes,
                        out.event);
    }

    /// Writes what stands at the beginning of a ring. The client, before it tells of the ring.
    static void layOut(long ring, int log2, int firstOffset, int bufferBytes) {
        Memory.putInt(ring + COOKIE_OFFSET, COOKIE);
        for (int i = 0; i < 1 << log2; i++) {
            long slot = ring + MemifLayout.SLOTS_OFFSET + (long) MemifLayout.SLOT_BYTES * i;
            Memory.putLong(slot, MemifLayout.word0(0, 0, bufferBytes));
            Memory.putInt(slot + 8, firstOffset + i * bufferBytes);
        }
    }

    /// Whether there is a ring.
    static boolean isRing(long ring) {
        return Memory.getInt(ring + COOKIE_OFFSET) == COOKIE;
    }

    /// What the other side calls itself.
    ///
    /// @return its name
    public String peer() {
        return peer;
    }

    /// Where packets come from.
    ///
    /// @return one poll thread's
    public MemifReceiver receiver() {
        return receiver;
    }

    /// Where packets go to.
    ///
    /// @return one poll thread's at a time
    public MemifSender sender() {
        return sender;
    }

    /// What is shared, in words.
    ///
    /// @return rings and memory
    public String describe() {
        long bytes = regions.stream().mapToLong(ForeignMemory::sizeBytes).sum();
        boolean sealed = regions.stream().allMatch(ForeignMemory::isSealed);
        return "rx %d, tx %d slots, %d region(s) of %d KiB%s"
                .formatted(
                        receiver.size(),
                        sender.size(),
                        regions.size(),
                        bytes >> 10,
                        sealed ? "" : ", not sealed");
    }

    /// Looks whether its memory is still there, and does without it if not. Any thread.
    public void checkMemory() {
        for (ForeignMemory region : regions) {
            if (cutShort == null && !region.isWhole()) {
                cutShort = region + " was cut short; only " + peer + " could do that";
            }
        }
        if (cutShort != null) {
            regions.forEach(ForeignMemory::isolate);
        }
    }

    /// What the other side did that can't be.
    ///
    /// @return a sentence; null if nothing
    public String fault() {
        if (cutShort != null) {
            return cutShort;
        }
        String in = receiver.fault();
        return in != null ? in : sender.fault();
    }

    /// The events by which a thread of this side could be held up.
    ///
    /// @return both rings'
    public List<EventDescriptor> events() {
        return events;
    }

    /// Lets go of everything. No poll thread uses the ends any more.
    @Override
    public void close() {
        regions.forEach(ForeignMemory::close);
        events.forEach(EventDescriptor::close);
        arena.close();
    }
}
