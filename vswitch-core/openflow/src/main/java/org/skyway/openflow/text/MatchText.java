package org.skyway.openflow.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Notation;
import org.skyway.openflow.model.SubField;

/// Matches: `ip,nw_src=10.0.0.0/8`, and back.
final class MatchText {
    /// A protocol's name stands for an Ethernet type and perhaps an IP protocol.
    private record Protocol(String name, int type, int proto) {
        Protocol(String name, int type) {
            this(name, type, -1);
        }
    }

    private static final Protocol[] PROTOCOLS = {
        new Protocol("icmp", 0x0800, 1),
        new Protocol("tcp", 0x0800, 6),
        new Protocol("udp", 0x0800, 17),
        new Protocol("sctp", 0x0800, 132),
        new Protocol("icmp6", 0x86dd, 58),
        new Protocol("tcp6", 0x86dd, 6),
        new Protocol("udp6", 0x86dd, 17),
        new Protocol("sctp6", 0x86dd, 132),
        new Protocol("ip", 0x0800),
        new Protocol("ipv6", 0x86dd),
        new Protocol("arp", 0x0806),
        new Protocol("rarp", 0x8035),
        new Protocol("mpls", 0x8847),
        new Protocol("mplsm", 0x8848)
    };

    private static final Map<String, String> OTHER_NAMES =
            Map.of("ipv4", "ip", "ip4", "ip", "ip6", "ipv6");

    private static final Map<String, Integer> FRAGMENTS = // value in the low byte, mask above
            Map.of(
                    "no", 0x300,
                    "yes", 0x101,
                    "first", 0x301,
                    "later", 0x303,
                    "not_later", 0x200);

    private static final int TCI = 0xffff;
    private static final int VID = 0x0fff;
    private static final int PCP = 0xe000;

    /// All fields but those that are other names of some.
    private static final Field[] PRINTED =
            Arrays.stream(Field.values()).filter(f -> !f.isAlias()).toArray(Field[]::new);

    /// For each word, which of [#PRINTED] have bits there.
    private static final BitSet[] BY_WORD = new BitSet[FlowKey.WORDS];

    static {
        for (int w = 0; w < FlowKey.WORDS; w++) {
            BY_WORD[w] = new BitSet(PRINTED.length);
            for (int i = 0; i < PRINTED.length; i++) {
                BY_WORD[w].set(i, (PRINTED[i].words() >> w & 1) != 0);
            }
        }
    }

    private MatchText() {}

    /// Takes one item of a match.
    ///
    /// @return false if it is none
    static boolean parse(Tokens.Token token, Match.Builder match, Names names) {
        String key = token.key();
        String value = token.value();
        if (protocol(key, match)) {
            return true;
        }
        if (key.indexOf('[') >= 0) {
            part(FieldLexicon.part(key), value, match, names);
            return true;
        }
        switch (key) {
            case "dl_vlan" -> {
                int vid = Numbers.parse(key, value, 0xffff);
                if (vid == 0xffff) {
                    match.masked(Field.VLAN_TCI, 0, TCI);
                } else {
                    match.masked(
                            Field.VLAN_TCI,
                            vid & VID | FlowKey.VLAN_PRESENT,
                            VID | FlowKey.VLAN_PRESENT);
                }
            }
            case "dl_vlan_pcp", "vlan_pcp" -> {
                int pcp = Numbers.parse(key, value, 255) & 7;
                match.masked(
                        Field.VLAN_TCI,
                        pcp << 13 | FlowKey.VLAN_PRESENT,
                        PCP | FlowKey.VLAN_PRESENT);
            }
            case "nw_tos" -> match.exact(Field.IP_DSCP, Numbers.parse(key, value, 255) >> 2);
            case "tp_src" ->
                    set(Field.TCP_SRC, FieldValue.parse(Field.TCP_SRC, value, names), match);
            case "tp_dst" ->
                    set(Field.TCP_DST, FieldValue.parse(Field.TCP_DST, value, names), match);
            case "packet_type" -> {
                return value.replace(" ", "").equals("(0,0)"); // Ethernet, as all packets are here
            }
            case "recirc_id" -> {
                return Numbers.parse(key, value) == 0; // as all packets have that come in
            }
            default -> {
                Field field = FieldLexicon.findPlain(key);
                if (field == null) {
                    return false;
                }
                if (value.isEmpty() && field.notation().flags().isEmpty()) {
                    throw new FlowSyntaxException("field %s has no value".formatted(key));
                }
                value(field.base(), value, match, names);
            }
        }
        return true;
    }

