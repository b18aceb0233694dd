package org.skyway.vswitch.datapath;

import static org.skyway.openflow.model.FlowKey.ARP_SHA;
import static org.skyway.openflow.model.FlowKey.ARP_THA;
import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;
import static org.skyway.openflow.model.FlowKey.IPV4;
import static org.skyway.openflow.model.FlowKey.IPV6_DST;
import static org.skyway.openflow.model.FlowKey.IPV6_SRC;
import static org.skyway.openflow.model.FlowKey.IP_MISC;
import static org.skyway.openflow.model.FlowKey.MPLS;
import static org.skyway.openflow.model.FlowKey.ND_TARGET;
import static org.skyway.openflow.model.FlowKey.NSH;
import static org.skyway.openflow.model.FlowKey.NSH_CONTEXT;
import static org.skyway.openflow.model.FlowKey.TRANSPORT;

import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.model.FlowKey;

/// Writes header fields into a packet and keeps its checksums right (RFC 1624: from the difference
/// of what was there and what is there now). A field that the packet does not have is not written.
/// Not thread-safe.
final class PacketRewriter {
    private final PacketParser parser = new PacketParser();
    private long packet;
    private int l4Checksum; // offset of the transport checksum, or 0 if there is none to keep
    private boolean pseudoHeader; // whether it covers the IP addresses
    private boolean udp;
    private int payloadEnd; // of the IP packet: where its header says, but never behind the frame

    /// Writes fields.
    ///
    /// @param at address of the packet
    /// @param length its length in bytes
    /// @param values flow-key words
    /// @param masks which bits of them to write
    /// @param tags how many VLAN tags the packet is known to have
    /// @param labels where its labels start, -1 to find out
    void rewrite(long at, int length, long[] values, long[] masks, int tags, int labels) {
        int words = parser.parse(at, length, 0, tags);
        long[] key = parser.key();
        packet = at;
        if ((words & 1 << ETH_DST_TYPE) == 0) {
            return;
        }
        int type = (int) key[ETH_DST_TYPE] & 0xffff;
        if ((masks[ETH_DST_TYPE] & ~0xffffL) != 0) {
            putMac(at, merge(key, values, masks, ETH_DST_TYPE) >>> 16);
        }
        if (masks[ETH_SRC_VLAN] != 0) {
            long v = merge(key, values, masks, ETH_SRC_VLAN);
            putMac(at + 6, v >>> 16);
            int outer = Memory.getShortBE(at + 12);
            if (tags > 0
                    && length >= 18
                    && (outer == 0x8100 || outer == 0x88a8)
                    && (masks[ETH_SRC_VLAN] & 0xffff) != 0) {
                int cfi = Memory.getShortBE(at + 14) & 0x1000;
                Memory.putShortBE(at + 14, (int) v & 0xefff | cfi);
            }
        }
        int l3 = parser.l3Offset();
        if (type == 0x8847 || type == 0x8848) {
            if (masks[MPLS] != 0 && (words & 1 << MPLS) != 0) {
                int lse = labels < 0 ? parser.l2End() : labels;
                Memory.putIntBE(at + lse, (int) (merge(key, values, masks, MPLS) >>> 32));
            }
            return;
        }
        if (l3 < 0) {
            return;
        }
        payloadEnd = payloadEnd(l3, type, length);
        findChecksum(key, words, type);
        if (type == 0x0800 && (words & 1 << IPV4) != 0) {
            ipv4(l3, key, values, masks);
        } else if (type == 0x86dd && (words & 1 << IP_MISC) != 0) {
            ipv6(l3, key, values, masks);
        } else if (type == 0x0806 || type == 0x8035) {
            if ((words & 1 << IPV4) != 0) {
                arp(l3, key, values, masks);
            } else {
                otherArp(l3, length, values, masks);
            }
            return;
        } else if (type == FlowKey.ETH_TYPE_NSH) {
            if ((words & 1 << NSH) != 0 || setsNetworkService(values, masks)) {
                networkService(l3, length, values, masks);
            }
            return;
        }
        if ((words & 1 << TRANSPORT) != 0 && parser.l4Offset() >= 0) {
            transport(key, values, masks);
        }
        if (type == 0x86dd && (words & 1 << IPV4) != 0 && masks[IPV4] != 0) {
            neighbourDiscoveryExtensions(length, key, values, masks);
        }
        if ((words & 1 << ND_TARGET) != 0) {
            neighbourDiscovery(length, key, values, masks);
        }
    }

