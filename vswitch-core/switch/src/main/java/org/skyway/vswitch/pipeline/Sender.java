package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;
import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.Arrays;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.MacTable;
import org.skyway.vswitch.tables.Snapshot;

/// How packets leave a pipeline: to ports, by the learning switch, to the controllers.
final class Sender {
    private final Snapshot tables;
    private final PipelinePacket packet;
    private final Steps out;
    private final Looks looks;
    private final long nowNanos;
    private MacTable.Entry source;
    private boolean learned;

    Sender(Snapshot tables, PipelinePacket packet, Steps out, Looks looks, long nowNanos) {
        this.looks = looks;
        this.tables = tables;
        this.packet = packet;
        this.out = out;
        this.nowNanos = nowNanos;
    }

    /// The learned address that the packet refreshes, or null.
    MacTable.Entry source() {
        return source;
    }

    /// Whether an address was learned.
    boolean learned() {
        return learned;
    }

    /// Sends a packet to a port, if that takes any.
    void send(int number) {
        PortState port = tables.ports().get(number);
        // A port without a link is sent to all the same: it counts what it has to drop. So does the
        // host's, which is down from the start.
        int down = number == OfPort.LOCAL ? 0 : PortState.PORT_DOWN;
        int closed = down | PortState.NO_FWD;
        if (port != null && (port.config() & closed) == 0) {
            packet.commit();
            out.add(new DatapathAction.Output(number));
        }
    }

    /// Sends the beginning of a packet to a port, if that takes any; else what is sent next is cut
    /// short, as by Open vSwitch.
    ///
    /// @param maxLength bytes; unsigned
    void send(int number, int maxLength) {
        if (tables.ports().containsKey(number)) {
            out.add(new DatapathAction.Truncate(maxLength));
            send(number);
        }
    }

    /// Sends a packet to all ports but its own.
    ///
    /// @param respectNoFlood whether ports may be exempt
    void flood(boolean respectNoFlood) {
        for (PortState port : tables.ports().values()) {
            boolean exempt = respectNoFlood && (port.config() & PortState.NO_FLOOD) != 0;
            if (port.number() != packet.inPort() && !exempt) {
                send(port.number());
            }
        }
    }

    /// Does as a learning switch does.
    ///
    /// @param packetOut whether the packet is a controller's: it is learned from only when it is on
    ///   its way
    void normal(boolean packetOut) {
        packet.examined[ETH_DST_TYPE] |= Field.ETH_DST.ones() << 16;
        packet.examined[ETH_SRC_VLAN] |= -1L;
        int vlan = packet.vlanTci() & 0xfff;
        long from = packet.key[ETH_SRC_VLAN] >>> 16;
        long to = packet.key[ETH_DST_TYPE] >>> 16;
        if (to >>> 4 == 0x0180c200000L) {
            return; // reserved for link protocols: a bridge neither forwards it nor learns from it
        }
        int own = packet.inPort();
        boolean sourced = own == OfPort.CONTROLLER || own == OfPort.ANY; // by a controller
        if (!sourced && !tables.ports().containsKey(own)) {
            return; // actions wrote the number of no port, or it has just gone
        }
        int type = packet.etherType();
        if ((type == 0x8100 || type == 0x88a8) && !packet.hasVlan()) {
            return; // to Open vSwitch half a tag, though another may just have been taken off
        }
        looks.asked(MacTable.key(vlan, from));
        looks.asked(MacTable.key(vlan, to));
        MacTable.Entry before = tables.macs().find(vlan, to);
        if (!sourced) {
            learned |= tables.macs().learn(vlan, from, packet.inPort(), nowNanos);
            source = tables.macs().find(vlan, from);
        }
        MacTable.Entry known = packetOut ? before : tables.macs().find(vlan, to);
        // Tags that say nothing are not passed on, as by Open vSwitch's `priority-tags=no`.
        boolean emptyTags = packet.hasEmptyTags();
        PipelinePacket.Saved saved = emptyTags ? packet.save() : null;
        Copy copy = emptyTags ? Copy.begin(out) : null;
        if (emptyTags) {
            packet.dropEmptyTags();
        }
        if (known == null) {
            flood(true);
        } else if (known.port() != packet.inPort()) {
            send(known.port());
        }
        if (emptyTags) {
            copy.end();
            packet.restore(saved);
        }
    }

    /// Sends a copy to the controllers.
    ///
    /// @param always even if the port it came from is not to cause any
    /// @param rest what is left to do when a controller resumes it; null if it goes on by itself
    void toController(
            int maxLength,
            int reason,
            boolean always,
            int table,
            long cookie,
            int controllerId,
            Bytes userdata,
            Frozen rest) {
        packet.commit();
        PortState port = tables.ports().get(packet.inPort());
        boolean unwanted = port != null && (port.config() & PortState.NO_PACKET_IN) != 0;
        if (unwanted && !always) {
            return;
        }
        out.add(
                new DatapathAction.ToController(
                        maxLength,
                        reason,
                        table,
                        cookie,
                        controllerId,
                        userdata,
                        packet.inPort(),
                        Arrays.copyOfRange(packet.key, PACKET_WORDS, WORDS),
                        rest));
    }
}
