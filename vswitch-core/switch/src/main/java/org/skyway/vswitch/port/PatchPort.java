package org.skyway.vswitch.port;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.RingCursor;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.MarkRoute;

/// A port whose other side is a port of a bridge of this process: what is sent to one comes from
/// the other. Bridges have poll threads of their own, so there is a ring each way between them;
/// unlike in Open vSwitch, what finds it full is dropped and counted, and nothing but the rings'
/// depth ends a loop of bridges that flood.
public final class PatchPort extends DatapathPort {
    /// How long each ring is: 1 MiB.
    static final int CELLS = 16384;

    private static final int BURST = 32;

    // Links of many senders may lead through it, and each may have several epochs' marks on the
    // way.
    private static final int MOST_ROUTES = 4096;
    private static final Cleaner CLEANER = Cleaner.create();

    private volatile Cable cable; // null without a peer
    private volatile boolean held;
    private volatile MarkRoute[] routes = {};
    private Cable receiving; // the poll thread's
    private Cable sending; // that holds packets back; of the poll thread that sends

    /// One end of a cable. Its memory is there until [End#close], and else for as long as an end is
    /// known.
    ///
    /// @param end of the cable, for the switch that comes after this one; 0 if it goes with the
    ///   process
    /// @param unmap lets go of the memory, once
    private record Cable(
            RingConsumer in,
            RingProducer out,
            long end,
            PatchPort peer,
            Object memory,
            Cleaner.Cleanable unmap) {}

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
    /// @param a one that is not connected; it sends by the first ring
    /// @param b another one
    /// @param region with rings as [#CELLS] says; is closed when nobody uses it any more
    /// @param header what it is
    /// @throws RingFormatException if a ring is in no state that its ends can have left
    static void connect(PatchPort a, PatchPort b, Region region, RegionHeader header)
            throws RingFormatException {
        if (header.cells() != CELLS) {
            throw new RingFormatException(
                    "%s has rings of %d cells, not %d".formatted(region, header.cells(), CELLS));
        }
        long there = region.address() + header.firstRing();
        long back = region.address() + header.secondRing();
        Object memory = new Object();
        Cleaner.Cleanable unmap = CLEANER.register(memory, region::close);
        Cable ofA = new Cable(consumer(back), producer(there), endA(header), b, memory, unmap);
        Cable ofB = new Cable(consumer(there), producer(back), header.id(), a, memory, unmap);
        a.cable = ofA;
        b.cable = ofB;
    }

    /// Ends the bursts of a switch that was killed when they had happened and were about to be
    /// shown to the other side.
    ///
    /// @param cursors of all regions
    /// @param region with what lies between two ports
    /// @param header what it is
    static void show(List<RingCursor> cursors, Region region, RegionHeader header) {
        RingCursors.show(cursors, region.address(), header); // of the second, as the switch's
        RegionHeader ofA =
                new RegionHeader(
                        header.magic(),
                        header.sizeBytes(),
                        endA(header),
                        header.cells(),
                        header.maxFrame(),
                        header.secondRing(),
                        header.firstRing());
        RingCursors.show(cursors, region.address(), ofA);
    }

    private static long endA(RegionHeader header) {
        return -header.id(); // no region has such an id
    }

    private static RingProducer producer(long base) throws RingFormatException {
        return RingProducer.known(base, CELLS, RegionHeader.MAX_FRAME, "patch");
    }

    private static RingConsumer consumer(long base) throws RingFormatException {
        return RingConsumer.known(base, CELLS, RegionHeader.MAX_FRAME, "patch");
    }

    /// Receives nothing for now, or again. Any thread.
    void hold(boolean hold) {
        held = hold;
    }

    /// Takes the peer away. Any thread.
    ///
    /// @param goes whether the port goes with it
    /// @return what was on its way here; null without a peer
    End disconnect(boolean goes) {
        Cable c = cable;
        cable = null;
        return c == null ? null : new End(this, c, goes);
    }

    /// One end of a cable that was pulled out.
    public static final class End {
        private final PatchPort port;
        private final Cable cable;
        private final boolean goes;

