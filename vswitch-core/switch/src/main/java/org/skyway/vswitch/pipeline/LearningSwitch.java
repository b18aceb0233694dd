package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Owner;
import org.skyway.vswitch.tables.MacTable;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortVlans;

/// What an output to NORMAL does: as a learning switch.
final class LearningSwitch {
    private static final long LINK_PROTOCOLS = 0x0180c200000L; // addresses but for their last digit

    private final TaggedOutput output;
    private final NormalConfig config;
    private final long nowNanos;
    private MacTable.Entry source;
    private boolean learned;

    LearningSwitch(TaggedOutput output, NormalConfig config, long nowNanos) {
        this.output = output;
        this.config = config;
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
        long from = packet.key[ETH_SRC_VLAN] >>> 16;
        long to = packet.key[ETH_DST_TYPE] >>> 16;
        int own = packet.inPort();
        boolean sourced = own == OfPort.CONTROLLER || own == OfPort.ANY; // by a controller
        if (!sourced && !walk.tables.ports().containsKey(own)) {
            return; // actions wrote the number of no port, or it has just gone
        }
        int type = packet.etherType();
        if ((type == 0x8100 || type == 0x88a8) && !packet.hasVlan()) {
            return; // to Open vSwitch half a tag, though another may just have been taken off
        }
        if (config.isReserved(own)) {
            return; // actions wrote its number
        }
        PortVlans in = sourced ? PortVlans.TRUNK : config.port(own);
        Vlans received = packet.vlans();
        if (!in.admits(received.vlan())) {
            walk.note("a packet of VLAN %d may not come in here".formatted(received.vlan()));
            return;
        }
        if (!sourced && !config.forwardsBpdus() && isOfLinkProtocol(to)) {
            return; // a bridge neither forwards it nor learns from it
        }
        Vlans vlans = received.behind(in);
        MacTable.Entry known =
                config.flooded().contains(vlans.vlan())
                        ? null
                        : learn(walk, vlans.vlan(), from, to, sourced);
        if (known == null) {
            flood(walk, owner, vlans);
        } else if (known.port() != own && !config.isReserved(known.port())) {
            output.send(walk, owner, known.port(), vlans);
        }
    }

    // Returns where the packet goes; null if that is not known.
    private MacTable.Entry learn(Walk walk, int vlan, long from, long to, boolean sourced) {
        walk.looks.asked(MacTable.key(vlan, from));
        walk.looks.asked(MacTable.key(vlan, to));
        MacTable macs = walk.tables.macs();
        MacTable.Entry before = macs.find(vlan, to);
        if (!sourced) {
            learned |= macs.learn(vlan, from, walk.headers.inPort(), nowNanos);
            source = macs.find(vlan, from);
        }
        return walk.packetOut ? before : macs.find(vlan, to);
    }

    private void flood(Walk walk, Owner owner, Vlans vlans) {
        int own = walk.headers.inPort();
        for (PortState port : walk.tables.ports().values()) {
            int number = port.number();
            if (number != own
                    && (port.config() & PortState.NO_FLOOD) == 0
                    && config.port(number).carries(vlans.vlan(), vlans.innerVlan())
                    && !config.isReserved(number)) {
                output.send(walk, owner, number, vlans);
            }
        }
    }

    /// Whether an address is reserved for link protocols.
    static boolean isOfLinkProtocol(long mac) {
        return mac >>> 4 == LINK_PROTOCOLS;
    }
}
