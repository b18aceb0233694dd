package org.skyway.vswitch.datapath;

/// Where the switch-over marks of one epoch of a link go: they follow the packets. The switch makes
/// them anew from this, so a sender can neither name another receiver nor another slot.
///
/// @param epoch the epoch
/// @param target the receiver's port
/// @param slot the link's slot there
public record MarkRoute(int epoch, DatapathPort target, int slot) {}
