/// What one thread hands another, run by jcstress: outcomes that must not be are forbidden. Each
/// test works with the classes that the switch and the drivers use.
///
/// The package `broken` has the same hand-overs with a mode taken away; there the forbidden must be
/// found, or the tests here could not be trusted. On x86 the processor keeps the order of loads and
/// of stores, so only a compiler can break such a hand-over, and it leaves accesses to memory that
/// is not its heap where they are: the broken ones are on the heap, and of the ring and the control
/// block a test of bypass-channel looks at the modes themselves.
package org.skyway.experiments.jcstress;
