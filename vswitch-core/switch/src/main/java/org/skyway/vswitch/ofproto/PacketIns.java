package org.skyway.vswitch.ofproto;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.pipeline.DatapathAction;

/// Packets for the controllers: what they are told of them, and when those are looked at again that
/// have to wait. Ofproto thread only.
final class PacketIns {
    /// How often packets that wait are looked at.
    private static final long DRAIN_MILLIS = 10;

    private static final List<Field> PIPELINE = pipelineFields();

    private final OfSwitch bridge;
    private final EventLoop loop;
    private boolean drains; // packets that wait, soon

    PacketIns(OfSwitch bridge, EventLoop loop) {
        this.bridge = bridge;
        this.loop = loop;
    }

    /// Sends a packet to the controllers that want it.
    ///
    /// @param frame the packet, or its first bytes
    /// @param length how long it was
    /// @param why what sent it
    void send(byte[] frame, int length, DatapathAction.ToController why) {
        PacketIn message =
                new PacketIn(
                        Bytes.of(frame),
                        length,
                        -1,
                        why.reason(),
                        why.table(),
                        why.cookie(),
                        metadata(why.inPort(), why.metadata()),
                        why.userdata(),
                        why.rest() == null ? 0 : bridge.paused().keep(why.rest()),
                        PacketIn.Format.STANDARD);
        if (bridge.connections().packetIn(why.controllerId(), why.reason(), message)) {
            drainSoon();
        }
    }

    private void drainSoon() {
        if (!drains) {
            drains = true;
            loop.schedule(
                    () ->
                            bridge.faults()
                                    .survive(
                                            "ofproto thread: packets for controllers", this::drain),
                    DRAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void drain() {
        drains = false;
        if (bridge.connections().drain(System.nanoTime())) {
            drainSoon();
        }
    }

    /// A packet-in of a packet that seems to have come from the bridge's own port and met no entry.
    static PacketIn missOfLocal(byte[] frame) {
        return new PacketIn(
                Bytes.of(frame),
                frame.length,
                -1,
                AsyncDefaults.NO_MATCH,
                0,
                -1,
                metadata(OfPort.LOCAL),
                Bytes.EMPTY,
                0,
                PacketIn.Format.STANDARD);
    }

    /// The ingress port and all pipeline fields that are not zero.
    ///
    /// @param pipelineWords the flow key from [FlowKey#PACKET_WORDS] up; the rest is zero
    private static Match metadata(int inPort, long... pipelineWords) {
        long[] key = new long[FlowKey.WORDS];
        System.arraycopy(pipelineWords, 0, key, FlowKey.PACKET_WORDS, pipelineWords.length);
        Match.Builder m = Match.builder();
        m.exact(Field.IN_PORT, inPort & 0xffffffffL);
        for (Field f : PIPELINE) {
            long low = f.get(key);
            long high = f.getHigh(key);
            if (f.wide() && (low | high) != 0) {
                m.masked(f, high, low, -1, -1);
            } else if (!f.wide() && low != 0) {
                m.masked(f, low, f.maskedByItself() ? low : f.ones());
            }
        }
        return m.build();
    }

    private static List<Field> pipelineFields() {
        List<Field> fields = new ArrayList<>();
        for (Field f : Field.values()) {
            boolean told = f != Field.ACTSET_OUTPUT && f != Field.CONJ_ID;
            if (f.word() >= FlowKey.PACKET_WORDS && !f.isAlias() && told) {
                fields.add(f);
            }
        }
        return List.copyOf(fields);
    }
}
