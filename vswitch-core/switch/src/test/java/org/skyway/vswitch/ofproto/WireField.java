package org.skyway.vswitch.ofproto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/// A field as the wire names it, and every action that can name one, in bytes: nothing of this
/// knows what Skyway knows of fields.
///
/// @param header class, field number and length, without the has-mask bit
/// @param vendor of an experimenter's field; 0 for none
/// @param bytes length of a value
/// @param bits how many of them actions may name
/// @param when what must be matched
record WireField(int header, int vendor, int bytes, int bits, When when) {
    private static final int NICIRA = 0x2320;
    private static final WireField REG0 = new WireField(0x00010004, 0, 4, 32, When.ALWAYS);
    private static final WireField XXREG1 =
            new WireField(1 << 16 | 112 << 9 | 16, 0, 16, 128, When.ALWAYS);

    /// What fields presuppose.
    enum When {
        ALWAYS(""),
        VLAN("dl_vlan=5"),
        ARP("arp", eth(0x0806)),
        IP("ip", eth(0x0800)),
        IP6("ipv6", eth(0x86dd)),
        MPLS("mpls", eth(0x8847)),
        NSH("dl_type=0x894f", eth(0x894f)),
        TCP("tcp", eth(0x0800), proto(6)),
        UDP("udp", eth(0x0800), proto(17)),
        SCTP("sctp", eth(0x0800), proto(132)),
        ICMP("icmp", eth(0x0800), proto(1)),
        ICMP6("icmp6", eth(0x86dd), proto(58)),
        SOLICIT("icmp6,icmp_type=135,icmp_code=0", eth(0x86dd), proto(58), type(135), code(0)),
        ADVERT("icmp6,icmp_type=136,icmp_code=0", eth(0x86dd), proto(58), type(136), code(0)),
        TRACKED("ct_state=+trk+est");

        /// As `ovs-ofctl` reads it.
        final String match;

        /// The same as constants in a `learn`.
        final List<byte[]> learned;

        When(String match, byte[]... learned) {
            this.match = match;
            this.learned = List.of(learned);
        }

        private static byte[] eth(int type) {
            return immediate(0, 16, 3 << 9 | 2, 0, type);
        }

        private static byte[] proto(int proto) {
            return immediate(0, 8, 6 << 9 | 1, 0, proto);
        }

        private static byte[] type(int type) {
            return immediate(0, 8, 1 << 16 | 21 << 9 | 1, 0, type);
        }

        private static byte[] code(int code) {
            return immediate(0, 8, 1 << 16 | 22 << 9 | 1, 0, code);
        }
    }

    /// An action that names a field.
    ///
    /// @param what for messages
    /// @param bytes all of it
    record Sample(String what, byte[] bytes) {}

    private record Range(int offset, int bits) {
        int together() {
            return offset << 6 | bits - 1;
        }
    }

    @Override
    public String toString() {
        return "%08x%s".formatted(header, vendor == 0 ? "" : "/%08x".formatted(vendor));
    }

    private byte[] head(boolean masked) {
        int h = masked ? header + bytes | 0x100 : header;
        WireBytes out = new WireBytes().put(4, h);
        return (vendor == 0 ? out : out.put(4, vendor)).array();
    }

    private static byte[] standard(int type, Consumer<WireBytes> body) {
        WireBytes out = new WireBytes().put(2, type).put(2, 0);
        return finish(out, body, 0);
    }

    private static byte[] extension(int vendor, int subtype, int least, Consumer<WireBytes> body) {
        WireBytes out = new WireBytes().put(2, 0xffff).put(2, 0).put(4, vendor).put(2, subtype);
        return finish(out, body, least);
    }

    private static byte[] finish(WireBytes out, Consumer<WireBytes> body, int least) {
        body.accept(out);
        byte[] made = out.array();
        byte[] padded = java.util.Arrays.copyOf(made, Math.max(least, made.length + 7 & ~7));
        ByteBuffer.wrap(padded).putShort(2, (short) padded.length);
        return padded;
    }

    private static byte[] immediate(int kind, int bits, int header, int offset, long value) {
        return new WireBytes()
                .put(2, 1 << 13 | kind << 11 | bits)
                .put(2 * ((bits + 15) / 16), value)
                .put(4, header)
                .put(2, offset)
                .array();
    }