    /// Raises the drop precedence of an IP packet's code point (OpenFlow 1.3.5, "Meter Bands").
    ///
    /// @param at address of the packet
    /// @param length its length in bytes
    /// @param levels by how much
    /// @param tags how many VLAN tags the packet is known to have
    void raiseDropPrecedence(long at, int length, int levels, int tags) {
        int words = parser.parse(at, length, 0, tags);
        if ((words & 1 << IP_MISC) == 0) {
            return;
        }
        long[] value = parser.key().clone(); // rare: only packets that a band has caught
        int dscp = (int) (value[IP_MISC] >>> 50) & 0x3f;
        int precedence = Math.min(3, (dscp >>> 1 & 3) + levels);
        long mask = 0xfcL << 48;
        value[IP_MISC] = value[IP_MISC] & ~mask | (long) (dscp & 0x39 | precedence << 1) << 50;
        long[] masks = new long[value.length];
        masks[IP_MISC] = mask;
        rewrite(at, length, value, masks, tags, -1);
    }

    /// Makes room for and writes a VLAN tag.
    ///
    /// @param at where the packet starts now: 4 bytes before where it did
    /// @param type the tag's type
    /// @param tci its tag control information
    void pushVlan(long at, int type, int tci) {
        moveMacs(at + 4, at);
        Memory.putShortBE(at + 12, type);
        Memory.putShortBE(at + 14, tci);
    }

    /// Moves the MAC addresses over the outermost VLAN tag.
    ///
    /// @param at where the packet starts; 4 bytes later afterwards
    void popVlan(long at) {
        moveMacs(at, at + 4);
    }

    /// Makes room for and writes an MPLS label, behind the known VLAN tags.
    ///
    /// @param at where the packet starts now: 4 bytes before where it did
    /// @param length its length now
    /// @param type Ethernet type
    /// @param entry the label stack entry
    /// @param tags how many VLAN tags the packet is known to have
    /// @param labels where its labels start, -1 to find out
    /// @return where its labels start now
    int pushMpls(long at, int length, int type, int entry, int tags, int labels) {
        long before = at + 4;
        int header = labels;
        if (header < 0) {
            parser.parse(before, length - 4, 0, tags);
            header = parser.l2End();
        }
        Memory.copy(before, at, header);
        Memory.putIntBE(at + header, entry);
        Memory.putShortBE(at + typeOffset(at, header), type);
        return header;
    }

    /// Takes the outermost MPLS label off.
    ///
    /// @param at where the packet starts; 4 bytes later afterwards
    /// @param length its length
    /// @param type Ethernet type afterwards
    /// @param tags how many VLAN tags the packet is known to have
    /// @param labels where its labels start, -1 to find out
    /// @return false if there is no label
    boolean popMpls(long at, int length, int type, int tags, int labels) {
        int header = labels;
        if (header < 0) {
            parser.parse(at, length, 0, tags);
            header = parser.l2End();
        }
        if (header < 0 || length < header + 4) {
            return false;
        }
        Memory.putShortBE(at + typeOffset(at, header), type);
        Memory.copy(at, at + 4, header);
        return true;
    }

    // Of an 802.2 frame the length goes, as in Open vSwitch.
    private static int typeOffset(long at, int header) {
        int outer = Memory.getShortBE(at + 12);
        return outer == 0x8100 || outer == 0x88a8 ? header - 2 : 12;
    }

    /// Whether a packet has a VLAN tag.
    ///
    /// @param at where it starts
    /// @param length its length
    static boolean tagged(long at, int length) {
        if (length < 18) {
            return false;
        }
        int type = Memory.getShortBE(at + 12);
        return type == 0x8100 || type == 0x88a8;
    }

