/// The control side of OpenFlow: connections, flow tables, groups, meters, port descriptions,
/// statistics.
///
/// All of it runs on one thread, the *ofproto thread*, which is the event loop of the connections.
/// What changes is told to a [org.skyway.vswitch.ofproto.Forwarding], which makes it effective in
/// the datapath when it is told to settle.
package org.skyway.vswitch.ofproto;