    private byte[] copy(int kind, int offset, int bits, WireField to, int toOffset) {
        WireBytes out = new WireBytes().put(2, kind << 11 | bits).put(4, header).put(2, offset);
        if (to != null) {
            out.put(4, to.header).put(2, toOffset);
        }
        return out.array();
    }

    private static byte[] learn(List<byte[]> specs) {
        return extension(
                NICIRA,
                16,
                32,
                o -> {
                    o.put(2, 0).put(2, 0).put(2, 77).put(8, 0).put(2, 0).put(1, 9).put(1, 0);
                    o.put(2, 0).put(2, 0);
                    specs.forEach(o::put);
                });
    }

    private byte[] learnWithPrerequisites(byte[] spec) {
        List<byte[]> specs = new ArrayList<>(when.learned);
        specs.add(spec);
        return learn(specs);
    }

    /// Puts one bit of a field on the stack.
    byte[] push(int offset, int bits) {
        return extension(NICIRA, 27, 24, o -> o.put(2, offset).put(head(false)).put(2, bits));
    }

    /// Every action that can name the field, with ranges of it that are right and that are not.
    ///
    /// @param version of OpenFlow: 4 for 1.3, 6 for 1.5
    List<Sample> samples(int version) {
        List<Sample> all = new ArrayList<>();
        boolean old = version < 6;
        boolean known = vendor == 0;
        for (Range r : ranges()) {
            int o = r.offset;
            int n = r.bits;
            String range = this + "[" + o + ".." + (o + n - 1) + "]";
            long ones = n >= 64 ? -1 : (1L << n) - 1;
            all.add(new Sample("push " + range, push(o, n)));
            all.add(
                    new Sample(
                            "pop " + range,
                            extension(
                                    NICIRA, 28, 24, b -> b.put(2, o).put(head(false)).put(2, n))));
            if (old) {
                all.add(new Sample("move from " + range, move(6, n, o, 0, this, XXREG1)));
                all.add(new Sample("move to " + range, move(6, n, 0, o, XXREG1, this)));
                all.add(new Sample("move up " + range, move(6, n, o, 0, this, this)));
            } else {
                all.add(new Sample("copy from " + range, move(28, n, o, 0, this, XXREG1)));
                all.add(new Sample("copy to " + range, move(28, n, 0, o, XXREG1, this)));
            }
            all.add(
                    new Sample(
                            "output2 " + range,
                            extension(
                                    NICIRA,
                                    32,
                                    24,
                                    b -> b.put(2, r.together()).put(2, 0xffff).put(head(false)))));
            if (!known) {
                continue;
            }
            if (old && n <= 64) {
                for (long value : new long[] {0, 1, ones, ones + 1}) {
                    all.add(
                            new Sample(
                                    "load %d to %s".formatted(value, range),
                                    extension(
                                            NICIRA,
                                            7,
                                            24,
                                            b ->
                                                    b.put(2, r.together())
                                                            .put(4, header)
                                                            .put(8, value))));
                }
            }
            if (n <= 64) {
                all.add(
                        new Sample(
                                "output " + range,
                                extension(
                                        NICIRA,
                                        15,
                                        24,
                                        b ->
                                                b.put(2, r.together())
                                                        .put(4, header)
                                                        .put(2, 128)
                                                        .put(6, 0))));
                all.add(
                        new Sample(
                                "multipath to " + range,
                                extension(
                                        NICIRA,
                                        10,
                                        32,
                                        b ->
                                                b.put(2, 0)
                                                        .put(2, 50)
                                                        .put(2, 0)
                                                        .put(2, 0)
                                                        .put(2, 1)
                                                        .put(4, 0)
                                                        .put(2, 0)
                                                        .put(2, r.together())
                                                        .put(4, header))));
                all.add(
                        new Sample(
                                "bundle_load to " + range,
                                extension(
                                        NICIRA,
                                        13,
                                        32,
                                        b ->
                                                b.put(2, 0)
                                                        .put(2, 0)
                                                        .put(2, 0)
                                                        .put(4, 2)
                                                        .put(2, 2)
                                                        .put(2, r.together())
                                                        .put(4, header)
                                                        .put(4, 0)
                                                        .put(2, 1)
                                                        .put(2, 2))));
            }
            learning(all, range, o, n);
        }
        setting(all, version);
        return all;
    }

