/// Packets of a port for others to see: captured, or copied to another port.
package org.skyway.vswitch.observe;