    private static void moveMacs(long from, long to) {
        long first = Memory.getLong(from);
        int second = Memory.getInt(from + 8);
        Memory.putLong(to, first);
        Memory.putInt(to + 8, second);
    }

    private static void putMac(long at, long mac) {
        Memory.putIntBE(at, (int) (mac >>> 16));
        Memory.putShortBE(at + 4, (int) mac);
    }

    private static long merge(long[] key, long[] values, long[] masks, int word) {
        return key[word] & ~masks[word] | values[word] & masks[word];
    }

    private void findChecksum(long[] key, int words, int type) {
        l4Checksum = 0;
        pseudoHeader = false;
        udp = false;
        int l4 = parser.l4Offset();
        if (l4 < 0) {
            return;
        }
        int protocol = (int) (key[IP_MISC] >>> 56);
        // A TCP header that claims a senseless length still has a checksum where it belongs.
        boolean whole = protocol == 6 && payloadEnd - l4 >= 20;
        if (!whole && (words & 1 << TRANSPORT) == 0) {
            return;
        }
        switch (protocol) {
            case 6 -> {
                l4Checksum = l4 + 16;
                pseudoHeader = true;
            }
            case 17 -> {
                // An IPv4 sender may leave it out, and then it stays out.
                if (Memory.getShortBE(packet + l4 + 6) != 0) {
                    l4Checksum = l4 + 6;
                    pseudoHeader = true;
                    udp = true;
                }
            }
            case 1 -> l4Checksum = type == 0x0800 ? l4 + 2 : 0;
            case 58 -> {
                if (type == 0x86dd) {
                    l4Checksum = l4 + 2;
                    pseudoHeader = true;
                }
            }
            default -> {}
        }
    }

    private void ipv4(int l3, long[] key, long[] values, long[] masks) {
        int checksum = l3 + 10;
        if (masks[IPV4] != 0) {
            long v = merge(key, values, masks, IPV4);
            for (int i = 0; i < 4; i++) {
                int half = (int) (v >>> 48 - 16 * i) & 0xffff;
                int at = l3 + 12 + 2 * i;
                if (pseudoHeader) {
                    adjust(l4Checksum, at, half, udp);
                }
                put16(at, half, checksum, false);
            }
        }
        if (masks[IP_MISC] != 0) {
            long v = merge(key, values, masks, IP_MISC);
            int tos = (int) (v >>> 48) & 0xff;
            put16(l3, Memory.getShortBE(packet + l3) & 0xff00 | tos, checksum, false);
            int ttl = (int) (v >>> 40) & 0xff;
            put16(l3 + 8, ttl << 8 | Memory.getByte(packet + l3 + 9), checksum, false);
        }
    }

    private void ipv6(int l3, long[] key, long[] values, long[] masks) {
        for (int w = IPV6_SRC; w < IPV6_DST + 2; w++) {
            if (masks[w] == 0) {
                continue;
            }
            long v = merge(key, values, masks, w);
            for (int i = 0; i < 4; i++) {
                int at = l3 + 8 + 8 * (w - IPV6_SRC) + 2 * i;
                put16(at, (int) (v >>> 48 - 16 * i) & 0xffff, pseudoHeader ? l4Checksum : 0, udp);
            }
        }
        if (masks[IP_MISC] != 0) {
            long v = merge(key, values, masks, IP_MISC);
            int tos = (int) (v >>> 48) & 0xff;
            // Whatever it calls its version, it stays what its Ethernet type says.
            int version = Memory.getIntBE(packet + l3) & 0xf000_0000;
            Memory.putIntBE(packet + l3, version | tos << 20 | (int) v & 0xfffff);
            Memory.putByte(packet + l3 + 7, (int) (v >>> 40) & 0xff);
        }
    }

