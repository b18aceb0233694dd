package org.skyway.openflow.packet;

import static org.skyway.openflow.model.FlowKey.ARP_SHA;
import static org.skyway.openflow.model.FlowKey.ARP_THA;
import static org.skyway.openflow.model.FlowKey.ETH_DST_TYPE;
import static org.skyway.openflow.model.FlowKey.ETH_SRC_VLAN;
import static org.skyway.openflow.model.FlowKey.IN_PORT;
import static org.skyway.openflow.model.FlowKey.IPV4;
import static org.skyway.openflow.model.FlowKey.IPV6_DST;
import static org.skyway.openflow.model.FlowKey.IPV6_SRC;
import static org.skyway.openflow.model.FlowKey.IP_MISC;
import static org.skyway.openflow.model.FlowKey.MPLS;
import static org.skyway.openflow.model.FlowKey.MPLS_INNER_VLAN;
import static org.skyway.openflow.model.FlowKey.ND_TARGET;
import static org.skyway.openflow.model.FlowKey.NSH;
import static org.skyway.openflow.model.FlowKey.NSH_CONTEXT;
import static org.skyway.openflow.model.FlowKey.TRANSPORT;

import org.skyway.openflow.model.FlowKey;

/// Reads a packet's headers into a flow key, as Open vSwitch's `flow_extract` does: one VLAN tag is
/// read (its `vlan-limit` of 1; the Ethernet type of a packet with two is that of the second), a
/// header that is cut short or does not make sense ends the reading, and what was not read is zero
/// (`ovs-fields(7)`).
///
/// This is the only place where headers are read. Where the packet lies is the subclass's matter: a
/// place in it is a number to which offsets are added. Not thread-safe: the offsets of the last
/// packet are kept for those who rewrite it. Reads nothing behind `length`; does not allocate.
public abstract class HeaderParser {
    private static final int ETH_HEADER = 14;
    private static final int ETH_TYPE_MIN = 0x600;

    private final long[] key = new long[FlowKey.WORDS];
    private int words;
    private int l2End;
    private int l3Offset;
    private int l4Offset;

    /// A parser that has read nothing yet.
    protected HeaderParser() {}

    /// Reads a byte.
    ///
    /// @param at where in the packet
    /// @return 0 to 255
    protected abstract int u8(long at);

    /// Reads 2 bytes in network order.
    ///
    /// @param at where in the packet, of any alignment
    /// @return 0 to 65535
    protected abstract int u16(long at);

    /// Reads 4 bytes in network order.
    ///
    /// @param at where in the packet, of any alignment
    /// @return the value
    protected abstract int s32(long at);

    /// Reads 8 bytes in network order.
    ///
    /// @param at where in the packet, of any alignment
    /// @return the value
    protected abstract long s64(long at);

    /// The key of the last packet; words 16 and up are zero.
    ///
    /// @return [FlowKey#WORDS] words, overwritten by the next [#parse]
    public long[] key() {
        return key;
    }

    /// Where the header behind Ethernet, VLAN tag and MPLS labels starts.
    ///
    /// @return offset in bytes, or -1 if there is none
    public int l3Offset() {
        return l3Offset;
    }

    /// Where what lies behind Ethernet and its VLAN tags starts, be it a label or a network header.
    ///
    /// @return offset in bytes, or -1 if the packet is too short
    public int l2End() {
        return l2End;
    }

    /// Where the transport header starts.
    ///
    /// @return offset in bytes, or -1 if none was read
    public int l4Offset() {
        return l4Offset;
    }

    /// Reads a packet.
    ///
    /// @param packet where the destination MAC address is
    /// @param length bytes
    /// @param inPort its ingress port
    /// @return a bitmap of the words that may be other than zero
    public int parse(long packet, int length, int inPort) {
        return parse(packet, length, inPort, 1);
    }

    /// Reads a packet on which there may be more tags than the one that it came with.
    ///
    /// @param packet where the destination MAC address is
    /// @param length bytes
    /// @param inPort its ingress port
    /// @param tags how many VLAN tags to read at most; the key tells of the outermost
    /// @return a bitmap of the words that may be other than zero
    public int parse(long packet, int length, int inPort, int tags) {
        clear();
        words = 1 << IN_PORT;
        l2End = -1;
        l3Offset = -1;
        l4Offset = -1;
        key[IN_PORT] = (long) inPort << 32;
        if (length < ETH_HEADER) {
            return words;
        }
        l2End = ethernet(packet, length, tags);
        int type = (int) key[ETH_DST_TYPE] & 0xffff;
        long at = packet + l2End;
        int rest = length - l2End;
        if (type == 0x8847 || type == 0x8848) {
            mpls(at, rest);
            return words;
        }
        l3Offset = l2End;
        switch (type) {
            case 0x0800 -> ipv4(packet, at, rest);
            case 0x86dd -> ipv6(packet, at, rest);
            case 0x0806, 0x8035 -> arp(at, rest);
            case FlowKey.ETH_TYPE_NSH -> networkService(at, rest);
            default -> {}
        }
        return words;
    }

