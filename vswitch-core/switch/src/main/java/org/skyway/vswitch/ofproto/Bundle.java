package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.Envelope;

/// A bundle that a controller fills. Ofproto thread only.
final class Bundle {
    /// A message of a bundle, decoded when it was added.
    ///
    /// @param envelope what it says
    /// @param frame its bytes, for errors
    record Item(Envelope envelope, byte[] frame) {}

    final int flags;
    final List<Item> items = new ArrayList<>();
    boolean closed;

    Bundle(int flags) {
        this.flags = flags;
    }
}