        private End(PatchPort port, Cable cable, boolean goes) {
            this.port = port;
            this.cable = cable;
            this.goes = goes;
        }

        /// Where it was.
        ///
        /// @return the port
        public PatchPort port() {
            return port;
        }

        /// Takes out what is left, when no poll thread uses it any more: of that, marks go on.
        ///
        /// @param marks takes routes of marks, and what these are
        public void drain(BiConsumer<MarkRoute, Mark.Kind> marks) {
            long[] addresses = new long[BURST];
            int[] lengths = new int[BURST];
            RingConsumer in = cable.in;
            while (in.peek(addresses, lengths, 0, BURST) > 0 || in.mark() != 0) {
                long mark = in.mark();
                if (mark != 0) {
                    Mark.Kind kind =
                            Mark.is(mark, Mark.Kind.TO_BYPASS)
                                    ? Mark.Kind.TO_BYPASS
                                    : Mark.Kind.TO_NORMAL;
                    MarkRoute route = port.markRoute(Mark.epoch(mark));
                    if (route != null) {
                        marks.accept(route, kind);
                    }
                    in.passMark();
                }
                in.release();
            }
            Reference.reachabilityFence(cable);
            if (goes) { // routes of marks may know it for long
                port.receiving = null;
                port.sending = null;
            }
        }

        /// Lets go of the cable's memory, when no poll thread uses either end any more and both
        /// ends are drained. The garbage collector would, minutes later: meanwhile ports that come
        /// and go would fill the memory that regions are made of.
        public void close() {
            cable.unmap.clean();
        }
    }

    /// Whether it has a peer. Any thread.
    ///
    /// @return true if it has
    public boolean isConnected() {
        return cable != null;
    }

    /// The port at the other end. Any thread.
    ///
    /// @return null if there is none
    public PatchPort peer() {
        Cable c = cable;
        return c == null ? null : c.peer;
    }

    /// From now on forwards the marks of an epoch. Ofproto thread.
    ///
    /// @param route where to
    public void addRoute(MarkRoute route) {
        MarkRoute[] old = routes;
        int keep = Math.min(old.length, MOST_ROUTES - 1);
        MarkRoute[] more = Arrays.copyOfRange(old, old.length - keep, old.length + 1);
        more[keep] = route;
        routes = more;
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        Cable c = cable;
        receiving = c; // which keeps the memory until the burst is done
        return c == null || held ? 0 : c.in.peek(addresses, lengths, 0, max);
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
        return cable != null && !held;
    }

    @Override
    protected void noteReceived(BurstLog log) {
        Cable c = receiving;
        if (c == null) {
            log.received(0, 0);
        } else {
            log.received(c.end, c.in.shown());
        }
    }

    @Override
    protected boolean holdsBack() {
        return true;
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        Cable c = cableToSend();
        return c == null ? 0 : c.out.write(addresses, lengths, from, count);
    }

    // What went into an earlier cable in the same burst is not held back for this one.
    private Cable cableToSend() {
        Cable c = cable;
        if (c != null && c != sending) {
            if (sending != null) {
                sending.out.publish();
            }
            sending = c; // which keeps the memory until it is shown
        }
        return c;
    }

    @Override
    protected void noteSent(BurstLog log) {
        if (sending != null && sending.end != 0) {
            log.sent(sending.end, sending.out.written());
        }
    }

    @Override
    protected void txShow() {
        Cable c = sending;
        if (c != null) {
            sending = null;
            c.out.publish();
            Reference.reachabilityFence(c);
        }
    }

    @Override
    protected long rxMark() {
        Cable c = receiving;
        return c == null ? 0 : c.in.mark();
    }

    @Override
    protected void takeRxMark() {
        receiving.in.passMark();
    }

    @Override
    protected boolean txMark(long mark) {
        Cable c = cableToSend();
        return c == null || c.out.writeMark(mark);
    }

    @Override
    protected MarkRoute markRoute(int epoch) {
        MarkRoute[] all = routes;
        for (int i = all.length - 1; i >= 0; i--) {
            if (all[i].epoch() == epoch) {
                return all[i];
            }
        }
        return null;
    }
}
