package org.skyway.experiments.figures;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.skyway.experiments.process.ExperimentException;

/// Rules of a kind and frames that hit them, the same for every switch.
final class MeasuredTraffic {
    private static final int FRAME_BYTES = 64;
    private static final int SEQUENCE = 1 << 17; // frames that are sent in turn

    private MeasuredTraffic() {}

    /// What rules look at.
    enum Kind {
        /// The destination address of Ethernet.
        L2,
        /// A prefix of 24 bits of the destination address of IPv4.
        L3,
        /// Both addresses, the protocol and both ports.
        ACL;

        @Override
        public String toString() {
            return switch (this) {
                case L2 -> "L2 exact";
                case L3 -> "L3 prefix";
                case ACL -> "5-tuple ACL";
            };
        }
    }

    /// Rules that send what they match to port 2.
    ///
    /// @param kind what they look at
    /// @param count how many
    static List<String> rules(Kind kind, int count) {
        List<String> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add("priority=100,in_port=1," + match(kind, i) + ",actions=output:2");
        }
        return rules;
    }

    private static String match(Kind kind, int i) {
        return switch (kind) {
            case L2 ->
                    "dl_dst=02:02:%02x:%02x:%02x:01"
                            .formatted(i >> 16 & 255, i >> 8 & 255, i & 255);
            case L3 -> "ip,nw_dst=%d.%d.%d.0/24".formatted(10 + (i >> 16), i >> 8 & 255, i & 255);
            case ACL ->
                    "udp,nw_src=10.0.0.1,nw_dst=%d.%d.%d.7,tp_src=1000,tp_dst=%d"
                            .formatted(10 + (i >> 16), i >> 8 & 255, i & 255, 2000 + i % 7);
        };
    }

    /// Writes frames for the feeder: flow f hits rule f modulo the number of rules.
    ///
    /// @param file where
    /// @param rules how many there are
    /// @param flows how many flows
    /// @param zipf whether some flows are frequent: the n-th has a share in proportion to 1/n
    /// @param seed of their order
    static void frames(Path file, int rules, int flows, boolean zipf, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] shares = zipf ? cumulated(flows) : null;
        int count = flows == 1 ? 64 : SEQUENCE;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (int n = 0; n < count; n++) {
                int flow = zipf ? drawn(shares, random.nextDouble()) : random.nextInt(flows);
                out.write(new byte[] {FRAME_BYTES, 0});
                out.write(frame(flow % rules, flow / rules));
            }
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e, e);
        }
    }

    /// Writes frames of one flow.
    ///
    /// @param file where
    /// @param count how many
    static void oneFlow(Path file, int count) {
        frames(file, 1, 1, false, count);
    }

    private static double[] cumulated(int flows) {
        double[] sums = new double[flows];
        double sum = 0;
        for (int i = 0; i < flows; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        for (int i = 0; i < flows; i++) {
            sums[i] /= sum;
        }
        return sums;
    }

    /// The first whose cumulated share is not less.
    static int drawn(double[] shares, double at) {
        int place = java.util.Arrays.binarySearch(shares, at);
        return Math.min(shares.length - 1, place < 0 ? -place - 1 : place);
    }

    /// A frame that hits the rule of any kind.
    ///
    /// @param rule its number
    /// @param variant tells flows of one rule apart: by what no rule looks at
    static byte[] frame(int rule, int variant) {
        ByteBuffer b = ByteBuffer.allocate(FRAME_BYTES);
        b.put((byte) 2).put((byte) 2).put((byte) (rule >> 16)).put((byte) (rule >> 8));
        b.put((byte) rule).put((byte) 1);
        b.put((byte) 2).put((byte) 1).putInt(variant);
        b.putShort((short) 0x0800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (FRAME_BYTES - 14)).putInt(0);
        b.put((byte) 64).put((byte) 17).putShort((short) 0).putInt(0x0a000001);
        b.put((byte) (10 + (rule >> 16))).put((byte) (rule >> 8)).put((byte) rule).put((byte) 7);
        b.putShort((short) 1000).putShort((short) (2000 + rule % 7));
        b.putShort((short) (FRAME_BYTES - 34)).putShort((short) 0);
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += b.getShort(i) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        b.putShort(24, (short) ~sum);
        return b.array();
    }
}