    // Returns the offset of what lies behind. The methods on the way of most packets are short
    // enough for the compiler to make them one with their caller, who knows where the packet lies.
    private int ethernet(long packet, int length, int tags) {
        words |= 1 << ETH_DST_TYPE | 1 << ETH_SRC_VLAN;
        long at = packet + 12;
        int rest = length - 12;
        long tci = 0;
        int type = u16(at);
        for (int i = 0; i < tags && (type == 0x8100 || type == 0x88a8) && rest >= 6; i++) {
            if (i == 0) {
                tci = u16(at + 2) | FlowKey.VLAN_PRESENT;
            }
            at += 4;
            rest -= 4;
            type = u16(at);
        }
        at += 2;
        rest -= 2;
        if (type < ETH_TYPE_MIN) {
            type = FlowKey.ETH_TYPE_NONE;
            if (isSnap(at, rest)) {
                int inner = u16(at + 6);
                type = inner >= ETH_TYPE_MIN ? inner : type;
                at += 8;
            }
        }
        key[ETH_DST_TYPE] = (s64(packet) & 0xffff_ffff_ffff_0000L) | type;
        key[ETH_SRC_VLAN] = (long) s32(packet + 6) << 32 | (long) u16(packet + 10) << 16 | tci;
        return (int) (at - packet);
    }

    private void clear() {
        for (int rest = words; rest != 0; rest &= rest - 1) {
            key[Integer.numberOfTrailingZeros(rest)] = 0;
        }
    }

    private boolean isSnap(long at, int rest) {
        return rest >= 8 && s32(at) == 0xaaaa0300 && u16(at + 4) == 0;
    }

    private void mpls(long at, int rest) {
        int count = 0;
        long[] lse = mplsStack;
        while (rest >= 4 && count < lse.length) {
            long entry = s32(at) & 0xffff_ffffL;
            lse[count++] = entry;
            at += 4;
            rest -= 4;
            if ((entry & 0x100) != 0) {
                break;
            }
        }
        if (count > 0) {
            words |= 1 << MPLS;
            key[MPLS] = lse[0] << 32 | (count > 1 ? lse[1] : 0);
        }
        if (count > 2) {
            words |= 1 << MPLS_INNER_VLAN;
            key[MPLS_INNER_VLAN] = lse[2] << 32;
        }
    }

    private final long[] mplsStack = new long[3];

    private void ipv4(long packet, long at, int rest) {
        if (rest < 20) {
            return;
        }
        int header = (u8(at) & 15) * 4;
        int total = u16(at + 2);
        if (header < 20 || rest < header || total > rest || total < header) {
            return;
        }
        int fragment = u16(at + 6);
        int frag = 0;
        if ((fragment & 0x3fff) != 0) {
            frag =
                    (fragment & 0x1fff) != 0
                            ? FlowKey.FRAG_ANY | FlowKey.FRAG_LATER
                            : FlowKey.FRAG_ANY;
        }
        int protocol = u8(at + 9);
        words |= 1 << IPV4 | 1 << IP_MISC;
        key[IPV4] = s64(at + 12);
        key[IP_MISC] =
                (long) protocol << 56
                        | (long) u8(at + 1) << 48
                        | (long) u8(at + 8) << 40
                        | (long) frag << 32;
        if ((frag & FlowKey.FRAG_LATER) == 0) {
            transport(packet, at + header, total - header, protocol);
        }
    }

    private void ipv6(long packet, long at, int rest) {
        if (rest < 40) {
            return;
        }
        int payload = u16(at + 4);
        if (payload + 40 > rest) {
            return;
        }
        words |= 15 << IPV6_SRC;
        key[IPV6_SRC] = s64(at + 8);
        key[IPV6_SRC + 1] = s64(at + 16);
        key[IPV6_DST] = s64(at + 24);
        key[IPV6_DST + 1] = s64(at + 32);
        long first = s32(at) & 0xffff_ffffL;
        long tos = (first >>> 20) & 0xff;
        long label = first & 0xfffff;
        long hopLimit = u8(at + 7);

        int protocol = u8(at + 6);
        long next = at + 40;
        int left = payload;
        int frag = 0;
        loop:
        while (true) {
            switch (protocol) {
                case 0, 43, 60 -> { // hop-by-hop, routing, destination options
                    if (left < 8) {
                        return;
                    }
                    int size = 8 + 8 * u8(next + 1);
                    if (left < size) {
                        return;
                    }
                    protocol = u8(next);
                    next += size;
                    left -= size;
                }
                case 51 -> { // authentication
                    if (left < 8) {
                        return;
                    }
                    int size = 8 + 4 * u8(next + 1);
                    if (left < size) {
                        return;
                    }
                    protocol = u8(next);
                    next += size;
                    left -= size;
                }
                case 44 -> { // fragment
                    if (left < 8) {
                        return;
                    }
                    int offset = u16(next + 2);
                    protocol = u8(next);
                    next += 8;
                    left -= 8;
                    if ((offset & 0xfff9) != 0) {
                        frag = FlowKey.FRAG_ANY;
                        if ((offset & 0xfff8) != 0) {
                            // What follows is the middle of a packet, not a header.
                            frag |= FlowKey.FRAG_LATER;
                            protocol = 44;
                            break loop;
                        }
                    }
                }
                default -> {
                    break loop;
                }
            }
        }
        words |= 1 << IP_MISC;
        key[IP_MISC] =
                (long) protocol << 56 | tos << 48 | hopLimit << 40 | (long) frag << 32 | label;
        if ((frag & FlowKey.FRAG_LATER) == 0) {
            transport(packet, next, left, protocol);
        }
    }

