package org.skyway.openflow.packet;

import java.nio.ByteBuffer;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;

/// Reads the flow key of an Ethernet frame, in the plainest way that is right.
///
/// What a header that is too short or makes no sense would hold stays zero, and so does everything
/// behind it, as in Open vSwitch (`ovs-fields(7)`). One VLAN tag is read, which is Open vSwitch's
/// `vlan-limit` unless told otherwise: the Ethernet type of a frame with two is that of the second
/// tag.
public final class FrameParser {
    private final ByteBuffer data; // from the position to the limit is what is left
    private final long[] key = new long[FlowKey.WORDS];

    private FrameParser(byte[] frame) {
        data = ByteBuffer.wrap(frame);
    }

    /// Reads a frame's flow key.
    ///
    /// @param frame the frame from the destination address on, without the checksum
    /// @param inPort the ingress port
    /// @return [FlowKey#WORDS] words
    /// @throws IllegalArgumentException if the frame is shorter than an Ethernet header
    public static long[] parse(byte[] frame, int inPort) {
        if (frame.length < 14) {
            throw new IllegalArgumentException(
                    "a frame has at least 14 bytes, this one has %d".formatted(frame.length));
        }
        FrameParser parser = new FrameParser(frame);
        Field.IN_PORT.set(parser.key, inPort);
        parser.ethernet();
        return parser.key;
    }

    private void ethernet() {
        Field.ETH_DST.set(key, mac());
        Field.ETH_SRC.set(key, mac());
        if (isVlan(peekShort()) && data.remaining() >= 6) {
            unsignedShort();
            Field.VLAN_TCI.set(key, unsignedShort() | FlowKey.VLAN_PRESENT);
        }
        int type = etherType();
        Field.ETH_TYPE.set(key, type);
        switch (type) {
            case 0x0800 -> ipv4();
            case 0x86dd -> ipv6();
            case 0x0806, 0x8035 -> arp();
            case 0x8847, 0x8848 -> mpls();
            case FlowKey.ETH_TYPE_NSH -> networkService();
            default -> {}
        }
    }

    private static boolean isVlan(int type) {
        return type == 0x8100 || type == 0x88a8;
    }

    private int etherType() {
        int type = unsignedShort();
        if (type >= 0x600) {
            return type;
        }
        if (data.remaining() < 8) {
            return FlowKey.ETH_TYPE_NONE;
        }
        long llcSnap = data.getLong(data.position());
        int snapType = (int) llcSnap & 0xffff;
        if (llcSnap >>> 16 != 0xaaaa03000000L || snapType < 0x600) {
            return FlowKey.ETH_TYPE_NONE;
        }
        skip(8);
        return snapType;
    }

    private void mpls() {
        long[] entries = new long[3];
        for (int i = 0; i < 3 && data.remaining() >= 4; i++) {
            entries[i] = unsignedInt();
            if ((entries[i] & 0x100) != 0) {
                break;
            }
        }
        key[FlowKey.MPLS] = entries[0] << 32 | entries[1];
        key[FlowKey.MPLS_INNER_VLAN] |= entries[2] << 32;
    }

    // RFC 8300; the context headers of metadata type 1 only, as in Open vSwitch.
    private void networkService() {
        int start = data.position();
        if (data.remaining() < 8) {
            return;
        }
        int first = data.getShort(start) & 0xffff;
        int length = (first & 0x3f) * 4;
        int metadata = data.get(start + 2) & 255;
        boolean fits = metadata == 1 ? length == 24 : metadata != 2 || length >= 8;
        if (first >>> 14 != 0 || length > data.remaining() || !fits) {
            return;
        }
        Field.NSH_FLAGS.set(key, first >>> 12 & 3);
        Field.NSH_TTL.set(key, first >>> 6 & 0x3f);
        Field.NSH_MDTYPE.set(key, metadata);
        Field.NSH_NP.set(key, data.get(start + 3));
        Field.NSH_SPI.set(key, data.getInt(start + 4) >>> 8);
        Field.NSH_SI.set(key, data.get(start + 7));
        if (metadata == 1) {
            key[FlowKey.NSH_CONTEXT] = data.getLong(start + 8);
            key[FlowKey.NSH_CONTEXT + 1] = data.getLong(start + 16);
        }
    }

