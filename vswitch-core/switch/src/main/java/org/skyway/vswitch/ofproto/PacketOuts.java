package org.skyway.vswitch.ofproto;

import java.util.Arrays;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;

/// Checks and sends packet-outs. Ofproto thread only.
final class PacketOuts {
    private PacketOuts() {}

    /// Sends a packet.
    ///
    /// @throws OpenFlowException if its actions can't be
    static void send(OfSwitch bridge, PacketOut m, Version version) {
        check(m, version);
        bridge.settle();
        prepare(bridge, m).run();
    }

    /// Looks whether the message makes sense by itself.
    ///
    /// @throws OpenFlowException if it does not
    static void check(PacketOut m, Version version) {
        if (m.bufferId() != -1) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BUFFER_UNKNOWN, "nothing is buffered here");
        }
        checkLength(m.data(), version);
        ActionCheck.check(version, headers(m), m.actions());
    }

    /// Looks whether a packet fits where packets go.
    ///
    /// @throws OpenFlowException if it is longer than the longest frame
    static void checkLength(Bytes packet, Version version) {
        if (packet.length() > RegionHeader.MAX_FRAME) {
            throw new OpenFlowException(
                    version.atLeast(Version.OF13)
                            ? ErrorCode.OFPBRC_BAD_PACKET
                            : ErrorCode.OFPBRC_BAD_LEN,
                    "a packet of %d bytes can't be sent; the longest frame has %d"
                            .formatted(packet.length(), RegionHeader.MAX_FRAME));
        }
    }

    /// Finds out what the actions do now. Nothing has happened until what comes back is run.
    ///
    /// @throws OpenFlowException if they can't be done
    static Runnable prepare(OfSwitch bridge, PacketOut m) {
        bridge.flows().checkReferences(m.actions());
        return possible(
                bridge.forwarding().packetOut(m.data().toArray(), m.metadata(), m.actions()));
    }

    /// What is to be done, unless there is no end of it.
    ///
    /// @param sending null if the pipeline gave up
    /// @throws OpenFlowException if it did
    static Runnable possible(Runnable sending) {
        if (sending == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_UNKNOWN,
                    "the tables call each other without end, or there are too many labels");
        }
        return sending;
    }

    /// Everything that is known of the packet, as a match.
    private static Match headers(PacketOut m) {
        long[] key = FrameParser.parse(m.data().toArray(), 0);
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] |= m.metadata().value(w);
        }
        long[] all = new long[FlowKey.WORDS];
        Arrays.fill(all, -1);
        return Match.of(key, all);
    }
}
