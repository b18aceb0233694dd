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

    /// Packets counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return packets
    public long packets() {
        return FlowBlock.packets(address, threads)
                + (bypassed == null ? FlowBlock.settledPackets(address) : bypassed.packets());
    }

    /// Bytes counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return bytes
    public long bytes() {
        return FlowBlock.bytes(address, threads)
                + (bypassed == null ? FlowBlock.settledBytes(address) : bypassed.bytes());
    }

    /// When a packet last hit the entry. Ofproto thread.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none did
    public long lastUsedNanos() {
        long past =
                bypassed == null
                        ? FlowBlock.settledLastUsedNanos(address)
                        : bypassed.lastUsedNanos();
        return FlowBlock.later(past, FlowBlock.lastUsedNanos(address, threads));
    }

    /// What bypassed links add. Ofproto thread.
    ///
    /// @return the sum, to which links are attached
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

    /// Where poll threads count.
    ///
    /// @return address of a [FlowBlock], for as long as these counters are reachable
    public long address() {
        return address;
    }

    /// Where they lie.
    ///
    /// @return number of the block
    public int block() {
        return block;
    }

    /// What tells the block from its former and later users.
    ///
    /// @return its tag
    public long tag() {
        return memory.tag(block);
    }
}
