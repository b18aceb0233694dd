package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;

/// Hashes of packets, for whoever spreads them. What they look at has been examined afterwards.
final class PacketHash {
    private static final int ETH_SRC = 0;
    private static final int SYMMETRIC_L4 = 1;
    private static final int SYMMETRIC_L3L4 = 2;
    private static final int NW_SRC = 4;
    private static final int NW_DST = 5;
    private static final int SYMMETRIC_L3 = 6;

    private static final Field[] CONNECTION = {
        Field.ETH_SRC, Field.ETH_DST, Field.ETH_TYPE, Field.VLAN_TCI, Field.IPV4_SRC,
        Field.IPV4_DST, Field.IPV6_SRC, Field.IPV6_DST, Field.IP_PROTO, Field.TCP_SRC,
        Field.TCP_DST
    };

    private PacketHash() {}

    /// A hash of what identifies a connection, for whoever spreads packets.
    ///
    /// @param packet whose bits they look at
    /// @param basis seed
    static long connection(PipelinePacket packet, long basis) {
        packet.holds(Field.IP_PROTO);
        long h = basis;
        for (Field f : CONNECTION) {
            packet.examine(f);
            h = add(h, f.get(packet.key), f.getHigh(packet.key));
        }
        return h;
    }

    /// A hash of fields that the packet has.
    ///
    /// @param fields which, and which of their bits
    static long fields(PipelinePacket packet, List<GroupEntry.Hashed> fields) {
        long h = 0;
        for (GroupEntry.Hashed f : fields) {
            Field field = f.field();
            if (packet.holds(field)) {
                packet.examine(field);
                h = add(h, field.get(packet.key) & f.low(), field.getHigh(packet.key) & f.high());
            }
        }
        return h;
    }

    /// A hash of what a `multipath` or `bundle` action names (`ovs-actions(7)`), the same for both
    /// directions of a connection if that is called symmetric.
    ///
    /// @param fields an `NX_HASH_FIELDS_` code
    /// @param basis seed
    static long named(PipelinePacket packet, int fields, long basis) {
        long h = Spreading.mix(basis);
        switch (fields) {
            case ETH_SRC -> h = add(packet, h, Field.ETH_SRC);
            case NW_SRC -> h = add(packet, add(packet, h, Field.IPV4_SRC), Field.IPV6_SRC);
            case NW_DST -> h = add(packet, add(packet, h, Field.IPV4_DST), Field.IPV6_DST);
            default -> {
                if (fields == SYMMETRIC_L4) {
                    h = add(packet, add(packet, h, Field.ETH_SRC, Field.ETH_DST), Field.VLAN_TCI);
                }
                h = add(packet, h, Field.ETH_TYPE);
                h = add(packet, h, Field.IPV4_SRC, Field.IPV4_DST);
                h = add(packet, h, Field.IPV6_SRC, Field.IPV6_DST);
                if (fields != SYMMETRIC_L3 && packet.holds(Field.IP_PROTO)) {
                    h = add(packet, h, Field.IP_PROTO);
                    h = add(packet, h, Field.TCP_SRC, Field.TCP_DST);
                    h = fields == SYMMETRIC_L3L4 ? h : add(packet, h, Field.UDP_SRC, Field.UDP_DST);
                }
            }
        }
        return h;
    }

    private static long add(long hash, long low, long high) {
        return Spreading.mix(hash ^ low) + Spreading.mix(high);
    }

    private static long add(PipelinePacket packet, long hash, Field field) {
        return add(packet, hash, field, null);
    }

    // Adds a field, or what two of them have in common whichever is which.
    private static long add(PipelinePacket packet, long hash, Field a, Field b) {
        if (!packet.holds(a)) {
            return hash;
        }
        packet.examine(a);
        long low = a.get(packet.key);
        long high = a.getHigh(packet.key);
        if (b != null) {
            packet.examine(b);
            low ^= b.get(packet.key);
            high ^= b.getHigh(packet.key);
        }
        return Spreading.mix(Spreading.mix(hash ^ low) + high);
    }
}
