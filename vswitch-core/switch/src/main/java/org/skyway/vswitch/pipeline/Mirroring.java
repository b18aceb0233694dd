package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;

import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.Owner;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortMirror;
import org.skyway.vswitch.tables.PortVlans;

/// Copies packets to the outputs of mirrors, at the same places as Open vSwitch: as they come in,
/// before anything is done to them, and right behind each copy that leaves.
final class Mirroring {
    private final NormalConfig config;
    private final List<PortMirror> mirrors;
    private final TaggedOutput output;

    Mirroring(NormalConfig config, TaggedOutput output) {
        this.config = config;
        this.output = output;
        mirrors = config.mirrors();
    }

    /// A packet has come in.
    void received(Walk walk) {
        int port = walk.headers.inPort();
        copy(walk, Owner.NONE, port, true);
    }

    /// A packet was sent.
    void sent(Walk walk, Owner owner, int port) {
        copy(walk, owner, port, false);
    }

    private void copy(Walk walk, Owner owner, int port, boolean received) {
        for (int i = 0; i < mirrors.size(); i++) {
            PortMirror mirror = mirrors.get(i);
            boolean chosen = (received ? mirror.sources() : mirror.destinations()).contains(port);
            if (chosen && (walk.mirrored & 1 << i) == 0) {
                copy(walk, owner, config.port(port), mirror);
            }
        }
    }

    private void copy(Walk walk, Owner owner, PortVlans port, PortMirror mirror) {
        Vlans onWire = walk.headers.vlans();
        if (!port.admits(onWire.vlan())) {
            return;
        }
        Vlans vlans = onWire.behind(port);
        if (mirror.vlans() != null && !mirror.vlans().contains(vlans.vlan())) {
            return;
        }
        // Before it is sent, which is an output, too.
        for (int i = 0; i < mirrors.size(); i++) {
            if (mirrors.get(i).sharesOutput(mirror)) {
                walk.mirrored |= 1 << i;
            }
        }
        walk.visits.group(mirror.counters());
        int before = walk.snapLength;
        walk.snapLength = mirror.snapLength();
        if (mirror.outPort() != 0) {
            output.send(walk, owner, mirror.outPort(), vlans);
        } else if (vlans.vlan() != mirror.outVlan()) {
            flood(walk, owner, vlans.movedTo(mirror.outVlan()));
        }
        walk.snapLength = before;
    }

    private void flood(Walk walk, Owner owner, Vlans vlans) {
        PipelinePacket packet = walk.headers;
        packet.examined[ETH_DST_TYPE] |= Field.ETH_DST.ones() << 16;
        if (LearningSwitch.isOfLinkProtocol(packet.key[ETH_DST_TYPE] >>> 16)) {
            return;
        }
        Map<Integer, PortState> ports = walk.tables.ports();
        for (int number : ports.keySet()) {
            Bond bond = config.bonds().get(number);
            if ((bond == null || bond.isMetAt(number, ports))
                    && config.port(number).carries(vlans.vlan(), vlans.innerVlan())
                    && !config.isReserved(number)) {
                output.send(walk, owner, config.place(number), vlans);
            }
        }
    }
}
