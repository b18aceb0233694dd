package org.skyway.vswitch.port;

import java.util.Arrays;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.MarkRoute;

/// The switch's end of a dpdkr port's normal channel. There is one as long as a VNF is attached;
/// without it nothing is received, and what is sent is dropped.
public final class DpdkrPort extends DatapathPort {
    private static final int MAX_ROUTES = 8;

    private volatile Rings rings;
    private volatile boolean deaf; // the VNF is gone, but its last packets are still being read
    private volatile String cutShort; // what happened to the region of the rings, or null
    private volatile MarkRoute[] routes = {};
    private Rings receiving; // the rings that the last burst came from; its poll thread's
    private Rings sending; // those that hold packets back; of the poll thread that sends

    /// The two rings of a port region, from the switch's side.
    ///
    /// @param fromVnf what the VNF sends; null if that is not to be received yet
    /// @param toVnf what it receives
    /// @param region where they are
    /// @param regionId its id
    public record Rings(RingConsumer fromVnf, RingProducer toVnf, Region region, long regionId) {}

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    public DpdkrPort(int number, int threads) {
        super(number, threads);
    }

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    public DpdkrPort(int number, int threads, CounterMemory memory) {
        super(number, threads, memory);
    }

    /// Gives the port its VNF's rings, or takes them away. Before the region is unmapped, every
    /// poll thread must have settled.
    ///
    /// @param newRings the rings, or null
    public void rings(Rings newRings) {
        rings = newRings;
        deaf = false;
        cutShort = null;
    }

    /// Sends nothing more: the VNF is gone. What it has sent is still received.
    public void stopSending() {
        deaf = true;
    }

    /// The rings in use.
    ///
    /// @return the rings, or null if there is no VNF
    public Rings rings() {
        return rings;
    }

    /// From now on forwards the marks of an epoch. Only the last few epochs are remembered: a mark
    /// of an older one can't come, because a new epoch begins when the one before has ended.
    /// Ofproto thread.
    ///
    /// @param route where to
    public void addRoute(MarkRoute route) {
        MarkRoute[] old = routes;
        int keep = Math.min(old.length, MAX_ROUTES - 1);
        MarkRoute[] more = Arrays.copyOfRange(old, old.length - keep, old.length + 1);
        more[keep] = route;
        routes = more;
    }

    /// What the VNF wrote that can't be.
    ///
    /// @return a sentence that names the ring; null if nothing is wrong
    public String fault() {
        Rings r = rings;
        if (r == null || cutShort != null) {
            return cutShort;
        }
        return r.fromVnf != null && r.fromVnf.isFaulty() ? r.fromVnf.fault() : r.toVnf.fault();
    }

    @Override
    public void checkMemory() {
        Rings r = rings;
        if (r != null && cutShort == null && !r.region.isWhole()) {
            cutShort = r.region + " was cut short; only its VNF could do that";
            r.region.isolate();
        }
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        Rings r = rings;
        receiving = r;
        return r == null || r.fromVnf == null ? 0 : r.fromVnf.peek(addresses, lengths, 0, max);
    }

    @Override
    protected void rxRelease() {
        Rings r = receiving;
        if (r != null && r.fromVnf != null) {
            r.fromVnf.release();
        }
    }

    @Override
    protected boolean mayReceive() {
        return rings != null;
    }

    @Override
    protected void noteReceived(BurstLog log) {
        Rings r = receiving;
        if (r == null || r.fromVnf == null) {
            log.received(0, 0);
        } else {
            log.received(r.regionId, r.fromVnf.shown());
        }
    }

    @Override
    protected boolean holdsBack() {
        return true;
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        Rings r = ringsToSend();
        return r == null ? 0 : r.toVnf.write(addresses, lengths, from, count);
    }

    // What an earlier VNF was sent in the same burst is not held back for this one.
    private Rings ringsToSend() {
        Rings r = rings;
        if (r == null || deaf) {
            return null;
        }
        if (r != sending) {
            if (sending != null) {
                sending.toVnf.publish();
            }
            sending = r;
        }
        return r;
    }

    @Override
    protected void noteSent(BurstLog log) {
        if (sending != null) {
            log.sent(sending.regionId, sending.toVnf.written());
        }
    }

    @Override
    protected void txShow() {
        Rings r = sending;
        if (r != null) {
            sending = null;
            r.toVnf.publish();
        }
    }

    @Override
    protected long rxMark() {
        Rings r = receiving;
        return r == null || r.fromVnf == null ? 0 : r.fromVnf.mark();
    }

    @Override
    protected void takeRxMark() {
        receiving.fromVnf.passMark();
    }

    @Override
    protected boolean txMark(long mark) {
        Rings r = ringsToSend();
        return r == null || r.toVnf.writeMark(mark) || r.toVnf.isFaulty();
    }

    @Override
    protected boolean hasOneSender() {
        return true;
    }

    @Override
    protected MarkRoute markRoute(int epoch) {
        for (MarkRoute route : routes) {
            if (route.epoch() == epoch) {
                return route;
            }
        }
        return null;
    }
}
