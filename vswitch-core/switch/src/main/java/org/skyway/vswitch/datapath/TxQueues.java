package org.skyway.vswitch.datapath;

import java.util.Arrays;
import org.skyway.vswitch.tables.PortQos;

/// The packets of a burst that wait to be sent, by their port, so that a port gets all of its
/// packets at once and in order. Belongs to one poll thread.
final class TxQueues {
    private final OpenBurst burst;
    private final boolean sorted; // by number, so that threads wait for each other's in one order
    private final PortSender sender;
    private Queue[] queues = new Queue[0]; // those with packets come first
    private int pending;

    private static final class Queue {
        final DatapathPort port;
        final long[] addresses = new long[PollThread.BURST];
        final int[] lengths = new int[PollThread.BURST];
        int count;

        Queue(DatapathPort port) {
            this.port = port;
        }
    }

    /// @param sorted whether other threads send to the same ports
    TxQueues(OpenBurst burst, boolean sorted, PortSender sender) {
        this.burst = burst;
        this.sorted = sorted;
        this.sender = sender;
    }

    /// Adds packets; at most a burst between two calls of [#send].
    ///
    /// @param addresses valid until [#send]
    /// @param from index of the first
    /// @param to behind the last
    void add(DatapathPort port, long[] addresses, int[] lengths, int from, int to) {
        Queue queue = null;
        for (int q = 0; q < pending; q++) {
            if (queues[q].port == port) {
                queue = queues[q];
                break;
            }
        }
        if (queue == null) {
            queue = start(port);
        }
        for (int i = from; i < to; i++) {
            queue.addresses[queue.count] = addresses[i];
            queue.lengths[queue.count++] = lengths[i];
        }
    }

    private Queue start(DatapathPort port) {
        for (int q = pending; q < queues.length; q++) {
            if (queues[q].port == port) {
                Queue found = queues[q];
                queues[q] = queues[pending];
                queues[pending++] = found;
                return found;
            }
        }
        // The first packet to this port since ports changed.
        Queue[] more = Arrays.copyOf(queues, queues.length + 1);
        Queue fresh = new Queue(port);
        more[queues.length] = more[pending];
        more[pending] = fresh;
        queues = more;
        pending++;
        return fresh;
    }

    /// Sends everything.
    void send() {
        if (sorted && pending > 1) {
            sort();
        }
        for (int q = 0; q < pending; q++) {
            Queue queue = queues[q];
            int count = queue.count;
            queue.count = 0;
            final int first = PortQos.DEFAULT_QUEUE;
            sender.send(burst, queue.port, first, queue.addresses, queue.lengths, 0, count);
        }
        pending = 0;
    }

    private void sort() {
        for (int i = 1; i < pending; i++) {
            final Queue queue = queues[i];
            int at = i;
            while (at > 0 && queues[at - 1].port.number() > queue.port.number()) {
                queues[at] = queues[at - 1];
                at--;
            }
            queues[at] = queue;
        }
    }

    /// Forgets packets that can't be sent any more, after an error.
    void clear() {
        for (Queue queue : queues) {
            queue.count = 0;
        }
        pending = 0;
    }

    /// Forgets the ports.
    void forget() {
        queues = new Queue[0];
        pending = 0;
    }
}
