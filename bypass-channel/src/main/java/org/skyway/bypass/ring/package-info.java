/// The packet ring: single-producer, single-consumer, in shared memory, with records for packets
/// and for switch-over marks.
///
/// Each end is a class of its own, so a process can do only what it may. Both keep their own cursor
/// in a field and treat everything that the other side wrote as untrusted: read once, checked, then
/// used. A value that can't be right makes the end *faulty*: it moves nothing more and says why,
/// and its owner closes the channel. See [org.skyway.bypass.ring.RingLayout] for the bytes.
package org.skyway.bypass.ring;
