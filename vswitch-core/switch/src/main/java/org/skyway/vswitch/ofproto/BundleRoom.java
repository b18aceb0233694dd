package org.skyway.vswitch.ofproto;

import java.util.function.LongSupplier;

/// How much the bundles of all connections may hold together. What is thrown away need not be told:
/// what is held is summed up anew when it seems too much. Ofproto thread only.
final class BundleRoom {
    /// What the objects of a decoded message take, for each of its bytes on the wire and besides.
    private static final int FOR_EACH_BYTE = 4;

    private static final int BESIDES = 400;

    private final long mostBytes;
    private final LongSupplier heldBytes;
    private long seeming; // at least what is held

    /// @param mostBytes how much
    /// @param heldBytes sums up what is held
    BundleRoom(long mostBytes, LongSupplier heldBytes) {
        this.mostBytes = mostBytes;
        this.heldBytes = heldBytes;
    }

    /// What a message takes while it is in a bundle, about.
    ///
    /// @param wireBytes how long it is as it came
    /// @return bytes
    static long bytesOf(int wireBytes) {
        return (long) FOR_EACH_BYTE * wireBytes + BESIDES;
    }

    /// Asks for room.
    ///
    /// @param bytes how much more is to be held
    /// @return false if there is none
    boolean take(long bytes) {
        if (seeming + bytes > mostBytes) {
            seeming = heldBytes.getAsLong();
        }
        if (seeming + bytes > mostBytes) {
            return false;
        }
        seeming += bytes;
        return true;
    }
}
