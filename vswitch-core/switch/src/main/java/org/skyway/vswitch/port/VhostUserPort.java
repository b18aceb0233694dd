package org.skyway.vswitch.port;

import org.skyway.vhost.VhostQueues;
import org.skyway.vswitch.counters.CounterMemory;

/// A port whose VNF is a guest with a virtio network device, or a program that plays one. Who
/// connects to whom makes no difference here.
public final class VhostUserPort extends StockPort {
    private volatile VhostQueues live; // null if no driver runs
    private volatile VhostQueues heard; // the same, or null while its packets have to wait
    private VhostQueues receiving; // what the last burst came from; its poll thread's
    private volatile long wrongBefore; // on queues that are no more

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    public VhostUserPort(int number, int threads, CounterMemory memory) {
        super(number, threads, memory);
    }

    /// Gives poll threads its queues.
    ///
    /// @param queues both; null for none
    /// @param receives whether packets from them may be taken by now; else [#receive] follows
    void attach(VhostQueues queues, boolean receives) {
        live = queues;
        heard = receives ? queues : null;
    }

    /// From now on takes its packets.
    void receive() {
        heard = live;
    }

    /// Poll threads may use the queues until they have settled.
    void detach() {
        VhostQueues was = live;
        live = null;
        heard = null;
        if (was != null) {
            wrongBefore += was.receiver().wrong();
        }
    }

    @Override
    public long tooLong() {
        VhostQueues q = live;
        return wrongBefore + (q == null ? 0 : q.receiver().wrong());
    }

    @Override
    protected void checkMemory() {
        VhostQueues q = live;
        if (q != null) {
            q.checkMemory();
        }
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        VhostQueues q = heard;
        receiving = q;
        return q == null ? 0 : q.receiver().peek(addresses, lengths, max);
    }

    @Override
    protected void rxRelease() {
        VhostQueues q = receiving;
        if (q != null) {
            q.receiver().release();
        }
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        VhostQueues q = live;
        return q == null ? 0 : q.sender().offer(addresses, lengths, from, count);
    }

    @Override
    protected boolean mayReceive() {
        return live != null;
    }
}
