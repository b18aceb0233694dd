package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;

import org.skyway.openflow.model.Field;
import org.skyway.pipeline.Interpreter;
import org.skyway.pipeline.Owner;
import org.skyway.pipeline.Packet;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.BondBuckets;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.NormalConfig;

/// Sends a packet to a port with the tags that the port's VLANs want: what NORMAL and mirrors do,
/// and explicit outputs don't. A bond has one of its members send it.
///
/// @param interpreter does it
/// @param config what ports have to do with VLANs, and which are bonds
record TaggedOutput(Interpreter<Walk> interpreter, NormalConfig config) {
    /// Sends it.
    ///
    /// @param place the port's number, or the id of its bond
    /// @param vlans the packet's tags behind the port that it came in at
    void send(Walk walk, Owner owner, int place, Vlans vlans) {
        PipelinePacket packet = walk.headers;
        Vlans left = vlans.leaving(config.port(place), packet.vlanTci());
        Bond bond = config.bonds().get(place);
        int port = bond == null ? place : sender(walk, bond, left.vlan());
        if (port == 0) {
            walk.note("no member of bond %s may send".formatted(bond.name()));
            return;
        }
        Packet.Saved whole = packet.loses(left) ? walk.save(false) : null;
        packet.with(left, () -> interpreter.send(walk, owner, port, null));
        if (whole != null) {
            walk.restore(whole, false);
        }
    }

    private static int sender(Walk walk, Bond bond, int vlan) {
        if (!bond.balanced()) {
            return bond.active();
        }
        PipelinePacket packet = walk.headers;
        packet.examined[ETH_SRC_VLAN] |= Field.ETH_SRC.ones() << 16;
        long from = packet.key[ETH_SRC_VLAN] >>> 16;
        int member = bond.sender(from, vlan);
        FlowCounters counters = bond.buckets().counters(BondBuckets.of(from, vlan, bond.basis()));
        if (member != 0 && counters != null) {
            walk.visits.group(counters);
        }
        return member;
    }
}
