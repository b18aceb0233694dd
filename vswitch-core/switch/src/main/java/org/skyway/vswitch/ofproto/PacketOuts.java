package org.skyway.vswitch.ofproto;

import java.util.Arrays;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;

/// Checks and sends packet-outs. Ofproto thread only.
final class PacketOuts {
    private static final int ETHERNET_HEADER = 14;

    private PacketOuts() {}

    /// Sends a packet.
    ///
    /// @throws OpenFlowException if its actions can't be
    static void send(OfSwitch bridge, PacketOut m, Version version) {
        check(bridge, m, version);
        if (!transmit(bridge, m)) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_UNKNOWN,
                    "the tables call each other without end, or there are too many labels");
        }
    }

    /// Sends a packet that was checked.
    ///
    /// @return whether its actions could be done
    static boolean transmit(OfSwitch bridge, PacketOut m) {
        bridge.settle();
        int inPort = (int) m.metadata().valueOf(Field.IN_PORT);
        return bridge.forwarding().packetOut(m.data().toArray(), inPort, m.actions());
    }

    static void check(OfSwitch bridge, PacketOut m, Version version) {
        if (m.bufferId() != -1) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BUFFER_UNKNOWN, "nothing is buffered here");
        }
        ActionCheck.check(version, headers(m), m.actions());
        bridge.flows().checkReferences(m.actions());
    }

    /// Everything that is known of the packet, as a match.
    private static Match headers(PacketOut m) {
        byte[] frame = m.data().toArray();
        long[] key =
                frame.length < ETHERNET_HEADER
                        ? new long[FlowKey.WORDS]
                        : FrameParser.parse(frame, 0);
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] |= m.metadata().value(w);
        }
        long[] all = new long[FlowKey.WORDS];
        Arrays.fill(all, -1);
        return Match.of(key, all);
    }
}
