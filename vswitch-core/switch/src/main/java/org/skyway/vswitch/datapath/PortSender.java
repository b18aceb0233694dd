package org.skyway.vswitch.datapath;

import org.skyway.vswitch.tables.PortQos;

/// Sends packets to ports, as many as their QoS allows, and shows them to who looks. A port's
/// failure is its own: what it did not take is counted there. Any poll thread.
final class PortSender {
    private final Datapath datapath;

    PortSender(Datapath datapath) {
        this.datapath = datapath;
    }

    /// Sends packets.
    ///
    /// @param burst that they belong to
    /// @param queue of the port; one that is not there is the default one
    /// @param from index of the first
    /// @param count how many, 32 at most
    void send(
            OpenBurst burst,
            DatapathPort port,
            int queue,
            long[] addresses,
            int[] lengths,
            int from,
            int count) {
        try {
            final EgressQueues egress = port.egress();
            if (egress == null) {
                sendAll(burst, port, addresses, lengths, from, count, false);
            } else {
                sendSome(burst, port, egress, queue, addresses, lengths, from, count, false);
            }
        } catch (Throwable e) {
            failed(burst, port, count, e);
        }
    }

    private void failed(OpenBurst burst, DatapathPort port, int count, Throwable e) {
        datapath.survived("poll thread: sending", e);
        port.traffic().add(burst.log(), Traffic.TX_DROPPED, count);
    }

    /// Sends packets that are not complete, of a port whose packets all go to another, which has no
    /// QoS and which nobody looks at.
    void sendWhole(
            OpenBurst burst,
            DatapathPort from,
            DatapathPort to,
            long[] addresses,
            int[] lengths,
            long[] left,
            int count) {
        try {
            to.sendWhole(burst, from, addresses, lengths, left, count);
        } catch (Throwable e) {
            failed(burst, to, count, e);
        }
    }

    /// Sends copies that a mirror made; throws what the port does.
    void sendCopies(
            OpenBurst burst,
            DatapathPort port,
            long[] addresses,
            int[] lengths,
            int from,
            int count) {
        final EgressQueues egress = port.egress();
        if (egress == null) {
            sendAll(burst, port, addresses, lengths, from, count, true);
        } else {
            final int queue = PortQos.DEFAULT_QUEUE;
            sendSome(burst, port, egress, queue, addresses, lengths, from, count, true);
        }
    }

    // Leaves out packets that are too many. Who called may still need the arrays, so what stays is
    // sent piece by piece.
    private void sendSome(
            OpenBurst burst,
            DatapathPort port,
            EgressQueues egress,
            int queue,
            long[] addresses,
            int[] lengths,
            int from,
            int count,
            boolean copies) {
        final int passing = egress.admit(queue, lengths, from, count, System.nanoTime());
        final int dropped = count - Integer.bitCount(passing);
        if (dropped > 0) {
            port.traffic().add(burst.log(), Traffic.TX_DROPPED, dropped);
        }
        for (int at = 0; at < count; ) {
            int end = at;
            while (end < count && (passing >>> end & 1) != 0) {
                end++;
            }
            if (end > at) {
                sendAll(burst, port, addresses, lengths, from + at, end - at, copies);
            }
            at = end + 1;
        }
    }

    private void sendAll(
            OpenBurst burst,
            DatapathPort port,
            long[] addresses,
            int[] lengths,
            int from,
            int count,
            boolean copies) {
        final int sent = port.send(burst, addresses, lengths, from, count);
        final PortTaps taps = port.taps();
        if (taps != null) {
            taps.sent(datapath, burst.thread(), addresses, lengths, from, sent, copies);
        }
    }
}