    private static void value(Field field, String text, Match.Builder match, Names names) {
        Integer fragments = field.notation() == Notation.FRAG ? FRAGMENTS.get(text) : null;
        if (fragments != null) {
            match.masked(field, fragments & 255, fragments >> 8);
        } else if (field.notation().flags().isEmpty()) {
            set(field, FieldValue.parse(field, text, names), match);
        } else {
            flags(field, text, match);
        }
    }

    /// Some bits of a field, as in `reg0[0..3]=5`.
    private static void part(SubField part, String text, Match.Builder match, Names names) {
        Field field = part.field();
        FieldValue value = FieldValue.parse(field, text, names);
        long ones = part.bits() >= 64 ? -1L : (1L << part.bits()) - 1;
        boolean all = text.indexOf('/') < 0;
        long mask = all ? ones : value.maskLow();
        if (part.bits() == field.bits()) {
            set(field, value, match);
            return;
        }
        if (value.high() != 0 || (value.low() & ~ones) != 0 || (mask & ~ones) != 0) {
            throw new FlowSyntaxException(
                    "%s does not fit into %d bits of %s"
                            .formatted(text, part.bits(), field.ovsName()));
        }
        int at = part.offset();
        if (!field.wide()) {
            match.masked(field, value.low() << at, mask << at);
        } else if (part.bits() > 64) {
            throw new FlowSyntaxException(
                    "%d bits of %s are too many to be matched as a part"
                            .formatted(part.bits(), field.ovsName()));
        } else {
            match.masked(
                    field,
                    high(value.low(), at),
                    low(value.low(), at),
                    high(mask, at),
                    low(mask, at));
        }
    }

    private static long low(long bits, int offset) {
        return offset >= 64 ? 0 : bits << offset;
    }

    private static long high(long bits, int offset) {
        return offset >= 64 ? bits << offset - 64 : offset == 0 ? 0 : bits >>> 64 - offset;
    }

    private static boolean protocol(String name, Match.Builder match) {
        if (name.equals("eth")) {
            return true; // as all packets are
        }
        String wanted = OTHER_NAMES.getOrDefault(name, name);
        for (Protocol protocol : PROTOCOLS) {
            if (protocol.name.equals(wanted)) {
                match.exact(Field.ETH_TYPE, protocol.type);
                if (protocol.proto >= 0) {
                    match.exact(Field.IP_PROTO, protocol.proto);
                }
                return true;
            }
        }
        return false;
    }

    private static void set(Field field, FieldValue value, Match.Builder match) {
        if (field.wide()) {
            match.masked(field, value.high(), value.low(), value.maskHigh(), value.maskLow());
        } else {
            match.masked(field, value.low(), value.maskLow());
        }
    }

    /// Flags by name: `+syn-ack` for some of them, `syn|ack` for all.
    private static void flags(Field field, String text, Match.Builder match) {
        if (text.isEmpty() || Character.isDigit(text.charAt(0))) {
            set(field, FieldValue.parse(field, text, Names.NONE), match);
            return;
        }
        List<String> names = field.notation().flags();
        boolean some = text.startsWith("+") || text.startsWith("-");
        int value = 0;
        long mask = some ? 0 : field.ones();
        for (String flag : text.split(some ? "(?=[+-])" : "\\|")) {
            String name = some ? flag.substring(1) : flag;
            int bit = names.indexOf(name);
            if (bit < 0) {
                throw new FlowSyntaxException(
                        "%s has no flag \"%s\"; they are %s"
                                .formatted(field.ovsName(), name, String.join(", ", names)));
            }
            if (some && (mask >> bit & 1) != 0) {
                throw new FlowSyntaxException(
                        "%s: each flag can be specified only once".formatted(name));
            }
            mask |= 1L << bit;
            value |= flag.startsWith("-") ? 0 : 1 << bit;
        }
        match.masked(field, value, mask);
    }

