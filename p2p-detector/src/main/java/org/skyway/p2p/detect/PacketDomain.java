package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;

/// What packets there are: the flow keys that parsing a frame can produce, as a list of cubes.
///
/// This is the one place that states it. A key outside these cubes never reaches a table, so a rule
/// that only such keys could hit breaks no link. Where it is unclear what a parser does, the cubes
/// hold both: one packet too many costs at most a link that is not found, one too few could make a
/// false one.
///
/// * VLAN: either no tag, and `vlan_tci` is 0, or a tag, and its bit 12 is set. A tag goes with any
///   Ethernet type, 0x8100 included (a third tag, or a truncated one).
/// * Ethernet type: 0x0600 and up, or 0x05ff for an 802.2 frame without one.
/// * Any type with everything behind it zero: an unknown type, or a header too short or malformed.
/// * IPv4 and IPv6: `ip_frag` is 0, 1 or 3. Transport words are zero for later fragments, for
///   protocols that are not parsed, and for truncated headers.
/// * TCP: ports and 12 flags. UDP, SCTP: ports. ICMP, ICMPv6 and IGMP: type and code, a byte each,
///   over either version of IP.
/// * Neighbour discovery (type 135 or 136, code 0): target and two link-layer addresses, each of
///   which may be missing and then is zero; over IPv6 the reserved word, and the type of the first
///   of the two, too.
/// * Network service header: all fields; context headers where the metadata type is 1.
/// * ARP and RARP: the opcode's lower byte, 0 if it is over 255; addresses.
/// * MPLS: up to three label stack entries; after one with the bottom-of-stack bit, zero.
/// * A frame too short for an Ethernet header: all zero. It comes last, since it can't be shown.
/// * The ingress port and the words that the pipeline adds are free here.
///
/// How fragments are handled (OFPC_FRAG_) decides what is seen of first fragments: usually neither
/// their ports nor their ICMP type and code, which then read as zero ([#PORTS_HIDDEN]), or all of
/// it ([#PORTS_SHOWN]).
///
/// Cubes come in the order in which a reader would like to see an example.
final class PacketDomain {
    private static final long FRAG_ANY = (long) FlowKey.FRAG_ANY << 32;
    private static final long FRAG_LATER = (long) FlowKey.FRAG_LATER << 32;
    private static final long PORTS = 0xffffffffL << 32;
    private static final long TYPE_AND_CODE = 0x00ff00ffL << 32;
    private static final long TCP_FLAGS = 0xfffL << 16;
    private static final long ADDRESS = 0xffffffffffff0000L;
    private static final long NO_NEXT_HEADER = 59;
    private static final long FRAGMENT_HEADER = 44;
    private static final long RESERVED_WORD = 0xffffffffL << 32; // of neighbour discovery
    private static final long NSH_FIELDS = 0x033f_ffff_ffff_ffffL; // 2 flags, 6 bits of TTL
    private static final int MPLS_BOS0 = 40;
    private static final int MPLS_BOS1 = 8;

    /// What tables see where fragments are handled as usual.
    static final PacketDomain PORTS_HIDDEN = new PacketDomain(false);

    /// What a frame parses to, and what tables see where the ports of first fragments are matched.
    static final PacketDomain PORTS_SHOWN = new PacketDomain(true);

    private final boolean firstFragmentsShown;
    private final List<Cube> cubes;

    private PacketDomain(boolean firstFragmentsShown) {
        this.firstFragmentsShown = firstFragmentsShown;
        cubes = build();
    }

    /// All packets, as cubes.
    List<Cube> cubes() {
        return cubes;
    }

    /// Some packet of a cube.
    ///
    /// @return a whole flow key; null if no frame parses to a key of the cube
    long[] pick(Cube cube) {
        for (Cube packets : cubes) {
            if (packets.overlaps(cube)) {
                Cube both = new Cube(cube);
                both.intersect(packets);
                return both.value;
            }
        }
        return null;
    }

    /// Whether a frame could parse to this key.
    boolean contains(long[] key) {
        for (Cube packets : cubes) {
            if (packets.contains(key)) {
                return true;
            }
        }
        return false;
    }

