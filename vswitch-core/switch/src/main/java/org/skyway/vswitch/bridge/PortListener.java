package org.skyway.vswitch.bridge;

import org.skyway.openflow.model.PortState;

/// Who is told of ports: the OpenFlow side. Called on the ofproto thread.
public interface PortListener {
    /// A port was added.
    ///
    /// @param port the new port
    void portAdded(PortState port);

    /// A port was removed.
    ///
    /// @param number its number
    void portRemoved(int number);

    /// A port's state, and not its configuration, changed.
    ///
    /// @param port as it is now
    void portStateChanged(PortState port);
}
