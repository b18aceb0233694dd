package org.skyway.vnf.run;

import java.util.concurrent.atomic.AtomicLong;
import org.skyway.pmd.port.PmdPort;

/// A port that counts what the program moves through it. The data thread counts, any thread reads.
public final class CountedPort {
    private final PmdPort port;
    private final AtomicLong rxPackets = new AtomicLong();
    private final AtomicLong rxBytes = new AtomicLong();
    private final AtomicLong txPackets = new AtomicLong();
    private final AtomicLong txBytes = new AtomicLong();

    /// Counts from zero.
    ///
    /// @param port what to use
    public CountedPort(PmdPort port) {
        this.port = port;
    }

    /// The port.
    ///
    /// @return the driver's port
    public PmdPort port() {
        return port;
    }

    /// Receives a burst in place; what the last call showed must not be used any more.
    ///
    /// @param burst filled from its start
    /// @return how many packets came
    public int receive(Burst burst) {
        final int count = port.rxBurst(burst.addresses, burst.lengths, 0, burst.addresses.length);
        burst.from = 0;
        burst.to = count;
        if (count > 0) {
            add(rxPackets, count);
            add(rxBytes, port.rxBurstBytes());
        }
        return count;
    }

    /// Sends what is left of a burst, as far as there is room.
    ///
    /// @param burst moved on by what was sent
    /// @return how many packets were sent
    public int send(Burst burst) {
        final int sent =
                port.txBurst(burst.addresses, burst.lengths, burst.from, burst.to - burst.from);
        if (sent > 0) {
            add(txPackets, sent);
            add(txBytes, port.txBurstBytes());
            burst.from += sent;
        }
        return sent;
    }

    /// Packets received.
    ///
    /// @return packets so far
    public long rxPackets() {
        return rxPackets.getOpaque();
    }

    /// Bytes received.
    ///
    /// @return bytes so far
    public long rxBytes() {
        return rxBytes.getOpaque();
    }

    /// Packets sent.
    ///
    /// @return packets so far
    public long txPackets() {
        return txPackets.getOpaque();
    }

    /// Bytes sent.
    ///
    /// @return bytes so far
    public long txBytes() {
        return txBytes.getOpaque();
    }

    // One thread writes, so this needs no locked instruction.
    private static void add(AtomicLong counter, long count) {
        counter.setOpaque(counter.getPlain() + count);
    }
}
