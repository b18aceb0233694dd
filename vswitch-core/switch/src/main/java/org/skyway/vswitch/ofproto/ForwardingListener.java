package org.skyway.vswitch.ofproto;

import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.pipeline.DatapathAction;

/// What the OpenFlow side is told by the rest of the switch, as that is by [Forwarding]. Ofproto
/// thread.
public interface ForwardingListener {
    /// A port came, went, or is another one now, though not because of a controller.
    ///
    /// @param old as the tables had it; null if it came
    /// @param now as they have it; null if it went
    void portChanged(PortState old, PortState now);

    /// A packet is for the controllers.
    ///
    /// @param frame the packet, or its first bytes
    /// @param length how long it was on the wire
    /// @param action why it goes to the controllers
    void packetIn(byte[] frame, int length, DatapathAction.ToController action);

    /// A rule was learned from a packet, once more perhaps.
    ///
    /// @param learned the rule
    void learned(DatapathAction.Learned learned);
}
