package org.skyway.openflow.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;

/// Makes a frame whose flow key is a given one: a concrete packet to show or to inject.
///
/// Lengths and checksums are right. The frame is padded to 60 bytes unless that would change what
/// it means.
public final class FrameComposer {
    private static final int MOST = 256;
    private static final int LEAST = 60;
    private static final int NO_NEXT_HEADER = 59;

    private final long[] key;
    private final ByteBuffer frame = ByteBuffer.allocate(MOST);
    private boolean pad = true;

    private FrameComposer(long[] key) {
        this.key = key;
    }

    /// Makes a frame. Words of the key that no packet holds (ingress port, registers and so on) are
    /// passed over.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return the frame from the destination address on, without the checksum; null if no frame
    ///   has this key
    public static byte[] compose(long[] key) {
        FrameComposer composer = new FrameComposer(key);
        composer.ethernet();
        byte[] made = Arrays.copyOf(composer.frame.array(), composer.length());
        long[] parsed = FrameParser.parse(made, (int) Field.IN_PORT.get(key));
        return Arrays.equals(parsed, 0, FlowKey.PACKET_WORDS, key, 0, FlowKey.PACKET_WORDS)
                ? made
                : null;
    }

    private int length() {
        return pad ? Math.max(LEAST, frame.position()) : frame.position();
    }

    private void ethernet() {
        mac(Field.ETH_DST.get(key));
        mac(Field.ETH_SRC.get(key));
        int tci = (int) Field.VLAN_TCI.get(key);
        if (tci != 0) {
            tag(0x8100, tci);
        }
        int type = (int) Field.ETH_TYPE.get(key);
        if (type == FlowKey.ETH_TYPE_NONE) {
            shorts(3); // length of what follows: an 802.2 header that is not SNAP
            bytes(0x42, 0x42, 0x03);
            return;
        }
        shorts(type);
        switch (type) {
            case 0x0800 -> ipv4();
            case 0x86dd -> ipv6();
            case 0x0806, 0x8035 -> arp();
            case 0x8847, 0x8848 -> mpls();
            case FlowKey.ETH_TYPE_NSH -> networkService();
            case 0x8100, 0x88a8 -> pad = false; // anything more would be a tag
            default -> {}
        }
    }

    private void tag(int tpid, int tci) {
        shorts(tpid, tci & ~FlowKey.VLAN_PRESENT);
    }

    private void arp() {
        shorts(1, 0x0800);
        bytes(6, 4);
        shorts((int) Field.ARP_OP.get(key));
        mac(Field.ARP_SHA.get(key));
        frame.putInt((int) Field.ARP_SPA.get(key));
        mac(Field.ARP_THA.get(key));
        frame.putInt((int) Field.ARP_TPA.get(key));
    }

    private void networkService() {
        boolean contexts = Field.NSH_MDTYPE.get(key) == 1;
        int flagsAndTtl = (int) (Field.NSH_FLAGS.get(key) << 12 | Field.NSH_TTL.get(key) << 6);
        shorts(flagsAndTtl | (contexts ? 6 : 2));
        frame.put((byte) Field.NSH_MDTYPE.get(key)).put((byte) Field.NSH_NP.get(key));
        frame.putInt((int) key[FlowKey.NSH]);
        if (contexts) {
            frame.putLong(key[FlowKey.NSH_CONTEXT]).putLong(key[FlowKey.NSH_CONTEXT + 1]);
        }
    }

    private void mpls() {
        int[] entries = {
            (int) (key[FlowKey.MPLS] >>> 32),
            (int) key[FlowKey.MPLS],
            (int) (key[FlowKey.MPLS_INNER_VLAN] >>> 32)
        };
        for (int entry : entries) {
            frame.putInt(entry);
            if ((entry & 0x100) != 0) {
                return;
            }
        }
    }

    private int tos() {
        return (int) (Field.IP_DSCP.get(key) << 2 | Field.IP_ECN.get(key));
    }

    private void ipv4() {
        int start = frame.position();
        int protocol = (int) Field.IP_PROTO.get(key);
        bytes(0x45, tos());
        shorts(0, 0, fragment());
        bytes((int) Field.IP_TTL.get(key), protocol);
        shorts(0);
        frame.putInt((int) Field.IPV4_SRC.get(key)).putInt((int) Field.IPV4_DST.get(key));
        int payload = frame.position();
        transport(protocol);
        frame.putShort(start + 2, (short) (frame.position() - start));
        frame.putShort(start + 10, checksum(start, payload, 0));
        long pseudo = protocol + (frame.position() - payload) + sum(start + 12, payload);
        fillChecksum(protocol, payload, pseudo);
    }

