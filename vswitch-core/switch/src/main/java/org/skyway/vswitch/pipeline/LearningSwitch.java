package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Interpreter;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Packet;
import org.skyway.vswitch.tables.MacTable;

/// What an output to NORMAL does: as a learning switch.
final class LearningSwitch {
    private final Interpreter<Walk> interpreter;
    private final long nowNanos;
    private MacTable.Entry source;
    private boolean learned;

    LearningSwitch(Interpreter<Walk> interpreter, long nowNanos) {
        this.interpreter = interpreter;
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

    /// Sends a packet on. A controller's is learned from only when it is on its way.
    void forward(Walk walk, Owner owner) {
        PipelinePacket packet = walk.headers;
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
        if (!sourced && !walk.tables.ports().containsKey(own)) {
            return; // actions wrote the number of no port, or it has just gone
        }
        int type = packet.etherType();
        if ((type == 0x8100 || type == 0x88a8) && !packet.hasVlan()) {
            return; // to Open vSwitch half a tag, though another may just have been taken off
        }
        walk.looks.asked(MacTable.key(vlan, from));
        walk.looks.asked(MacTable.key(vlan, to));
        MacTable macs = walk.tables.macs();
        MacTable.Entry before = macs.find(vlan, to);
        if (!sourced) {
            learned |= macs.learn(vlan, from, own, nowNanos);
            source = macs.find(vlan, from);
        }
        MacTable.Entry known = walk.packetOut ? before : macs.find(vlan, to);
        // Tags that say nothing are not passed on, as by Open vSwitch's `priority-tags=no`.
        Packet.Saved tagged = packet.hasEmptyTags() ? walk.save(false) : null;
        if (tagged != null) {
            packet.dropEmptyTags();
        }
        if (known == null) {
            interpreter.flood(walk, owner, PortState.NO_FLOOD, null);
        } else if (known.port() != own) {
            interpreter.send(walk, owner, known.port(), null);
        }
        if (tagged != null) {
            walk.restore(tagged, false);
        }
    }
}
