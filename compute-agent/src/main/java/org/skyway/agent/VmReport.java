package org.skyway.agent;

import java.util.List;

/// What an agent knows of a virtual machine, for people.
///
/// @param name the domain's name
/// @param state `running` or `paused`
/// @param ports its ports
/// @param devices what is wrong with ports, and the devices of links, with what is known of each
public record VmReport(String name, String state, List<Port> ports, List<String> devices) {
    /// A port of a virtual machine.
    ///
    /// @param name the port's name
    /// @param driver whether a driver is there
    public record Port(String name, boolean driver) {}
}
