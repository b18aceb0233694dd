package org.skyway.openflow.model;

/// A flow entry as it was installed, without its counters. Two rules are the same entry if table,
/// priority and match are.
///
/// @param table 0 to 254
/// @param priority 0 to 65535; the highest that matches wins
/// @param match which packets
/// @param instructions what is done with them
/// @param cookie the controller's
/// @param idleTimeout seconds without a packet after which it goes; 0 for never
/// @param hardTimeout seconds after which it goes; 0 for never
/// @param flags OFPFF_ bits
/// @param importance OpenFlow 1.4: the less important is evicted first
public record FlowRule(
        int table,
        int priority,
        Match match,
        Instructions instructions,
        long cookie,
        int idleTimeout,
        int hardTimeout,
        int flags,
        int importance) {
    /// OFPFF_SEND_FLOW_REM: tell the controllers when it goes.
    public static final int SEND_FLOW_REMOVED = 1;

    /// OFPFF_CHECK_OVERLAP: refuse it if another of the same priority could match the same packet.
    public static final int CHECK_OVERLAP = 2;

    /// OFPFF_RESET_COUNTS: set the counters of what is modified to zero.
    public static final int RESET_COUNTS = 4;

    /// OFPFF_NO_PKT_COUNTS: need not count packets.
    public static final int NO_PACKET_COUNTS = 8;

    /// OFPFF_NO_BYT_COUNTS: need not count bytes.
    public static final int NO_BYTE_COUNTS = 16;

    /// A rule with neither timeouts nor flags.
    ///
    /// @param table 0 to 254
    /// @param priority 0 to 65535
    /// @param match which packets
    /// @param instructions what is done with them
    public FlowRule(int table, int priority, Match match, Instructions instructions) {
        this(table, priority, match, instructions, 0, 0, 0, 0, 0);
    }
}
