/// A dpdkr port as a VNF sees it: bursts in, bursts out.
///
/// [org.skyway.pmd.port.PmdPort] is the whole of it for a program. Behind it, a `Sender` follows
/// the transmit commands of the control block and a `Receiver` the marks in the rings, and together
/// they keep the order of packets while a link is taken and given back. Both belong to the one
/// thread that polls the port; the control thread hands its changes over through a `Handover`.
package org.skyway.pmd.port;