    private void transport(long packet, long at, int rest, int protocol) {
        l4Offset = (int) (at - packet);
        switch (protocol) {
            case 6 -> {
                int header = rest < 20 ? 0 : (u8(at + 12) >>> 4) * 4;
                if (header >= 20 && header <= rest) {
                    words |= 1 << TRANSPORT;
                    key[TRANSPORT] = (long) s32(at) << 32 | (long) (u16(at + 12) & 0xfff) << 16;
                }
            }
            case 17 -> ports(at, rest, 8);
            case 132 -> ports(at, rest, 12);
            case 1, 2 -> typeAndCode(at, rest);
            case 58 -> {
                typeAndCode(at, rest);
                neighbourDiscovery(at, rest);
            }
            default -> {}
        }
    }

    private void ports(long at, int rest, int header) {
        if (rest >= header) {
            words |= 1 << TRANSPORT;
            key[TRANSPORT] = (long) s32(at) << 32;
        }
    }

    private void typeAndCode(long at, int rest) {
        if (rest >= 8) {
            words |= 1 << TRANSPORT;
            key[TRANSPORT] = (long) u8(at) << 48 | (long) u8(at + 1) << 32;
        }
    }

    private void neighbourDiscovery(long at, int rest) {
        if (rest < 8) {
            return;
        }
        int type = u8(at);
        if ((type != 135 && type != 136) || u8(at + 1) != 0) {
            return;
        }
        boolean overIpv6 = (key[ETH_DST_TYPE] & 0xffff) == 0x86dd;
        if (overIpv6) {
            words |= 1 << IPV4;
            key[IPV4] = (long) s32(at + 4) << 32;
        }
        if (rest < 24) {
            return;
        }
        long target0 = s64(at + 8);
        long target1 = s64(at + 16);
        long sll = 0;
        long tll = 0;
        int firstOption = 0;
        long option = at + 24;
        int left = rest - 24;
        while (left >= 8) {
            int size = 8 * u8(option + 1);
            if (size == 0 || size > left) {
                break; // what was read before counts
            }
            int kind = size == 8 ? u8(option) : 0;
            long address = s64(option) << 16;
            if (kind == 1 && sll == 0) {
                sll = address;
            } else if (kind == 2 && tll == 0) {
                tll = address;
            } else if (kind == 1 || kind == 2) {
                if (overIpv6) {
                    key[IPV4] |= firstOption;
                }
                return; // the same one twice makes the addresses meaningless
            }
            firstOption = firstOption == 0 && (kind == 1 || kind == 2) ? kind : firstOption;
            option += size;
            left -= size;
        }
        words |= 3 << ND_TARGET | 1 << ARP_SHA | 1 << ARP_THA;
        key[ND_TARGET] = target0;
        key[ND_TARGET + 1] = target1;
        key[ARP_SHA] = sll;
        key[ARP_THA] = tll;
        if (overIpv6) {
            key[IPV4] |= firstOption;
        }
    }

    // RFC 8300; the context headers of metadata type 1 only, as in Open vSwitch.
    private void networkService(long at, int rest) {
        if (rest < 8) {
            return;
        }
        int first = u16(at);
        int length = (first & 0x3f) * 4;
        int metadata = u8(at + 2);
        boolean fits = metadata == 1 ? length == 24 : metadata != 2 || length >= 8;
        if (first >>> 14 != 0 || length > rest || !fits) {
            return;
        }
        words |= 1 << NSH;
        key[NSH] =
                (long) (first >>> 12 & 3) << 56
                        | (long) (first >>> 6 & 0x3f) << 48
                        | (long) u16(at + 2) << 32
                        | s32(at + 4) & 0xffff_ffffL;
        if (metadata == 1) {
            words |= 3 << NSH_CONTEXT;
            key[NSH_CONTEXT] = s64(at + 8);
            key[NSH_CONTEXT + 1] = s64(at + 16);
        }
    }

    private void arp(long at, int rest) {
        if (rest < 28 || s32(at) != 0x00010800 || u16(at + 4) != 0x0604) {
            return;
        }
        int op = u16(at + 6);
        words |= 1 << IPV4 | 1 << IP_MISC | 1 << ARP_SHA | 1 << ARP_THA;
        key[IPV4] = (long) s32(at + 14) << 32 | s32(at + 24) & 0xffff_ffffL;
        key[IP_MISC] = op <= 0xff ? (long) op << 56 : 0;
        key[ARP_SHA] = (long) s32(at + 8) << 32 | (long) u16(at + 12) << 16;
        key[ARP_THA] = (long) s32(at + 18) << 32 | (long) u16(at + 22) << 16;
    }
}
