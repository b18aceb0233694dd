package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;

import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Owner;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.MacTable;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortVlans;

/// What an output to NORMAL does: as a learning switch.
final class LearningSwitch {
    private static final long LINK_PROTOCOLS = 0x0180c200000L; // addresses but for their last digit

    private static final int ARP = 0x0806;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;

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
        Bond bond = sourced ? null : config.bonds().get(own);
        if (bond != null && !admits(walk, bond, vlans.vlan())) {
            return;
        }
        MacTable.Entry known =
                config.flooded().contains(vlans.vlan())
                        ? null
                        : learn(walk, vlans.vlan(), from, to, sourced);
        if (known == null) {
            flood(walk, owner, vlans);
        } else if (known.port() != config.place(own) && !config.isReserved(known.port())) {
            output.send(walk, owner, known.port(), vlans);
        }
    }

    // What one member sends may come back by another.
    private boolean admits(Walk walk, Bond bond, int vlan) {
        PipelinePacket packet = walk.headers;
        Bond.Verdict verdict = bond.verdict(packet.inPort(), packet.key[ETH_DST_TYPE] >>> 16);
        if (verdict == Bond.Verdict.DROP) {
            walk.note("bond %s takes no such packet here".formatted(bond.name()));
            return false;
        }
        if (verdict == Bond.Verdict.ACCEPT) {
            return true;
        }
        long from = packet.key[ETH_SRC_VLAN] >>> 16;
        walk.looks.asked(MacTable.key(vlan, from));
        MacTable.Entry sender = walk.tables.macs().find(vlan, from);
        boolean moved =
                sender != null
                        && sender.port() != bond.id()
                        && (!announcesItself(packet) || sender.isHeld(nowNanos));
        if (moved) {
            walk.note("bond %s has sent this packet itself".formatted(bond.name()));
        }
        return !moved;
    }

    // Returns where the packet goes; null if that is not known.
    private MacTable.Entry learn(Walk walk, int vlan, long from, long to, boolean sourced) {
        walk.looks.asked(MacTable.key(vlan, from));
        walk.looks.asked(MacTable.key(vlan, to));
        MacTable macs = walk.tables.macs();
        MacTable.Entry before = macs.find(vlan, to);
        if (!sourced) {
            learnSource(walk, vlan, from);
        }
        return walk.packetOut ? before : macs.find(vlan, to);
    }

    // Tells everybody where it is: by a reply that nobody asked for, or by asking for itself.
    private static boolean announcesItself(PipelinePacket packet) {
        packet.examined[ETH_DST_TYPE] |= -1L;
        if (packet.etherType() != ARP || packet.key[ETH_DST_TYPE] >>> 16 != Field.ETH_DST.ones()) {
            return false;
        }
        packet.examine(Field.ARP_OP);
        long op = Field.ARP_OP.get(packet.key);
        if (op == ARP_REQUEST) {
            packet.examine(Field.ARP_SPA);
            packet.examine(Field.ARP_TPA);
            return Field.ARP_SPA.get(packet.key) == Field.ARP_TPA.get(packet.key);
        }
        return op == ARP_REPLY;
    }

    private void learnSource(Walk walk, int vlan, long from) {
        MacTable macs = walk.tables.macs();
        int own = walk.headers.inPort();
        if (!config.bonds().isEmpty() && announcesItself(walk.headers)) {
            MacTable.Entry before = macs.find(vlan, from);
            boolean bonded = config.bonds().containsKey(own);
            if (bonded && before != null && before.isHeld(nowNanos)) {
                return; // a bond brings back what was announced elsewhere
            }
            learned |= macs.learn(vlan, from, config.place(own), nowNanos);
            if (!bonded) {
                macs.hold(vlan, from, nowNanos);
            }
        } else {
            learned |= macs.learn(vlan, from, config.place(own), nowNanos);
        }
        source = macs.find(vlan, from);
    }

    private void flood(Walk walk, Owner owner, Vlans vlans) {
        int own = config.place(walk.headers.inPort());
        Map<Integer, PortState> ports = walk.tables.ports();
        for (PortState port : ports.values()) {
            int number = port.number();
            if (config.place(number) != own
                    && isFlooded(port, ports)
                    && config.port(number).carries(vlans.vlan(), vlans.innerVlan())
                    && !config.isReserved(number)) {
                output.send(walk, owner, config.place(number), vlans);
            }
        }
    }

    private boolean isFlooded(PortState port, Map<Integer, PortState> ports) {
        Bond bond = config.bonds().get(port.number());
        return bond == null
                ? (port.config() & PortState.NO_FLOOD) == 0
                : bond.isMetAt(port.number(), ports) && bond.isFlooded(ports);
    }

    /// Whether an address is reserved for link protocols.
    static boolean isOfLinkProtocol(long mac) {
        return mac >>> 4 == LINK_PROTOCOLS;
    }
}