    /// What arrives at a switch when `ovs-ofctl` sends this over OpenFlow 1.3: fields whose
    /// prerequisite is not matched are dropped, and so is a match on bits of the VLAN priority that
    /// OXM has no words for.
    static Match normalise(Match match) {
        long[] values = new long[FlowKey.WORDS];
        long[] masks = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            values[w] = match.value(w);
            masks[w] = match.mask(w);
        }
        long[] allowed = allowed(match);
        for (int w = FlowKey.IPV4; w < FlowKey.PACKET_WORDS; w++) {
            masks[w] &= allowed[w];
        }
        // OXM matches all of the priority, and only of tagged packets.
        long pcp = masks[FlowKey.ETH_SRC_VLAN] & PCP;
        masks[FlowKey.ETH_SRC_VLAN] &= ~(long) PCP;
        if (pcp != 0 && (values[FlowKey.ETH_SRC_VLAN] & (VID | FlowKey.VLAN_PRESENT)) != 0) {
            masks[FlowKey.ETH_SRC_VLAN] |= PCP;
        }
        return Match.of(values, masks);
    }

    /// The bits of the packet's words 3 to 15 that packets matching this may have.
    private static long[] allowed(Match match) {
        long[] allowed = new long[FlowKey.WORDS];
        for (Field field : Field.values()) {
            if (field.word() < FlowKey.PACKET_WORDS && field.prerequisite().isMetBy(match)) {
                allowed[field.word()] |= field.ones() << (field.wide() ? 0 : field.shift());
                if (field.wide()) {
                    allowed[field.word() + 1] = -1L;
                }
            }
        }
        return allowed;
    }

    /// Prints a match so that it can be parsed again.
    ///
    /// @return the items, comma-separated; empty for a match of everything
    static String print(Match match) {
        StringBuilder items = new StringBuilder();
        print(match, items);
        return items.isEmpty() ? "" : items.substring(1);
    }

    /// Adds the items of a match to a text.
    ///
    /// @param items gets them, each behind a comma
    static void print(Match match, StringBuilder items) {
        if (match.words() == 0) {
            return;
        }
        // One more than what is matched, for the second half of a wide field.
        long[] left = new long[Long.SIZE - Long.numberOfLeadingZeros(match.words()) + 1];
        BitSet fields = new BitSet(PRINTED.length);
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            left[w] = match.mask(w);
            fields.or(BY_WORD[w]);
        }
        printProtocol(match, left, items);
        printVlan(match, left, items);
        for (int i = fields.nextSetBit(0); i >= 0; i = fields.nextSetBit(i + 1)) {
            Field field = PRINTED[i];
            int shift = field.wide() ? 0 : field.shift();
            long high = field.wide() ? left[field.word()] : 0;
            long low =
                    (left[field.wide() ? field.word() + 1 : field.word()] >>> shift) & field.ones();
            if ((high | low) == 0 || !field.prerequisite().isMetBy(match)) {
                continue;
            }
            FieldValue value =
                    new FieldValue(
                            match.valueHighOf(field) & high, match.valueOf(field) & low, high, low);
            items.append(',').append(field.ovsName()).append('=').append(value.print(field));
            left[field.word()] &= ~(field.wide() ? -1L : field.ones() << shift);
            if (field.wide()) {
                left[field.word() + 1] = 0;
            }
        }
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (left[w] != 0) {
                items.append(",word%d=0x%x/0x%x".formatted(w, match.value(w) & left[w], left[w]));
            }
        }
    }

    private static void printProtocol(Match match, long[] left, StringBuilder items) {
        long type = match.exact(Field.ETH_TYPE);
        long proto = match.exact(Field.IP_PROTO);
        for (Protocol protocol : PROTOCOLS) {
            if (protocol.type == type && (protocol.proto < 0 || protocol.proto == proto)) {
                items.append(',').append(protocol.name);
                left[FlowKey.ETH_DST_TYPE] &= ~Field.ETH_TYPE.ones();
                if (protocol.proto >= 0) {
                    left[FlowKey.IP_MISC] &= ~(0xffL << Field.IP_PROTO.shift());
                }
                return;
            }
        }
    }

    private static void printVlan(Match match, long[] left, StringBuilder items) {
        int mask = (int) match.maskOf(Field.VLAN_TCI);
        int value = (int) match.valueOf(Field.VLAN_TCI);
        if (mask == 0) {
            return;
        }
        left[FlowKey.ETH_SRC_VLAN] &= ~(long) TCI;
        boolean tagged = (mask & value & FlowKey.VLAN_PRESENT) != 0;
        boolean vid = (mask & VID) == VID;
        boolean pcp = (mask & PCP) == PCP;
        boolean whole = (vid || (mask & VID) == 0) && (pcp || (mask & PCP) == 0);
        if (!tagged || !whole || !vid && !pcp) {
            items.append(
                    mask == TCI
                            ? ",vlan_tci=0x%04x".formatted(value)
                            : ",vlan_tci=0x%04x/0x%04x".formatted(value, mask));
            return;
        }
        if (vid) {
            items.append(",dl_vlan=").append(value & VID);
        }
        if (pcp) {
            items.append(",dl_vlan_pcp=").append(value >> 13);
        }
    }
}
