package org.skyway.ivshmem.sys;

/// What the kernel has told of an interface: how it was at that moment, which may be over.
///
/// @param ifindex which one, in its network namespace
/// @param state how it was; [InterfaceState#GONE] if it went away or to another namespace
/// @param mac its 48 bits, the first byte uppermost; 0 if they were not told
public record InterfaceChange(int ifindex, InterfaceState state, long mac) {}
