package org.skyway.vswitch.port;

import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;

/// A port whose VNF speaks a standard protocol: it hands over its own memory through a UNIX socket,
/// and the poll threads move packets from and to its own buffers. There is a connection as long as
/// a VNF is attached; without one nothing is received, and what is sent is dropped.
public abstract class StockPort extends DatapathPort {
    private volatile Peer peer; // null if nobody is attached
    private volatile String trouble;

    /// Who is attached.
    ///
    /// @param program what it calls itself
    /// @param pid its process, by the kernel's word; 0 if that is not seen from here
    /// @param detail what was agreed on: features, queues, memory
    public record Peer(String program, long pid, String detail) {}

    /// A port without a VNF.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    protected StockPort(int number, int threads, CounterMemory memory) {
        super(number, threads, memory);
    }

    /// Who is attached. Any thread.
    ///
    /// @return the VNF; null if there is none
    public final Peer peer() {
        return peer;
    }

    final void peer(Peer now) {
        peer = now;
        if (now != null) {
            trouble = null;
        }
    }

    /// Why nobody is attached any more, or somebody was refused. Any thread.
    ///
    /// @return a sentence; null if nothing is wrong
    public final String trouble() {
        return trouble;
    }

    final void trouble(String what) {
        trouble = what;
    }

    /// Packets that its VNF sent and that are longer than a frame may be.
    ///
    /// @return packets, since the port was added
    public abstract long tooLong();
}
