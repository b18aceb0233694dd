package org.skyway.vswitch.ofproto;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;

/// Checks and sends packet-outs. Ofproto thread only.
final class PacketOuts {
    private PacketOuts() {}

    /// Sends a packet.
    ///
    /// @throws OpenFlowException if its actions can't be
    static void send(Bridge bridge, PacketOut m, Version version) {
        check(bridge, m, version);
        bridge.settle();
        int inPort = (int) m.metadata().valueOf(Field.IN_PORT);
        bridge.forwarding().packetOut(m.data().toArray(), inPort, m.actions());
    }

    static void check(Bridge bridge, PacketOut m, Version version) {
        if (m.bufferId() != -1) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BUFFER_UNKNOWN, "nothing is buffered here");
        }
        byte[] frame = m.data().toArray();
        Match headers = bridge.config().headers().apply(frame, m.metadata());
        ActionCheck.check(version, headers, m.actions());
        bridge.flows().checkReferences(m.actions());
    }
}
