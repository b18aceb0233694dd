package org.skyway.vswitch.counters;

/// How far a ring was read or written by a process that was killed before it had shown that.
///
/// @param region id of the ring's region
/// @param written whether it was written, and not read
/// @param cursor how far
public record RingCursor(long region, boolean written, long cursor) {}
