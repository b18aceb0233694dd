package org.skyway.vnf.relay;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// An IPv4 or IPv6 prefix.
///
/// @param version 4 or 6; 0 matches everything
/// @param maskHigh upper half of the mask
/// @param maskLow lower half
/// @param high upper half of the address, masked
/// @param low lower half, masked
record Prefix(int version, long maskHigh, long maskLow, long high, long low) {
    static final Prefix ANY = new Prefix(0, 0, 0, 0, 0);

    /// @throws IllegalArgumentException if it is neither "any" nor like `10.0.0.0/8` or
    ///   `2001:db8::/32`
    static Prefix parse(String text) {
        if (text.equals("any")) {
            return ANY;
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        // Only literals: a name would be looked up in the network.
        if (!address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw bad(text);
        }
        byte[] bytes;
        int bits;
        try {
            bytes = InetAddress.getByName(address).getAddress();
            bits = slash < 0 ? 8 * bytes.length : Integer.parseInt(text.substring(slash + 1));
        } catch (UnknownHostException | NumberFormatException e) {
            throw bad(text);
        }
        int width = 8 * bytes.length;
        if (bits < 0 || bits > width) {
            throw bad(text);
        }
        BigInteger mask =
                BigInteger.ONE.shiftLeft(width).subtract(BigInteger.ONE.shiftLeft(width - bits));
        BigInteger value = new BigInteger(1, bytes);
        if (!value.and(mask).equals(value)) {
            throw new IllegalArgumentException(
                    "prefix %s has bits set behind the first %d".formatted(text, bits));
        }
        return new Prefix(
                width == 32 ? 4 : 6,
                mask.shiftRight(64).longValue(),
                mask.longValue(),
                value.shiftRight(64).longValue(),
                value.longValue());
    }

    boolean matches(int packetVersion, long packetHigh, long packetLow) {
        return version == 0
                || (version == packetVersion
                        && (packetHigh & maskHigh) == high
                        && (packetLow & maskLow) == low);
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException(
                "\"%s\" is no address like any, 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32"
                        .formatted(text));
    }
}