    private void arp(int l3, long[] key, long[] values, long[] masks) {
        if ((masks[IP_MISC] & 0xffL << 56) != 0) {
            Memory.putByte(packet + l3 + 7, (int) (merge(key, values, masks, IP_MISC) >>> 56));
        }
        if (masks[IPV4] != 0) {
            long v = merge(key, values, masks, IPV4);
            Memory.putIntBE(packet + l3 + 14, (int) (v >>> 32));
            Memory.putIntBE(packet + l3 + 24, (int) v);
        }
        if (masks[ARP_SHA] != 0) {
            putMac(packet + l3 + 8, merge(key, values, masks, ARP_SHA) >>> 16);
        }
        if (masks[ARP_THA] != 0) {
            putMac(packet + l3 + 18, merge(key, values, masks, ARP_THA) >>> 16);
        }
    }

    // Of an ARP packet that is not for IPv4 over Ethernet every field reads as 0, and as in Open
    // vSwitch what differs from that is written to where it would be if it were.
    private void otherArp(int l3, int length, long[] values, long[] masks) {
        put(l3 + 7, 1, length, values[IP_MISC] >>> 56, masks[IP_MISC] >>> 56);
        put(l3 + 14, 4, length, values[IPV4] >>> 32, masks[IPV4] >>> 32);
        put(l3 + 24, 4, length, values[IPV4], masks[IPV4] & 0xffffffffL);
        put(l3 + 8, 6, length, values[ARP_SHA] >>> 16, masks[ARP_SHA] >>> 16);
        put(l3 + 18, 6, length, values[ARP_THA] >>> 16, masks[ARP_THA] >>> 16);
    }

    // Bytes behind the packet's end are nobody's.
    private void put(int offset, int bytes, int length, long value, long mask) {
        if ((value & mask) == 0) {
            return;
        }
        for (int i = 0; i < bytes && offset + i < length; i++) {
            int shift = 8 * (bytes - 1 - i);
            int m = (int) (mask >>> shift) & 0xff;
            int old = Memory.getByte(packet + offset + i);
            Memory.putByte(packet + offset + i, old & ~m | (int) (value >>> shift) & m);
        }
    }

    private void transport(long[] key, long[] values, long[] masks) {
        if (masks[TRANSPORT] == 0) {
            return;
        }
        int l4 = parser.l4Offset();
        long v = merge(key, values, masks, TRANSPORT);
        int first = (int) (v >>> 48) & 0xffff;
        int second = (int) (v >>> 32) & 0xffff;
        switch ((int) (key[IP_MISC] >>> 56)) {
            case 6, 17 -> {
                put16(l4, first, l4Checksum, udp);
                put16(l4 + 2, second, l4Checksum, udp);
            }
            case 132 -> Sctp.putPorts(packet, l4, first, second, payloadEnd);
            case 1, 58 -> put16(l4, (first & 0xff) << 8 | second & 0xff, l4Checksum, false);
            default -> {}
        }
    }

    // By the Ethernet type, as the parser does, and not by the version that the packet claims: the
    // parser has compared only that length with the frame's.
    private int payloadEnd(int l3, int type, int length) {
        if (l3 + 6 > length) {
            return length;
        }
        int end =
                switch (type) {
                    case 0x0800 -> l3 + Memory.getShortBE(packet + l3 + 2);
                    case 0x86dd -> l3 + 40 + Memory.getShortBE(packet + l3 + 4);
                    default -> length;
                };
        return Math.min(end, length);
    }

    // A header that can't be read stands for zeros, and what stays zero is not written.
    private static boolean setsNetworkService(long[] values, long[] masks) {
        return (values[NSH] & masks[NSH]
                        | values[NSH_CONTEXT] & masks[NSH_CONTEXT]
                        | values[NSH_CONTEXT + 1] & masks[NSH_CONTEXT + 1])
                != 0;
    }

