package org.skyway.openflow.model;

import java.util.List;

/// How the value of a [Field] is written as text.
public enum Notation {
    /// A decimal number.
    DEC,
    /// A number of hexadecimal digits.
    HEX,
    /// A port's number or reserved name.
    PORT,
    /// A MAC address.
    MAC,
    /// An IPv4 address; a mask may be a prefix length.
    IP4,
    /// An IPv6 address; a mask may be a prefix length.
    IP6,
    /// Which fragments: `later`, `not_later` and so on.
    FRAG,
    /// A packet type: name space and type in it.
    TYPE,
    /// TCP's flags by name.
    FLAGS_TCP("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns"),
    /// States of connection tracking by name.
    FLAGS_CT("new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"),
    /// A tunnel's flags by name.
    FLAGS_TUN("oam");

    private final List<String> flags;

    Notation(String... flags) {
        this.flags = List.of(flags);
    }

    /// The names of the field's bits, from the least significant one.
    ///
    /// @return none if its bits have no names
    public List<String> flags() {
        return flags;
    }
}
