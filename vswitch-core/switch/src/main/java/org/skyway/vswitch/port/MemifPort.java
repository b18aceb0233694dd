package org.skyway.vswitch.port;

import org.skyway.memif.MemifConnection;
import org.skyway.vswitch.counters.CounterMemory;

/// A port whose VNF speaks memif. Which side is server and which is client makes no difference
/// here.
public final class MemifPort extends StockPort {
    private volatile MemifConnection live; // null if nobody is attached
    private MemifConnection receiving; // what the last burst came from; its poll thread's
    private volatile long tooLongBefore; // on connections that are no more

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    public MemifPort(int number, int threads, CounterMemory memory) {
        super(number, threads, memory);
    }

    /// Gives the port a VNF.
    ///
    /// @param connection whose ends poll threads use from now on
    /// @param who it is
    public void attach(MemifConnection connection, Peer who) {
        peer(who);
        live = connection;
    }

    /// Poll threads may use the connection until they have settled.
    void detach() {
        MemifConnection was = live;
        live = null;
        peer(null);
        if (was != null) {
            tooLongBefore += was.receiver().tooLong();
        }
    }

    @Override
    public long tooLong() {
        MemifConnection c = live;
        return tooLongBefore + (c == null ? 0 : c.receiver().tooLong());
    }

    @Override
    protected void checkMemory() {
        MemifConnection c = live;
        if (c != null) {
            c.checkMemory();
        }
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        MemifConnection c = live;
        receiving = c;
        return c == null ? 0 : c.receiver().peek(addresses, lengths, max);
    }

    @Override
    protected void rxRelease() {
        MemifConnection c = receiving;
        if (c != null) {
            c.receiver().release();
        }
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        MemifConnection c = live;
        return c == null ? 0 : c.sender().offer(addresses, lengths, from, count);
    }

    @Override
    protected boolean mayReceive() {
        return live != null;
    }
}
