package org.skyway.agent;

import java.util.List;

/// What an agent knows of a virtual machine, for people.
///
/// @param name the domain's name
/// @param state `running` or `paused`
/// @param ports its ports
/// @param devices the devices of links, with what is known of each
/// @param problems what is wrong with ports, a sentence each
public record VmReport(
        String name, String state, List<Port> ports, List<String> devices, List<String> problems) {
    /// A port of a virtual machine.
    ///
    /// @param name the port's name
    /// @param driver whether a driver is there
    public record Port(String name, boolean driver) {}
}