    // Whatever it says of its version and length: so does Open vSwitch.
    private void networkService(int l3, int length, long[] values, long[] masks) {
        long at = packet + l3;
        if (length < l3 + 8) {
            return;
        }
        int first = Memory.getShortBE(at);
        long flags = masks[NSH] >>> 56;
        long ttl = masks[NSH] >>> 48 & 0xff;
        first &= (int) ~((flags & 3) << 12 | (ttl & 0x3f) << 6);
        long v = values[NSH] & masks[NSH];
        Memory.putShortBE(at, first | (int) (v >>> 56 & 3) << 12 | (int) (v >>> 48 & 0x3f) << 6);
        Memory.putIntBE(at + 4, Memory.getIntBE(at + 4) & (int) ~masks[NSH] | (int) v);
        if (Memory.getByte(at + 2) == 1 && length >= l3 + 24) {
            for (int w = NSH_CONTEXT; w < NSH_CONTEXT + 2; w++) {
                long context = at + 8 + 8L * (w - NSH_CONTEXT);
                long now = Memory.getLongBE(context) & ~masks[w] | values[w] & masks[w];
                Memory.putIntBE(context, (int) (now >>> 32));
                Memory.putIntBE(context + 4, (int) now);
            }
        }
    }

    // Of the first option, whichever it is, if there is one. Makes the checksum anew, as Open
    // vSwitch
    // does, which puts a wrong one right.
    private void neighbourDiscoveryExtensions(int length, long[] key, long[] values, long[] masks) {
        int l4 = parser.l4Offset();
        int end = payloadEnd;
        long v = merge(key, values, masks, IPV4);
        if (v == key[IPV4] || end - l4 < 24) {
            return;
        }
        Memory.putIntBE(packet + l4 + 4, (int) (v >>> 32));
        if ((masks[IPV4] & 0xff) != 0 && l4 + 24 < length) {
            Memory.putByte(packet + l4 + 24, (int) v & 0xff);
        }
        Memory.putShortBE(packet + l4 + 2, 0);
        int l3 = parser.l3Offset();
        long sum = 58 + end - l4 + sum(l3 + 8, l3 + 40) + sum(l4, end);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        Memory.putShortBE(packet + l4 + 2, (int) ~sum & 0xffff);
    }

    private long sum(int from, int to) {
        long sum = 0;
        for (int at = from; at < to; at++) {
            sum += (long) Memory.getByte(packet + at) << ((at - from & 1) == 0 ? 8 : 0);
        }
        return sum;
    }

    private void neighbourDiscovery(int length, long[] key, long[] values, long[] masks) {
        int l4 = parser.l4Offset();
        for (int w = ND_TARGET; w < ND_TARGET + 2; w++) {
            if (masks[w] != 0) {
                long v = merge(key, values, masks, w);
                for (int i = 0; i < 4; i++) {
                    int at = l4 + 8 + 8 * (w - ND_TARGET) + 2 * i;
                    put16(at, (int) (v >>> 48 - 16 * i) & 0xffff, l4Checksum, false);
                }
            }
        }
        int option = l4 + 24;
        int end = payloadEnd;
        while (option + 8 <= end && end <= length) {
            int kind = Memory.getByte(packet + option);
            int word = kind == 1 ? ARP_SHA : kind == 2 ? ARP_THA : -1;
            if (word > 0 && masks[word] != 0) {
                long mac = merge(key, values, masks, word) >>> 16;
                put16(option + 2, (int) (mac >>> 32), l4Checksum, false);
                put16(option + 4, (int) (mac >>> 16) & 0xffff, l4Checksum, false);
                put16(option + 6, (int) mac & 0xffff, l4Checksum, false);
            }
            int size = 8 * Memory.getByte(packet + option + 1);
            if (size == 0) {
                return;
            }
            option += size;
        }
    }

    private void put16(int at, int value, int checksum, boolean zeroMeansNone) {
        if (checksum != 0) {
            adjust(checksum, at, value, zeroMeansNone);
        }
        Memory.putShortBE(packet + at, value);
    }

    // HC' = ~(~HC + ~m + m'), RFC 1624.
    private void adjust(int checksum, int at, int value, boolean zeroMeansNone) {
        int old = Memory.getShortBE(packet + at);
        if (old == value) {
            return;
        }
        int sum = (~Memory.getShortBE(packet + checksum) & 0xffff) + (~old & 0xffff) + value;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        int result = ~sum & 0xffff;
        Memory.putShortBE(packet + checksum, result == 0 && zeroMeansNone ? 0xffff : result);
    }
}
