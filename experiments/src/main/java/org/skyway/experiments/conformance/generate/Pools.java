package org.skyway.experiments.conformance.generate;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;

/// Few values for each field, so that rules and packets meet often.
final class Pools {
    private static final String[] MACS = {
        "020000000001",
        "020000000002",
        "020000000003",
        "0200000000fe",
        "ffffffffffff",
        "01005e000001",
        "333300000001",
        "0180c2000000",
        "0180c2000002"
    };
    private static final int[] PORTS = {0, 1, 53, 80, 443, 1024, 0x8000, 0xffff};
    private static final String[] IPV6 = {
        "fe800000000000000000000000000001",
        "fe800000000000000000000000000002",
        "20010db8000000000000000000000001",
        "ff0200000000000000000001ff000002"
    };
    private static final int[] VLANS = {0, 1, 2, 100, 0xfff};
    private static final int[] LABELS = {0, 2, 3, 16, 100, 0xfffff};

    private final Random random;
    private final short house;

    /// Pools of a case.
    ///
    /// @param house is in the addresses of its hosts, so that what the switches learned of another
    ///   case's does not count
    Pools(Random random, int house) {
        this.random = random;
        this.house = (short) house;
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    final <T> T one(T... of) {
        return of[random.nextInt(of.length)];
    }

    int oneOf(int... of) {
        return of[random.nextInt(of.length)];
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long bits() {
        return random.nextLong();
    }

    byte[] mac() {
        byte[] mac = HexFormat.of().parseHex(chance(70) ? MACS[below(3)] : one(MACS));
        if (mac[0] == 2) {
            ByteBuffer.wrap(mac).putShort(2, house);
        }
        return mac;
    }

    String macText() {
        return HexFormat.ofDelimiter(":").formatHex(mac());
    }

    int ipv4() {
        return chance(80) ? 0x0a000000 + below(4) : oneOf(0xe0000001, -1, 0x7f000001, 0xc0a80101);
    }

    String ipv4Text() {
        int ip = ipv4();
        return "%d.%d.%d.%d".formatted(ip >>> 24, ip >>> 16 & 255, ip >>> 8 & 255, ip & 255);
    }

    byte[] ipv6() {
        return HexFormat.of().parseHex(one(IPV6));
    }

    String ipv6Text() {
        String hex = one(IPV6);
        return hex.replaceAll("(....)(?!$)", "$1:");
    }

    int port() {
        return oneOf(PORTS);
    }

    int vlan() {
        return oneOf(VLANS);
    }

    int label() {
        return oneOf(LABELS);
    }

    int ttl() {
        return oneOf(64, 64, 64, 255, 2, 1, 0);
    }

    int tos() {
        return oneOf(0, 0, 0x28, 0xb8, 0xbb, 1, 0xff);
    }
}
