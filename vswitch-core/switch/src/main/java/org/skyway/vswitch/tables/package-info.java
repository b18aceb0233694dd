/// What the switch forwards by: flow entries, groups, meters, ports and learned addresses, with
/// what they count. The ofproto thread writes it, poll threads read versions of it; it knows
/// neither the protocol that changes it nor the pipeline that reads it.
package org.skyway.vswitch.tables;
