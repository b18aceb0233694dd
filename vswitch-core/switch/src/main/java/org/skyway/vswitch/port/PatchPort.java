package org.skyway.vswitch.port;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;

/// A port whose other side is a port of a bridge of this process: what is sent to one comes from
/// the other. Bridges have poll threads of their own, so there is a ring each way between them;
/// unlike in Open vSwitch, what finds it full is dropped and counted, and nothing but the rings'
/// depth ends a loop of bridges that flood.
public final class PatchPort extends DatapathPort {
    private static final int CELLS = 16384; // 1 MiB

    private volatile Cable cable; // null without a peer
    private Cable receiving; // the poll thread's

    /// One end of a cable. The memory is there for as long as an end is known.
    private record Cable(RingConsumer in, RingProducer out, MemorySegment memory) {}

    /// A port without a peer.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    public PatchPort(int number, int threads, CounterMemory memory) {
        super(number, threads, memory);
    }

    /// Connects two ports. Any thread; one at a time.
    ///
    /// @param a one that is not connected
    /// @param b another one
    static void connect(PatchPort a, PatchPort b) {
        long size = RingLayout.sizeBytes(CELLS);
        MemorySegment memory = Arena.ofAuto().allocate(2 * size, 64);
        long there = memory.address();
        long back = there + size;
        RingLayout.create(there, CELLS, RegionHeader.MAX_FRAME);
        RingLayout.create(back, CELLS, RegionHeader.MAX_FRAME);
        try {
            a.cable = new Cable(consumer(back), producer(there), memory);
            b.cable = new Cable(consumer(there), producer(back), memory);
        } catch (RingFormatException e) {
            throw new IllegalStateException("a ring is as it was just made", e);
        }
    }

    private static RingProducer producer(long base) throws RingFormatException {
        return RingProducer.known(base, CELLS, RegionHeader.MAX_FRAME, "patch");
    }

    private static RingConsumer consumer(long base) throws RingFormatException {
        return RingConsumer.known(base, CELLS, RegionHeader.MAX_FRAME, "patch");
    }

    /// Takes the peer away. Any thread.
    void disconnect() {
        cable = null;
    }

    /// Whether it has a peer. Any thread.
    ///
    /// @return true if it has
    public boolean isConnected() {
        return cable != null;
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        Cable c = cable;
        receiving = c; // which keeps the memory until the burst is done
        return c == null ? 0 : c.in.peek(addresses, lengths, 0, max);
    }

    @Override
    protected void rxRelease() {
        Cable c = receiving;
        if (c != null) {
            c.in.release();
        }
    }

    @Override
    protected boolean mayReceive() {
        return cable != null;
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        Cable c = cable;
        if (c == null) {
            return 0;
        }
        try {
            return c.out.offer(addresses, lengths, from, count);
        } finally {
            Reference.reachabilityFence(c);
        }
    }
}
