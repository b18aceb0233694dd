package org.skyway.experiments.conformance.generate;

/// Internet checksums of frames that are being made.
final class Sums {
    private Sums() {}

    /// The checksum over bytes.
    static int of(byte[] frame, int from, int to, long start) {
        long sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (frame[i] & 0xff) << 8 | (i + 1 < to ? frame[i + 1] & 0xff : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    /// Fills in the length and checksum of a transport header. A UDP checksum that is 0 stays.
    static void fill(
            byte[] frame, int from, int to, int protocol, int addresses, int addressesEnd) {
        int length = to - from;
        int at =
                switch (protocol) {
                    case 6 -> from + 16;
                    case 17 -> from + 6;
                    case 1, 58 -> from + 2;
                    default -> -1;
                };
        if (protocol == 17) {
            frame[from + 4] = (byte) (length >> 8);
            frame[from + 5] = (byte) length;
        }
        if (at < 0 || protocol == 17 && frame[at] == 0 && frame[at + 1] == 0) {
            return;
        }
        frame[at] = 0;
        frame[at + 1] = 0;
        long pseudo = 0;
        if (protocol != 1) {
            pseudo = (~of(frame, addresses, addressesEnd, 0) & 0xffff) + protocol + length;
        }
        int sum = of(frame, from, to, pseudo);
        sum = protocol == 17 && sum == 0 ? 0xffff : sum;
        frame[at] = (byte) (sum >> 8);
        frame[at + 1] = (byte) sum;
    }
}
