package org.skyway.openflow.text;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Notation;
import org.skyway.openflow.model.OfPort;

/// The value and mask of a field, in its own notation: addresses, MAC addresses, ports, numbers.
///
/// @param high bits 127 to 64
/// @param low bits 63 to 0
/// @param maskHigh which of the high bits count
/// @param maskLow which of the low bits count
record FieldValue(long high, long low, long maskHigh, long maskLow) {
    /// Reads `value` or `value/mask`.
    static FieldValue parse(Field field, String text, Names names) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            long[] value = number(field, text, names);
            return new FieldValue(value[0], value[1], field.wide() ? -1L : 0, field.whole());
        }
        long[] value = number(field, text.substring(0, slash), names);
        long[] mask = mask(field, text.substring(slash + 1), names);
        return new FieldValue(value[0] & mask[0], value[1] & mask[1], mask[0], mask[1]);
    }

    private static long[] mask(Field field, String text, Names names) {
        Notation notation = field.notation();
        if (notation == Notation.IP4 && text.indexOf('.') < 0 && !text.startsWith("0x")) {
            int prefix = Numbers.parse(field.ovsName() + "'s prefix length", text, 32);
            return new long[] {0, prefix == 0 ? 0 : field.ones() & -1L << 32 - prefix};
        }
        if (notation == Notation.IP6 && text.indexOf(':') < 0) {
            int prefix = Numbers.parse(field.ovsName() + "'s prefix length", text, 128);
            long high = prefix == 0 ? 0 : prefix >= 64 ? -1L : -1L << 64 - prefix;
            long low = prefix <= 64 ? 0 : -1L << 128 - prefix;
            return new long[] {high, low};
        }
        return number(field, text, names);
    }

    private static long[] number(Field field, String text, Names names) {
        try {
            long[] value =
                    switch (field.notation()) {
                        case PORT -> new long[] {0, port(field, names.port(text))};
                        case MAC -> new long[] {0, mac(text)};
                        case IP4 -> new long[] {0, ipv4(text)};
                        case IP6 -> {
                            ByteBuffer bytes = ByteBuffer.wrap(ip(text, 16));
                            yield new long[] {bytes.getLong(), bytes.getLong()};
                        }
                        default ->
                                field.wide()
                                        ? wide(field, text)
                                        : new long[] {0, Numbers.parse(field.ovsName(), text)};
                    };
            // Whole bytes are what ovs-ofctl looks at; what does not fit into the bits is cut off.
            // The flow label alone is sent as it is, and refused.
            int size = Math.min((field.bits() + 7) / 8, field.bytes());
            long bytes =
                    field == Field.IPV6_LABEL ? field.ones() : -1L >>> Math.max(0, 64 - 8 * size);
            if (!field.wide() && (value[1] & ~bytes) != 0) {
                throw new FlowSyntaxException(
                        "%s has %d bits, too few for %s"
                                .formatted(field.ovsName(), field.bits(), text));
            }
            return value;
        } catch (UnknownHostException | NumberFormatException e) {
            throw new FlowSyntaxException("%s can't be \"%s\"".formatted(field.ovsName(), text));
        }
    }

    /// Four numbers, of which eight bits count each.
    private static long ipv4(String text) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9}){3}")) {
            throw new NumberFormatException(text);
        }
        long address = 0;
        for (String part : text.split("\\.")) {
            address = address << 8 | Integer.parseInt(part) & 255;
        }
        return address;
    }

    private static long port(Field field, int number) {
        boolean half = field == Field.IN_PORT_NXM && OfPort.exists(number);
        return Integer.toUnsignedLong(number) & (half ? 0xffff : -1L);
    }

    /// Whether the value has no bits that the field has not.
    boolean fits(Field field) {
        return field.wide() || (low & ~field.whole()) == 0;
    }

    private static long[] wide(Field field, String text) {
        if (!text.startsWith("0x") || text.length() <= 18) {
            return new long[] {0, Numbers.parse(field.ovsName(), text)};
        }
        int split = text.length() - 16;
        return new long[] {
            Long.parseUnsignedLong(text.substring(2, split), 16),
            Long.parseUnsignedLong(text.substring(split), 16)
        };
    }

    private static long mac(String text) {
        String[] bytes = text.split(":", -1);
        if (bytes.length != 6) {
            if (text.startsWith("0x")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            throw new NumberFormatException(text);
        }
        long mac = 0;
        for (String b : bytes) {
            if (b.isEmpty() || b.length() > 2) {
                throw new NumberFormatException(text);
            }
            mac = mac << 8 | Integer.parseInt(b, 16);
        }
        return mac;
    }

    /// An IP address; digits and colons only, so that no name is ever looked up.
    private static byte[] ip(String text, int length) throws UnknownHostException {
        if (!text.matches(length == 4 ? "[0-9]+(\\.[0-9]+){3}" : "[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
            throw new UnknownHostException(text);
        }
        byte[] bytes = InetAddress.getByName(text).getAddress();
        if (length == 16 && bytes.length == 4) { // Java unwraps ::ffff:1.2.3.4
            return ByteBuffer.allocate(16).putInt(8, 0xffff).put(12, bytes).array();
        }
        return bytes;
    }

    /// Prints `value` or `value/mask`.
    String print(Field field) {
        boolean all =
                (maskLow & field.ones()) == field.ones() && (!field.wide() || maskHigh == -1L);
        return all ? one(field, high, low) : one(field, high, low) + "/" + printMask(field);
    }

    private String printMask(Field field) {
        if (field.notation() == Notation.IP4) {
            int prefix = Long.bitCount(maskLow);
            if (prefix == 0 || maskLow == (field.ones() & -1L << 32 - prefix)) {
                return Integer.toString(prefix);
            }
        }
        if (field.notation() == Notation.IP6) {
            int prefix = Long.bitCount(maskHigh) + Long.bitCount(maskLow);
            boolean leading =
                    prefix <= 64
                            ? maskLow == 0 && (prefix == 0 || maskHigh == -1L << 64 - prefix)
                            : maskHigh == -1L && maskLow == -1L << 128 - prefix;
            if (leading) {
                return Integer.toString(prefix);
            }
        }
        return field.notation() == Notation.DEC
                ? "0x" + Long.toHexString(maskLow)
                : one(field, maskHigh, maskLow);
    }

    private static String one(Field field, long high, long low) {
        return switch (field.notation()) {
            case PORT -> Numbers.port((int) field.toBase(low));
            case MAC -> HexFormat.ofDelimiter(":").formatHex(bytes(0, low), 10, 16);
            case IP4 -> ipv4((int) low);
            case IP6 -> {
                try {
                    yield InetAddress.getByAddress(bytes(high, low))
                                    instanceof java.net.Inet6Address a
                            ? a.getHostAddress()
                            : "::ffff:" + one(Field.IPV4_SRC, 0, low & 0xffffffffL);
                } catch (UnknownHostException e) {
                    throw new IllegalStateException(e);
                }
            }
            case FLAGS_TUN -> low == 0 ? "-oam" : "+oam";
            case TYPE -> "(%d,0x%x)".formatted(low >>> 16, low & 0xffff);
            case DEC -> Long.toUnsignedString(low);
            default -> high == 0 ? "0x" + Long.toHexString(low) : "0x%x%016x".formatted(high, low);
        };
    }

    private static String ipv4(int a) {
        return (a >>> 24) + "." + (a >>> 16 & 255) + "." + (a >>> 8 & 255) + "." + (a & 255);
    }

    private static byte[] bytes(long high, long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }
}
