package org.skyway.vswitch.ofproto;

/// How a bridge treats a controller, or whoever connects to a listener (`ovs-vswitchd.conf.db(5)`,
/// table Controller).
///
/// @param probeSeconds how long a connection may be silent before it is probed; 0 for never
/// @param maxBackoffSeconds the longest pause between attempts to connect
/// @param packetInRate how many packets of each kind it is sent a second; 0 for any number
/// @param packetInBurst how many may wait, and how many are sent at once after a pause, up to
///   32,768; 0 for a quarter of the rate
/// @param packetInsUnread how many it may leave unread, then more are dropped; 0 for as many as
///   there is room for
/// @param async whether it is told what it does not ask for before it says what it wants
public record ControllerSettings(
        int probeSeconds,
        int maxBackoffSeconds,
        int packetInRate,
        int packetInBurst,
        int packetInsUnread,
        boolean async) {
    /// Each packet that waits takes memory.
    private static final int MOST_WAITING = 1 << 15;

    /// Times, and no limits.
    ///
    /// @param probeSeconds how long a connection may be silent before it is probed; 0 for never
    /// @param maxBackoffSeconds the longest pause between attempts to connect
    public ControllerSettings(int probeSeconds, int maxBackoffSeconds) {
        this(probeSeconds, maxBackoffSeconds, 0, 0, 0, true);
    }

    /// How many packets may wait.
    int burst() {
        return packetInBurst == 0
                ? Math.clamp(packetInRate / 4, 1, MOST_WAITING)
                : Math.min(packetInBurst, MOST_WAITING);
    }
}
