package org.skyway.vswitch.port;

import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.datapath.DatapathPort;

/// The port that stands for the host's own network stack, OFPP_LOCAL. Skyway gives the host no
/// interface, so this one is always down, as Open vSwitch's is until someone sets the bridge's
/// interface up: nothing comes in, and what is sent to it is counted and dropped.
public final class LocalPort extends DatapathPort {
    /// The port.
    ///
    /// @param threads how many poll threads there are
    public LocalPort(int threads) {
        super(OfPort.LOCAL, threads);
    }

    @Override
    protected int rxBurst(long[] addresses, int[] lengths, int max) {
        return 0;
    }

    @Override
    protected void rxRelease() {
        // Nothing was received.
    }

    @Override
    protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
        return 0;
    }
}
