package org.skyway.vswitch.port;

import org.skyway.vhost.VhostQueues;
import org.skyway.vhost.VhostReceiver;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;

/// A port whose VNF is a guest with a virtio network device, or a program that plays one. Who
/// connects to whom makes no difference here.
public final class VhostUserPort extends StockPort {
    private final boolean offloads;
    private volatile VhostQueues live; // null if no driver runs
    private volatile VhostQueues heard; // the same, or null while its packets have to wait
    private VhostQueues receiving; // what the last burst came from; its poll thread's
    private volatile long wrongBefore; // on queues that are no more

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    /// @param offloads whether its guest is offered to leave checksums and segmentation to others
    public VhostUserPort(int number, int threads, CounterMemory memory, boolean offloads) {
        super(number, threads, memory);
        this.offloads = offloads;
    }

    @Override
    protected boolean leavesToOthers() {
        return offloads;
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
        return q == null ? 0 : q.peekComplete(addresses, lengths, max);
    }

    @Override
    protected long[] rxWhole(long[] addresses, int[] lengths, int[] received, DatapathPort to) {
        VhostQueues q = heard;
        VhostQueues r = to instanceof VhostUserPort v ? v.live : null;
        if (q == null || r == null || !q.canPass(r)) {
            return null;
        }
        receiving = q;
        received[0] = q.receiver().peek(addresses, lengths, VhostReceiver.MOST_IN_BURST);
        return q.receiver().left();
    }

    // The guest may be another than the one that was asked for what it takes.
    @Override
    protected int txWhole(
            DatapathPort sender, long[] addresses, int[] lengths, long[] left, int count) {
        VhostQueues q = live;
        boolean takes = q != null && ((VhostUserPort) sender).receiving.takes(q);
        return takes ? q.sender().offer(addresses, lengths, left, 0, count) : 0;
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
