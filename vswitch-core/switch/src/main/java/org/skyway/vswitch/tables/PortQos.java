package org.skyway.vswitch.tables;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How much may be sent to a port, and its queues. What is more is dropped. Immutable.
///
/// @param type as a database names it
/// @param rate of all that is sent
/// @param uncounted bytes of each packet that do not count, from its beginning
/// @param queues by id, the default one among them; empty if the type has none
public record PortQos(String type, Rate rate, int uncounted, SortedMap<Integer, Queue> queues) {
    /// The queue of packets that were given none, or one that is not there.
    public static final int DEFAULT_QUEUE = 0;

    /// Keeps a copy.
    public PortQos {
        queues = Collections.unmodifiableSortedMap(new TreeMap<>(queues));
    }

    /// A rate.
    ///
    /// @param bitsPerSecond 0 for any
    /// @param burstBits how many bits may come at once after a pause; of no meaning without a rate
    public record Rate(long bitsPerSecond, long burstBits) {
        /// No limit.
        public static final Rate ANY = new Rate(0, 0);
    }

    /// A queue.
    ///
    /// @param least what it may always send, whatever others do
    /// @param most what it may send at most
    /// @param dscp what packets are marked with that were put into it; -1 for nothing
    public record Queue(Rate least, Rate most, int dscp) {
        /// One that nothing is said of.
        public static final Queue PLAIN = new Queue(Rate.ANY, Rate.ANY, -1);
    }

    /// The queue that packets go to.
    ///
    /// @param asked which was set, unsigned; -1 for none
    /// @return its id
    public int queueOf(long asked) {
        return asked > 0 && asked <= Integer.MAX_VALUE && queues.containsKey((int) asked)
                ? (int) asked
                : DEFAULT_QUEUE;
    }

    /// What packets are marked with. Those of the default queue only if it was asked for.
    ///
    /// @param asked as of [#queueOf]
    /// @return -1 for nothing
    public int dscpOf(long asked) {
        Queue queue = asked < 0 || asked > Integer.MAX_VALUE ? null : queues.get((int) asked);
        return queue == null ? -1 : queue.dscp();
    }
}