    private List<Cube> build() {
        List<Cube> untagged = new ArrayList<>();
        for (long type : new long[] {0x0800, 0x86dd}) {
            addIp(untagged, type);
        }
        for (long type : new long[] {0x0806, 0x8035}) {
            Cube arp = ofType(type, 0xffff);
            arp.free(FlowKey.IPV4, -1L);
            arp.free(FlowKey.IP_MISC, 0xffL << 56);
            arp.free(FlowKey.ARP_SHA, ADDRESS);
            arp.free(FlowKey.ARP_THA, ADDRESS);
            // Open vSwitch writes nothing into a packet with operation 0: that is no good example.
            untagged.add(withProtocol(arp, 1));
            untagged.add(arp);
        }
        // From the top: 0x8000 and up, 0x4000 and up, … 0x0800 and up, then 0x0600 and up.
        for (int top = 15; top >= 11; top--) {
            untagged.add(ofType(1L << top, 0xffff & ~((1L << top) - 1)));
        }
        untagged.add(ofType(0x0600, 0xfe00));
        untagged.add(ofType(FlowKey.ETH_TYPE_NONE, 0xffff));
        for (long type : new long[] {0x8847, 0x8848}) {
            addMpls(untagged, type);
        }
        untagged.add(networkService(true));
        untagged.add(networkService(false));
        List<Cube> all = new ArrayList<>(untagged);
        for (Cube cube : untagged) {
            Cube tagged = new Cube(cube);
            tagged.free(FlowKey.ETH_SRC_VLAN, 0xffff);
            tagged.fix(FlowKey.ETH_SRC_VLAN, FlowKey.VLAN_PRESENT, FlowKey.VLAN_PRESENT);
            all.add(tagged);
        }
        Cube runt = ofType(0, 0xffff);
        runt.fix(FlowKey.ETH_DST_TYPE, -1L, 0);
        runt.fix(FlowKey.ETH_SRC_VLAN, -1L, 0);
        all.add(runt);
        return List.copyOf(all);
    }

    /// Untagged packets of an Ethernet type with nothing parsed behind it.
    private static Cube ofType(long type, long typeMask) {
        Cube cube = new Cube();
        for (int w = 0; w < FlowKey.WORDS; w++) {
            cube.fix(w, w < FlowKey.PACKET_WORDS ? -1L : 0, 0);
        }
        cube.free(FlowKey.IN_PORT, Field.IN_PORT.ones() << Field.IN_PORT.shift());
        cube.free(FlowKey.ETH_DST_TYPE, -1L);
        cube.fix(FlowKey.ETH_DST_TYPE, typeMask, type);
        cube.free(FlowKey.ETH_SRC_VLAN, ADDRESS);
        return cube;
    }

    private void addIp(List<Cube> to, long type) {
        addTransport(to, type, 6, PORTS | TCP_FLAGS);
        addTransport(to, type, 17, PORTS);
        // The usual version of ICMP first: the other one is read too.
        for (long protocol : type == 0x0800 ? new long[] {1, 2, 58} : new long[] {58, 1, 2}) {
            addTransport(to, type, protocol, TYPE_AND_CODE);
        }
        for (long icmp : new long[] {135, 136}) {
            Cube nd = transport(type, 58, 0);
            nd.free(FlowKey.TRANSPORT, -1L);
            nd.fix(FlowKey.TRANSPORT, -1L, icmp << 48);
            addDiscovery(to, type, nd);
        }
        addTransport(to, type, 132, PORTS);
        if (!firstFragmentsShown) {
            Cube tcp = transport(type, 6, TCP_FLAGS);
            tcp.free(FlowKey.IP_MISC, FRAG_ANY);
            to.add(tcp);
            Cube nd = transport(type, 58, 0);
            nd.free(FlowKey.IP_MISC, FRAG_ANY);
            addDiscovery(to, type, nd);
        }
        Cube unparsed = ip(type);
        unparsed.free(FlowKey.IP_MISC, FRAG_ANY);
        Cube later = ip(type);
        later.free(FlowKey.IP_MISC, FRAG_ANY | FRAG_LATER);
        later.fix(FlowKey.IP_MISC, FRAG_ANY | FRAG_LATER, -1L);
        if (type == 0x86dd) {
            // Examples that every parser agrees on come first: some protocol numbers mean
            // extension headers, and a later fragment's protocol is that of its last one.
            to.add(withProtocol(unparsed, NO_NEXT_HEADER));
            to.add(withProtocol(later, FRAGMENT_HEADER));
        }
        to.add(unparsed);
        to.add(later);
    }

