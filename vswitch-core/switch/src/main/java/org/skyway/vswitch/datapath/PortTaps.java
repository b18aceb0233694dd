package org.skyway.vswitch.datapath;

import java.util.Arrays;

/// All taps of a port, of which there is at least one. Immutable.
final class PortTaps {
    private final Tap[] all;

    private PortTaps(Tap[] all) {
        this.all = all;
    }

    /// @param before null for none
    static PortTaps with(PortTaps before, Tap tap) {
        Tap[] more = before == null ? new Tap[1] : Arrays.copyOf(before.all, before.all.length + 1);
        more[more.length - 1] = tap;
        return new PortTaps(more);
    }

    /// @param before null for none
    /// @return null for none
    static PortTaps without(PortTaps before, Tap tap) {
        if (before == null) {
            return null;
        }
        Tap[] fewer = Arrays.stream(before.all).filter(t -> t != tap).toArray(Tap[]::new);
        return fewer.length == 0 ? null : new PortTaps(fewer);
    }

    void received(Datapath datapath, int thread, long[] addresses, int[] lengths, int count) {
        for (Tap tap : all) {
            try {
                tap.received(datapath, thread, addresses, lengths, count);
            } catch (Throwable e) {
                datapath.survived("poll thread: tap", e);
            }
        }
    }

    /// @param copies whether these are copies that a mirror made
    void sent(
            Datapath datapath,
            int thread,
            long[] addresses,
            int[] lengths,
            int from,
            int count,
            boolean copies) {
        for (Tap tap : all) {
            if (copies && tap.isMirror()) {
                continue;
            }
            try {
                tap.sent(datapath, thread, addresses, lengths, from, count);
            } catch (Throwable e) {
                datapath.survived("poll thread: tap", e);
            }
        }
    }
}
