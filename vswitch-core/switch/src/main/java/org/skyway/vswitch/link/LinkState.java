package org.skyway.vswitch.link;

/// Where a link is in its life, as users are told. How it gets from one to the next is in
/// [LinkMachine], which knows more states than these.
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
    FAILED
}
