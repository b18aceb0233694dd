/// What an OpenFlow pipeline does to a packet, said once (OpenFlow 1.3.5, "Pipeline Processing";
/// Open vSwitch for what that leaves open).
///
/// An [org.skyway.pipeline.Interpreter] works off a list of what is still to be done
/// ([org.skyway.pipeline.Todo]) to a [org.skyway.pipeline.Packet]. What a packet is, is for a
/// [org.skyway.pipeline.Domain] to say. The switch has one packet: a look-up answers with the one
/// entry that it hits, and notes which bits it looked at. The detector of point-to-point links has
/// all packets of a port at once: a look-up answers with every entry that some of them can hit,
/// each time with those that do, and the list of what is to be done is shared by the ways that
/// fork.
///
/// The list is never changed, only taken from and put before. So no rule makes a Java stack deeper,
/// a way that forks costs nothing but its packet, and what is left to do when a packet has to be
/// read anew (Open vSwitch's recirculation) is the rest of the list.
package org.skyway.pipeline;
