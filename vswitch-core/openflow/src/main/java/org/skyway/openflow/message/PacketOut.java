package org.skyway.openflow.message;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;

/// A packet to be sent.
///
/// @param bufferId the buffered packet to send; -1 for the one in `data`
/// @param metadata ingress port it claims and, in OpenFlow 1.5, further pipeline fields
/// @param actions what to do with it
/// @param data the packet
public record PacketOut(int bufferId, Match metadata, List<Action> actions, Bytes data)
        implements Message {
    /// Copies the lists.
    public PacketOut {
        actions = List.copyOf(actions);
    }
}