    private int fragment() {
        long frag = Field.IP_FRAG.get(key);
        return frag == 0 ? 0 : (frag & FlowKey.FRAG_LATER) != 0 ? 185 : 0x2000;
    }

    private void ipv6() {
        int start = frame.position();
        int protocol = (int) Field.IP_PROTO.get(key);
        long frag = Field.IP_FRAG.get(key);
        frame.putInt(0x60000000 | tos() << 20 | (int) Field.IPV6_LABEL.get(key));
        shorts(0);
        bytes(frag != 0 ? 44 : protocol, (int) Field.IP_TTL.get(key));
        for (int w = FlowKey.IPV6_SRC; w < FlowKey.IPV6_DST + 2; w++) {
            frame.putLong(key[w]);
        }
        int payload = frame.position();
        int plain = payload;
        if (frag != 0) {
            boolean later = (frag & FlowKey.FRAG_LATER) != 0;
            bytes(later ? NO_NEXT_HEADER : protocol, 0);
            shorts(later ? 185 << 3 : 1);
            frame.putInt(1);
            plain = frame.position();
        }
        if (protocol == 0) {
            pad = false; // a truncated extension header
        } else {
            transport(protocol);
        }
        frame.putShort(start + 4, (short) (frame.position() - payload));
        long pseudo = protocol + (frame.position() - plain) + sum(start + 8, payload);
        fillChecksum(protocol, plain, pseudo);
    }

    private void transport(int protocol) {
        if ((Field.IP_FRAG.get(key) & FlowKey.FRAG_LATER) != 0) {
            frame.putLong(0);
            return;
        }
        int source = (int) Field.TCP_SRC.get(key);
        int destination = (int) Field.TCP_DST.get(key);
        switch (protocol) {
            case 6 -> {
                shorts(source, destination);
                frame.putLong(0);
                shorts(0x5000 | (int) Field.TCP_FLAGS.get(key), 0, 0, 0);
            }
            case 17 -> shorts(source, destination, 8, 0);
            case 132 -> {
                shorts(source, destination);
                frame.putLong(0);
            }
            case 1, 2, 58 -> {
                bytes(source, destination);
                shorts(0);
                boolean discovery =
                        protocol == 58 && (source == 135 || source == 136) && destination == 0;
                frame.putInt(discovery && overIpv6() ? (int) Field.ND_RESERVED.get(key) : 0);
                if (discovery) {
                    neighbourDiscovery();
                }
            }
            default -> {}
        }
    }

    private void neighbourDiscovery() {
        frame.putLong(Field.ND_TARGET.getHigh(key)).putLong(Field.ND_TARGET.get(key));
        long first = overIpv6() ? Field.ND_OPTIONS_TYPE.get(key) : 0;
        if (first != 2) {
            linkLayerOption(1, Field.ND_SLL, first == 1);
        }
        linkLayerOption(2, Field.ND_TLL, first == 2);
        if (first == 2) {
            linkLayerOption(1, Field.ND_SLL, false);
        }
    }

    private void linkLayerOption(int type, Field field, boolean even0) {
        if (even0 || field.get(key) != 0) {
            bytes(type, 1);
            mac(field.get(key));
        }
    }

    // Where IPv4's addresses do not lie in the same place.
    private boolean overIpv6() {
        return Field.ETH_TYPE.get(key) == 0x86dd;
    }

    /// Fills in the transport checksum, where it is a plain one.
    private void fillChecksum(int protocol, int start, long pseudo) {
        if (Field.IP_FRAG.get(key) != 0 || frame.position() == start) {
            return; // it covers bytes that are not here
        }
        int at =
                switch (protocol) {
                    case 6 -> start + 16;
                    case 17 -> start + 6;
                    case 1, 2, 58 -> start + 2;
                    default -> -1;
                };
        if (at >= 0) {
            boolean covers = protocol != 1 && protocol != 2;
            short sum = checksum(start, frame.position(), covers ? pseudo : 0);
            frame.putShort(at, protocol == 17 && sum == 0 ? -1 : sum);
        }
    }

    private long sum(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += (long) (frame.get(i) & 255) << ((i - from & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    private short checksum(int from, int to, long more) {
        long sum = sum(from, to) + more;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }

    private void mac(long address) {
        shorts((int) (address >>> 32));
        frame.putInt((int) address);
    }

    private void bytes(int... values) {
        for (int value : values) {
            frame.put((byte) value);
        }
    }

    private void shorts(int... values) {
        for (int value : values) {
            frame.putShort((short) value);
        }
    }
}
