/// The switch's ports: dpdkr ports, which a VNF shares by memory; netdev ports, which are Linux
/// interfaces; and ports of stock VNFs ([org.skyway.vswitch.port.StockPort]), with the thread of
/// their sockets ([org.skyway.vswitch.port.PortSockets]).
package org.skyway.vswitch.port;
