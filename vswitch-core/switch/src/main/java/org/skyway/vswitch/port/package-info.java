/// The switch's ports: dpdkr ports, which a VNF shares by memory, and netdev ports, which are Linux
/// interfaces.
package org.skyway.vswitch.port;
