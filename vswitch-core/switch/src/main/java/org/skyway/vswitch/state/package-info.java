/// What a switch knows, kept in a directory: for the switch that comes after it, also when it was
/// killed.
///
/// A [StateQueue] has a thread of its own that writes changes to a Chronicle Queue; counters lie in
/// a file that is mapped ([org.skyway.vswitch.counters.CounterMemory]). Both are begun anew by each
/// switch, and what was there before is removed when the new has all of it.
package org.skyway.vswitch.state;