    private void learning(List<Sample> all, String range, int o, int n) {
        List<byte[]> specs =
                List.of(
                        copy(0, o, n, this, o),
                        immediate(0, n, header, o, 1),
                        copy(0, o, n, XXREG1, 0),
                        copy(1, o, n, XXREG1, 0),
                        XXREG1.copy(1, 0, n, this, o),
                        XXREG1.copy(0, 0, n, this, o),
                        immediate(1, n, header, o, 1),
                        copy(1, o, n, this, o),
                        copy(2, o, n, null, 0));
        for (byte[] spec : specs) {
            String hex = HexFormat.of().formatHex(spec);
            all.add(new Sample("learn %s: %s".formatted(range, hex), learn(List.of(spec))));
            if (!when.learned.isEmpty()) {
                all.add(
                        new Sample(
                                "learn %s of %s: %s".formatted(range, when, hex),
                                learnWithPrerequisites(spec)));
            }
        }
    }

    private void setting(List<Sample> all, int version) {
        long most = bits >= 64 ? -1 : (1L << bits) - 1;
        for (long value : new long[] {0, 1, most, -1}) {
            String what = "%x in %s".formatted(value, this);
            all.add(
                    new Sample(
                            "set " + what,
                            standard(25, b -> b.put(head(false)).put(bytes, value))));
            for (long mask : version < 6 ? new long[] {-1} : new long[] {-1, most, 0x101, 0xff}) {
                String masked = "%s/%x".formatted(what, mask);
                all.add(
                        new Sample(
                                "set " + masked,
                                standard(
                                        25,
                                        b ->
                                                b.put(head(true))
                                                        .put(bytes, value & mask)
                                                        .put(bytes, mask))));
            }
            if (version < 6) {
                all.add(
                        new Sample(
                                "load2 " + what,
                                extension(
                                        NICIRA,
                                        33,
                                        16,
                                        b -> b.put(head(false)).put(bytes, value))));
                for (long mask : new long[] {-1, most, 0x101, 0xff}) {
                    all.add(
                            new Sample(
                                    "load2 %s/%x".formatted(what, mask),
                                    extension(
                                            NICIRA,
                                            33,
                                            16,
                                            b ->
                                                    b.put(head(true))
                                                            .put(bytes, value & mask)
                                                            .put(bytes, mask))));
                }
            }
        }
        all.add(
                new Sample(
                        "check_pkt_larger to " + this,
                        extension(NICIRA, 49, 24, b -> b.put(2, 100).put(2, 0).put(head(false)))));
        all.add(
                new Sample(
                        "learn result in " + this,
                        extension(
                                NICIRA,
                                45,
                                40,
                                b -> {
                                    b.put(2, 0).put(2, 0).put(2, 77).put(8, 0).put(2, 4);
                                    b.put(1, 9).put(1, 0).put(2, 0).put(2, 0).put(4, 3);
                                    b.put(2, 0).put(2, 0).put(head(false));
                                    b.put(immediate(0, 16, 3 << 9 | 2, 0, 0x1234));
                                })));
    }

    private static byte[] move(int type, int bits, int from, int to, WireField a, WireField b) {
        Consumer<WireBytes> ranges = o -> o.put(2, bits).put(2, from).put(2, to);
        return type == 28
                ? standard(
                        28,
                        o -> {
                            ranges.accept(o);
                            o.put(2, 0).put(a.head(false)).put(b.head(false));
                        })
                : extension(
                        NICIRA,
                        type,
                        24,
                        o -> {
                            ranges.accept(o);
                            o.put(a.head(false)).put(b.head(false));
                        });
    }

    private List<Range> ranges() {
        List<Range> ranges = new ArrayList<>();
        ranges.add(new Range(0, bits));
        ranges.add(new Range(0, bits + 1));
        ranges.add(new Range(bits - 1, 1));
        ranges.add(new Range(bits, 1));
        if (bits > 1) {
            ranges.add(new Range(0, 1));
            ranges.add(new Range(bits / 2, bits - bits / 2));
        }
        if (bits > 16) {
            ranges.add(new Range(0, 16));
        }
        if (bits > 65) {
            ranges.add(new Range(bits - 65, 65));
            ranges.add(new Range(32, 64));
        }
        return ranges;
    }
}
