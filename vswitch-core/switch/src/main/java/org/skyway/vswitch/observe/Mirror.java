package org.skyway.vswitch.observe;

import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.datapath.Tap;

/// Copies a port's packets to another port, which counts them as sent, and as dropped if it has no
/// room.
///
/// @param target the other port
public record Mirror(DatapathPort target) implements Tap {
    @Override
    public void received(
            Datapath datapath, int thread, long[] addresses, int[] lengths, int count) {
        datapath.sendCopies(thread, target, addresses, lengths, 0, count);
    }

    @Override
    public void sent(
            Datapath datapath, int thread, long[] addresses, int[] lengths, int from, int count) {
        datapath.sendCopies(thread, target, addresses, lengths, from, count);
    }

    @Override
    public boolean isMirror() {
        return true;
    }
}
