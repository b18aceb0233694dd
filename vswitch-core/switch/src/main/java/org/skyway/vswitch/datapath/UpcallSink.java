package org.skyway.vswitch.datapath;

import org.skyway.vswitch.pipeline.DatapathAction;

/// Where poll threads hand what is for the ofproto thread. Must neither block nor allocate when it
/// is full.
public interface UpcallSink {
    /// Offers a packet for the controllers.
    ///
    /// @param packet its address
    /// @param length its length in bytes
    /// @param action why it goes there
    void packetIn(long packet, int length, DatapathAction.ToController action);

    /// Offers a rule that was learned.
    ///
    /// @param learned the rule
    void learned(DatapathAction.Learned learned);
}
