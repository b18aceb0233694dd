package org.skyway.vswitch.link;

/// The life of a link. Allowed steps, and who takes them (always on the ofproto thread):
///
/// - DETECTED → PLUGGING: both VNFs are there and the channel has been asked for.
/// - PLUGGING → READY: both drivers have mapped the region.
/// - READY → ACTIVE: the sender has obeyed the command to use the bypass.
/// - READY → REVOKING: revoked after the command was given but before it was seen to be obeyed; it
///   may be obeyed at any moment, so it must be taken back like an active one.
/// - ACTIVE → REVOKING: the rules changed, or one of the VNFs is gone.
/// - REVOKING → READY: the receiver has read the bypass to its END mark. Straight to ACTIVE is
///   forbidden: the receiver would find a new epoch in a ring whose old one it has not finished.
/// - READY, DETECTED, FAILED → UNPLUGGING: not wanted any more.
/// - any → FAILED: something went wrong; traffic is on the normal channel, and after a while it is
///   tried again from DETECTED.
/// - UNPLUGGING → GONE: no VNF can touch the region any more.
public enum LinkState {
    /// The rules make it a link; nothing has been done yet.
    DETECTED,
    /// The region is being made and plugged into both VNFs.
    PLUGGING,
    /// Plugged; the sender uses the normal channel.
    READY,
    /// The sender uses the bypass.
    ACTIVE,
    /// The sender has been told to use the normal channel; the receiver may still be reading the
    /// bypass.
    REVOKING,
    /// The region is being taken out of both VNFs.
    UNPLUGGING,
    /// It is no more.
    GONE,
    /// It could not be set up or broke; the reason is on record.
    FAILED;

    /// Whether a step is allowed.
    ///
    /// @param next where to
    /// @return true if the list above has it
    public boolean mayBecome(LinkState next) {
        return switch (next) {
            case DETECTED -> this == FAILED || this == UNPLUGGING;
            case PLUGGING -> this == DETECTED;
            case READY -> this == PLUGGING || this == REVOKING;
            case ACTIVE -> this == READY;
            case REVOKING -> this == READY || this == ACTIVE;
            case UNPLUGGING ->
                    this == READY || this == DETECTED || this == FAILED || this == PLUGGING;
            case GONE -> this == UNPLUGGING;
            case FAILED -> this != GONE && this != UNPLUGGING;
        };
    }
}
