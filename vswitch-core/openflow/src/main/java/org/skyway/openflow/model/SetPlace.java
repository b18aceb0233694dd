package org.skyway.openflow.model;

/// Where an action stands in an action set: what comes first here is done first.
public enum SetPlace {
    /// It can't be in one.
    REFUSED,
    /// It may be in one, but nothing is done.
    UNDONE,
    /// Takes a VLAN tag off; as of the next ones, the last that was written counts.
    POP_TAG,
    /// Takes an MPLS label off.
    POP_LABEL,
    /// Puts an MPLS label on.
    PUSH_LABEL,
    /// Puts a VLAN tag on.
    PUSH_TAG,
    /// Lowers the TTL of an IP header.
    LOWER_IP,
    /// Lowers the TTL of a label.
    LOWER_LABEL,
    /// Lowers the TTL of a network service header.
    LOWER_NSH,
    /// Writes: all of these are done, in the order in which they were written.
    WRITE,
    /// Calls a table; of this and the next ones, only one ends the set, the last here that there
    /// is.
    CALL,
    /// Sends to a port.
    SEND,
    /// Hands to a group.
    HAND
}
