/// Poll threads that move packets in bursts of 32 between ports.
///
/// A packet is looked up in up to four places, each dearer than the one before: the port's only
/// megaflow, if what the pipeline does with this port's packets depends on nothing but the port;
/// the exact-match cache; the megaflows; and the pipeline itself
/// ([org.skyway.vswitch.pipeline.Translation]), whose answer becomes a megaflow. A packet whose
/// headers are looked at is first copied out of the shared ring, so that its sender can't change it
/// between look-up and forwarding; one whose headers don't matter goes straight from ring to ring.
///
/// Nothing here allocates, locks, or logs for a packet of a known flow.
package org.skyway.vswitch.datapath;
