package org.skyway.vswitch.datapath;

import org.skyway.vswitch.pipeline.DatapathAction;

/// Where poll threads hand packets for the controllers. Must neither block nor allocate when it is
/// full.
public interface PacketInSink {
    /// Offers a packet.
    ///
    /// @param packet its address
    /// @param length its length in bytes
    /// @param action why it goes there
    void offer(long packet, int length, DatapathAction.ToController action);
}
