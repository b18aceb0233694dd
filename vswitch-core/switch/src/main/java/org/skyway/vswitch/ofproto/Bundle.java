package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.Envelope;

/// A bundle that a controller fills. Ofproto thread only.
final class Bundle {
    /// A message of a bundle, decoded when it was added.
    ///
    /// @param envelope what it says
    /// @param frame the whole message that added it, for errors
    record Item(Envelope envelope, byte[] frame) {}

    final int flags;
    final byte[] opening;
    final List<Item> items = new ArrayList<>();
    boolean closed;
    long usedNanos = System.nanoTime();
    long bytes; // that the items take, about

    /// @param opening the message that made it, for errors
    Bundle(int flags, byte[] opening) {
        this.flags = flags;
        this.opening = opening;
    }
}
