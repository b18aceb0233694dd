package org.skyway.vswitch.tables;

/// What a sender counted on a bypass channel since the link's epoch: the part of a flow entry's and
/// a port's traffic that the switch did not see. Read on the ofproto thread.
public interface BypassCounters {
    /// Packets sent.
    ///
    /// @return never less than at an earlier call
    long packets();

    /// Bytes sent.
    ///
    /// @return never less than at an earlier call
    long bytes();

    /// When a packet was last seen to have been sent.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none was
    long lastUsedNanos();
}