    private static void addDiscovery(List<Cube> to, long type, Cube headers) {
        Cube nd = new Cube(headers);
        nd.free(FlowKey.ND_TARGET, -1L);
        nd.free(FlowKey.ND_TARGET + 1, -1L);
        if (type == 0x86dd) {
            nd.free(FlowKey.IPV4, RESERVED_WORD);
            to.add(new Cube(nd)); // without options
        }
        nd.free(FlowKey.ARP_SHA, ADDRESS);
        nd.free(FlowKey.ARP_THA, ADDRESS);
        if (type != 0x86dd) {
            to.add(nd);
            return;
        }
        for (long first : new long[] {1, 2}) {
            Cube withOptions = new Cube(nd);
            withOptions.fix(FlowKey.IPV4, 0xff, first);
            to.add(withOptions);
        }
    }

    private static Cube withProtocol(Cube cube, long protocol) {
        Cube narrowed = new Cube(cube);
        narrowed.fix(FlowKey.IP_MISC, 0xffL << 56, protocol << 56);
        return narrowed;
    }

    private void addTransport(List<Cube> to, long type, long protocol, long bits) {
        to.add(transport(type, protocol, bits));
    }

    private Cube transport(long type, long protocol, long bits) {
        Cube cube = ip(type);
        cube.fix(FlowKey.IP_MISC, 0xffL << 56, protocol << 56);
        if (firstFragmentsShown) {
            cube.free(FlowKey.IP_MISC, FRAG_ANY);
        }
        cube.free(FlowKey.TRANSPORT, bits);
        return cube;
    }

    /// An IP header that is no fragment, any protocol, with nothing parsed behind it.
    private static Cube ip(long type) {
        Cube cube = ofType(type, 0xffff);
        cube.free(FlowKey.IP_MISC, 0xffffffL << 40);
        if (type == 0x0800) {
            cube.free(FlowKey.IPV4, -1L);
        } else {
            cube.free(FlowKey.IP_MISC, 0xfffff);
            for (int w = FlowKey.IPV6_SRC; w < FlowKey.IPV6_DST + 2; w++) {
                cube.free(w, -1L);
            }
        }
        return cube;
    }

    /// Packets with an NSH header.
    ///
    /// @param contexts whether of metadata type 1, which has context headers
    private static Cube networkService(boolean contexts) {
        Cube cube = ofType(FlowKey.ETH_TYPE_NSH, 0xffff);
        cube.free(FlowKey.NSH, NSH_FIELDS);
        if (contexts) {
            cube.fix(FlowKey.NSH, 0xffL << 40, 1L << 40);
            cube.free(FlowKey.NSH_CONTEXT, -1L);
            cube.free(FlowKey.NSH_CONTEXT + 1, -1L);
        }
        return cube;
    }

    private static void addMpls(List<Cube> to, long type) {
        Cube one = ofType(type, 0xffff);
        one.free(FlowKey.MPLS, 0xffffffffL << 32);
        one.fix(Cube.bit(FlowKey.MPLS, MPLS_BOS0), true);
        to.add(one);
        Cube two = ofType(type, 0xffff);
        two.free(FlowKey.MPLS, -1L);
        two.fix(Cube.bit(FlowKey.MPLS, MPLS_BOS0), false);
        two.fix(Cube.bit(FlowKey.MPLS, MPLS_BOS1), true);
        to.add(two);
        Cube three = ofType(type, 0xffff);
        three.free(FlowKey.MPLS, -1L);
        three.fix(Cube.bit(FlowKey.MPLS, MPLS_BOS0), false);
        three.fix(Cube.bit(FlowKey.MPLS, MPLS_BOS1), false);
        three.free(FlowKey.MPLS_INNER_VLAN, 0xffffffffL << 32);
        to.add(three);
    }
}
