package org.skyway.vswitch.tables;

import java.lang.ref.Reference;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.FlowBlock;

/// Packets, bytes and the time of last use of a flow entry.
///
/// Each poll thread adds to a row of its own, with plain adds and opaque stores, so nothing is lost
/// and nothing is locked. The ofproto thread reads the sum, to which it adds what the senders of
/// bypassed links count (design: "packet_count of the entries on a link's way = the switch's own
/// count + the sender's bypass counter since the link's epoch"). The memory is given back when
/// nobody can reach the counters any more: a poll thread may still add to those of an entry that is
/// gone.
public final class FlowCounters {
    private final CounterMemory memory;
    private final long address;
    private final int block;
    private final int threads;
    private BypassSum bypassed; // null: none ever was, as for most entries

    /// Counters at zero, which go with the process.
    ///
    /// @param threads how many poll threads there are
    public FlowCounters(int threads) {
        this(CounterMemory.ofProcess(), threads);
    }

    /// Counters at zero.
    ///
    /// @param memory where they lie
    /// @param threads how many poll threads there are
    public FlowCounters(CounterMemory memory, int threads) {
        this.memory = memory;
        this.threads = threads;
        block = memory.allocate(this, FlowBlock.lines(threads));
        address = memory.address(block);
    }

    /// Adds what a burst brought. Poll threads only.
    ///
    /// @param log of the calling poll thread
    /// @param packets how many packets
    /// @param bytes how many bytes
    /// @param nowNanos [System#nanoTime] of the burst
    public void add(BurstLog log, long packets, long bytes, long nowNanos) {
        FlowBlock.add(address, log, packets, bytes, nowNanos);
        Reference.reachabilityFence(this);
    }

    /// {@return packets counted so far, bypassed ones included} Ofproto thread.
    public long packets() {
        return FlowBlock.packets(address, threads)
                + (bypassed == null ? FlowBlock.settledPackets(address) : bypassed.packets());
    }

    /// {@return bytes counted so far, bypassed ones included} Ofproto thread.
    public long bytes() {
        return FlowBlock.bytes(address, threads)
                + (bypassed == null ? FlowBlock.settledBytes(address) : bypassed.bytes());
    }

    /// {@return when a packet last hit the entry: a [System#nanoTime], or [Long#MIN_VALUE] if none
    /// did} Ofproto thread.
    public long lastUsedNanos() {
        long past =
                bypassed == null
                        ? FlowBlock.settledLastUsedNanos(address)
                        : bypassed.lastUsedNanos();
        return FlowBlock.later(past, FlowBlock.lastUsedNanos(address, threads));
    }

    /// {@return what bypassed links add: the sum, to which links are attached} Ofproto thread.
    public BypassSum bypassed() {
        if (bypassed == null) {
            bypassed = new BypassSum(address, this);
        }
        return bypassed;
    }

    /// Goes on from what was counted by a switch that is no more. Ofproto thread.
    ///
    /// @param sums what it had counted
    public void resume(FlowBlock.Sums sums) {
        FlowBlock.settle(address, sums);
    }

    /// {@return where poll threads count: address of a [FlowBlock], for as long as these counters
    /// are reachable}
    public long address() {
        return address;
    }

    /// {@return where they lie: number of the block}
    public int block() {
        return block;
    }

    /// {@return what tells the block from its former and later users}
    public long tag() {
        return memory.tag(block);
    }
}