    private void arp() {
        if (data.remaining() < 28 || data.getLong(data.position()) >>> 16 != 0x000108000604L) {
            return;
        }
        skip(6);
        int operation = unsignedShort();
        if (operation <= 255) {
            Field.ARP_OP.set(key, operation);
        }
        Field.ARP_SHA.set(key, mac());
        Field.ARP_SPA.set(key, unsignedInt());
        Field.ARP_THA.set(key, mac());
        Field.ARP_TPA.set(key, unsignedInt());
    }

    private void ipv4() {
        int start = data.position();
        int size = data.remaining();
        if (size < 20) {
            return;
        }
        int headerLength = (data.get(start) & 15) * 4;
        int totalLength = data.getShort(start + 2) & 0xffff;
        if (headerLength < 20
                || size < headerLength
                || totalLength > size
                || totalLength < headerLength
                || size - totalLength > 255) {
            return;
        }
        data.limit(start + totalLength);
        tos(data.get(start + 1) & 255);
        int fragment = data.getShort(start + 6);
        int frag = 0;
        if ((fragment & 0x3fff) != 0) {
            frag = FlowKey.FRAG_ANY | ((fragment & 0x1fff) != 0 ? FlowKey.FRAG_LATER : 0);
        }
        Field.IP_FRAG.set(key, frag);
        Field.IP_TTL.set(key, data.get(start + 8));
        int protocol = data.get(start + 9) & 255;
        Field.IP_PROTO.set(key, protocol);
        Field.IPV4_SRC.set(key, data.getInt(start + 12));
        Field.IPV4_DST.set(key, data.getInt(start + 16));
        skip(headerLength);
        if ((frag & FlowKey.FRAG_LATER) == 0) {
            transport(protocol);
        }
    }

    private void tos(int tos) {
        Field.IP_DSCP.set(key, tos >> 2);
        Field.IP_ECN.set(key, tos & 3);
    }

    private void ipv6() {
        int start = data.position();
        int size = data.remaining() - 40;
        if (size < 0) {
            return;
        }
        int payload = data.getShort(start + 4) & 0xffff;
        if (payload > size) {
            return;
        }
        data.limit(start + 40 + payload);
        for (int i = 0; i < 2; i++) {
            key[FlowKey.IPV6_SRC + i] = data.getLong(start + 8 + 8 * i);
            key[FlowKey.IPV6_DST + i] = data.getLong(start + 24 + 8 * i);
        }
        skip(40);
        int protocol = extensionHeaders(data.get(start + 6) & 255);
        if (protocol < 0) {
            Field.IP_FRAG.set(key, 0); // nothing behind the addresses counts then
            return;
        }
        int classAndLabel = data.getInt(start);
        Field.IPV6_LABEL.set(key, classAndLabel & 0xfffff);
        tos(classAndLabel >>> 20 & 255);
        Field.IP_TTL.set(key, data.get(start + 7));
        Field.IP_PROTO.set(key, protocol);
        if ((Field.IP_FRAG.get(key) & FlowKey.FRAG_LATER) == 0) {
            transport(protocol);
        }
    }

