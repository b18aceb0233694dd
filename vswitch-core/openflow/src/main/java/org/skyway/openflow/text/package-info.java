/// Flows, groups and packets as `ovs-ofctl` writes them: parsers and printers.
///
/// [FlowText] and [GroupText] are the entrances. What is printed can be parsed again.
///
/// Sources: Open vSwitch's `ovs-fields(7)`, `ovs-actions(7)` and `ovs-ofctl(8)`, "Flow Syntax" and
/// "Group Syntax".
package org.skyway.openflow.text;
