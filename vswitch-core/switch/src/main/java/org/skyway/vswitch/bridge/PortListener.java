package org.skyway.vswitch.bridge;

import org.skyway.openflow.model.PortState;

/// Who is told of ports: the OpenFlow side. Called on the ofproto thread.
@FunctionalInterface
public interface PortListener {
    /// A port came, went, or is another one now, though not because of a controller.
    ///
    /// @param old as the tables had it; null if it came
    /// @param now as they have it; null if it went
    void portChanged(PortState old, PortState now);
}
