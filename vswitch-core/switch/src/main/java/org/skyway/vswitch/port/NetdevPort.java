package org.skyway.vswitch.port;

import java.io.IOException;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.sys.PacketSocket;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;

/// A port that is a Linux interface, by an AF_PACKET socket. Frames longer than
/// [RegionHeader#MAX_FRAME] count as errors of the interface and are not received.
public final class NetdevPort extends DatapathPort implements HostPort {
    private final PacketSocket socket;

    /// Attaches to an interface.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    /// @param interfaceName the interface
    /// @throws IOException if there is no such interface, or it may not be opened
    public NetdevPort(int number, int threads, CounterMemory memory, String interfaceName)
            throws IOException {
        super(number, threads, memory);
        socket = PacketSocket.open(interfaceName, RegionHeader.MAX_FRAME);
    }

    @Override
    public PacketSocket device() {
        return socket;
    }

    /// Attaches to the interface that has the name by now: the one before may have been removed and
    /// made again. Poll threads go on.
    ///
    /// @return false if there is none, or it can't be had
    public boolean attachAgain() {
        try {
            socket.attachAgain();
            return true;
        } catch (IOException e) {
            return false; // nothing to tell of: there was one, and somebody has removed it
        }
    }

    @Override
    protected int descriptor() {
        return socket.descriptor();
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        return socket.rxBurst(addresses, lengths, 0, max);
    }

    @Override
    protected void rxRelease() {
        // What a burst showed goes back at the next one.
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        return socket.txBurst(addresses, lengths, from, count);
    }

    @Override
    public void close() {
        socket.close();
    }
}
