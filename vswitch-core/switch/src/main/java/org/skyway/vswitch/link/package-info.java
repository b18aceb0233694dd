/// Turns detected point-to-point links into bypass channels, and back.
///
/// Everything runs on the ofproto thread, the one owner of every state. A
/// [org.skyway.vswitch.link.Link] is one direction; the two directions between a pair of ports
/// share a [org.skyway.vswitch.link.Channel], the link region that is plugged into both VNFs. A
/// channel outlives its links by a few seconds, so rules that flap do not plug and unplug in a
/// storm.
package org.skyway.vswitch.link;
