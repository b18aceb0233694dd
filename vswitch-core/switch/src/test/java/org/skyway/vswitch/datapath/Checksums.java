package org.skyway.vswitch.datapath;

/// Internet checksums computed from scratch: 0xffff says that a header with its checksum is right.
final class Checksums {
    private Checksums() {}

    static int ipv4Header(byte[] frame, int l3) {
        return fold(sum(frame, l3, (frame[l3] & 15) * 4));
    }

    static int udp(byte[] frame, int l3) {
        int header = (frame[l3] & 15) * 4;
        int length = (frame[l3 + 2] & 0xff) << 8 | frame[l3 + 3] & 0xff;
        long sum = sum(frame, l3 + 12, 8) + frame[l3 + 9] + length - header;
        return fold(sum + sum(frame, l3 + header, length - header));
    }

    private static long sum(byte[] b, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (long) (b[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
