package org.skyway.openflow.message;

import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;

/// A packet for the controllers.
///
/// @param data the packet, or its first bytes
/// @param totalLength how long the packet was
/// @param bufferId the buffer that holds all of it; -1 for none
/// @param reason OFPR_ code
/// @param table the table that it was in
/// @param cookie of the entry that sent it; all ones for none
/// @param metadata ingress port and whatever metadata is not zero
/// @param userdata what a `controller` action added; may be empty
/// @param continuation by which the switch knows what is left to do to a paused packet; 0 for none
/// @param format how it is told
public record PacketIn(
        Bytes data,
        int totalLength,
        int bufferId,
        int reason,
        int table,
        long cookie,
        Match metadata,
        Bytes userdata,
        long continuation,
        Format format)
        implements FromSwitch {
    /// How a packet-in is told. The ordinals are the codes of NXT_SET_PACKET_IN_FORMAT.
    public enum Format {
        /// OFPT_PACKET_IN of the connection's version.
        STANDARD,
        /// NXT_PACKET_IN.
        NXT_PACKET_IN,
        /// NXT_PACKET_IN2.
        NXT_PACKET_IN2
    }
}
