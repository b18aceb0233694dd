package org.skyway.vswitch.port;

import java.io.IOException;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;

/// A port that is an interface of the host, which the switch makes: of type internal, or the
/// bridge's own.
public final class TapPort extends DatapathPort implements HostPort {
    private final TapDevice device;

    /// Makes the interface.
    ///
    /// @param number its OpenFlow number
    /// @param threads how many poll threads there are
    /// @param memory where its counters lie
    /// @param interfaceName the interface
    /// @throws IOException if it can't be made
    public TapPort(int number, int threads, CounterMemory memory, String interfaceName)
            throws IOException {
        super(number, threads, memory);
        device = TapDevice.open(interfaceName, RegionHeader.MAX_FRAME);
    }

    @Override
    public TapDevice device() {
        return device;
    }

    @Override
    protected int descriptor() {
        return device.descriptor();
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        return device.rxBurst(addresses, lengths, max);
    }

    @Override
    protected void rxRelease() {
        // What a burst showed goes back at the next one.
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        return device.txBurst(addresses, lengths, from, count);
    }

    @Override
    public void close() {
        device.close();
    }
}