    /// Passes over extension headers.
    ///
    /// @return the protocol behind them; -1 if one is truncated
    private int extensionHeaders(int first) {
        int next = first;
        while (next == 0 || next == 43 || next == 60 || next == 51 || next == 44) {
            if (data.remaining() < 8) {
                return -1;
            }
            int header = next;
            int start = data.position();
            next = data.get(start) & 255;
            if (header == 44) {
                int offset = data.getShort(start + 2) & 0xffff;
                skip(8);
                if ((offset & 0xfff9) != 0) {
                    boolean later = (offset & 0xfff8) != 0;
                    Field.IP_FRAG.set(key, FlowKey.FRAG_ANY | (later ? FlowKey.FRAG_LATER : 0));
                    if (later) {
                        return 44;
                    }
                }
                continue;
            }
            int units = data.get(start + 1) & 255;
            int length = header == 51 ? (units + 2) * 4 : (units + 1) * 8;
            if (data.remaining() < length) {
                return -1;
            }
            skip(length);
        }
        return next;
    }

    /// As in Open vSwitch, ICMP and ICMPv6 are read over either version of IP.
    private void transport(int protocol) {
        int start = data.position();
        int size = data.remaining();
        switch (protocol) {
            case 6 -> {
                int header = size < 20 ? 0 : (data.get(start + 12) >> 4 & 15) * 4;
                if (header >= 20 && header <= size) {
                    ports(start);
                    Field.TCP_FLAGS.set(key, data.getShort(start + 12) & 0xfff);
                }
            }
            case 17 -> {
                if (size >= 8) {
                    ports(start);
                }
            }
            case 132 -> {
                if (size >= 12) {
                    ports(start);
                }
            }
            case 1, 2 -> {
                if (size >= 8) {
                    typeAndCode(start);
                }
            }
            case 58 -> {
                if (size >= 8) {
                    typeAndCode(start);
                    neighbourDiscovery();
                }
            }
            default -> {}
        }
    }

    private void ports(int start) {
        Field.TCP_SRC.set(key, data.getShort(start));
        Field.TCP_DST.set(key, data.getShort(start + 2));
    }

    private void typeAndCode(int start) {
        Field.ICMPV4_TYPE.set(key, data.get(start) & 255);
        Field.ICMPV4_CODE.set(key, data.get(start + 1) & 255);
    }

    private void neighbourDiscovery() {
        long type = Field.ICMPV6_TYPE.get(key);
        if (type != 135 && type != 136 || Field.ICMPV6_CODE.get(key) != 0) {
            return;
        }
        long reserved = data.getInt(data.position() + 4);
        skip(8);
        boolean overIpv6 = Field.ETH_TYPE.get(key) == 0x86dd;
        if (overIpv6) {
            Field.ND_RESERVED.set(key, reserved);
        }
        if (data.remaining() < 16) {
            return;
        }
        long high = data.getLong();
        long low = data.getLong();
        long[] addresses = new long[2];
        int firstOption = 0;
        while (data.remaining() >= 8) {
            int start = data.position();
            int kind = data.get(start);
            int length = (data.get(start + 1) & 255) * 8;
            if (length == 0 || length > data.remaining()) {
                break;
            }
            if ((kind == 1 || kind == 2) && length == 8) {
                if (addresses[kind - 1] != 0) {
                    if (overIpv6) {
                        Field.ND_OPTIONS_TYPE.set(key, firstOption);
                    }
                    return; // given twice: no address counts
                }
                addresses[kind - 1] = data.getLong(start) & 0xffffffffffffL;
                firstOption = firstOption == 0 ? kind : firstOption;
            }
            skip(length);
        }
        Field.ND_TARGET.setHigh(key, high);
        Field.ND_TARGET.set(key, low);
        Field.ND_SLL.set(key, addresses[0]);
        Field.ND_TLL.set(key, addresses[1]);
        if (overIpv6) {
            Field.ND_OPTIONS_TYPE.set(key, firstOption);
        }
    }

    private void skip(int bytes) {
        data.position(data.position() + bytes);
    }

    private int peekShort() {
        return data.getShort(data.position()) & 0xffff;
    }

    private int unsignedShort() {
        return data.getShort() & 0xffff;
    }

    private long unsignedInt() {
        return data.getInt() & 0xffffffffL;
    }

    private long mac() {
        return (long) unsignedShort() << 32 | unsignedInt();
    }
}
