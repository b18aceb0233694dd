/// The control messages between switch, agent and poll mode driver: one JSON record a line, over a
/// UNIX socket (processes) or a virtio-serial port (virtual machines, port name
/// `org.skyway.pmd.0`).
package org.skyway.bypass.control;
