package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.PortQos.Queue;
import org.skyway.vswitch.tables.PortQos.Rate;
import org.skyway.vswitch.tables.QueueCounters;

/// The same packets pass as by a model that counts exactly, at a clock that the test sets.
class EgressQueuesPropertyTest {
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    /// Tokens as a fraction with a fixed denominator, which nothing overflows.
    private static final class Bucket {
        final BigInteger rate;
        final BigInteger most;
        BigInteger tokens;
        long nanos;

        Bucket(Rate r, long now) {
            rate = BigInteger.valueOf(r.bitsPerSecond());
            most = BigInteger.valueOf(r.burstBits()).multiply(BILLION);
            tokens = most;
            nanos = now;
        }

        boolean has(long bits, long now) {
            long passed = Math.max(0, now - nanos);
            nanos += passed;
            tokens = tokens.add(rate.multiply(BigInteger.valueOf(passed))).min(most);
            return tokens.compareTo(BigInteger.valueOf(bits).multiply(BILLION)) >= 0;
        }

        void take(long bits) {
            tokens = tokens.subtract(BigInteger.valueOf(bits).multiply(BILLION)).max(most.negate());
        }
    }

    private static Bucket bucket(Rate r, long now) {
        return r.bitsPerSecond() == 0 ? null : new Bucket(r, now);
    }

    private static final class Model {
        final PortQos qos;
        final Bucket all;
        final Map<Integer, Bucket> least = new TreeMap<>();
        final Map<Integer, Bucket> most = new TreeMap<>();
        final Map<Integer, long[]> counts = new TreeMap<>();

        Model(PortQos qos, long now) {
            this.qos = qos;
            all = bucket(qos.rate(), now);
            qos.queues()
                    .forEach((id, q) -> {
                        least.put(id, bucket(q.least(), now));
                        most.put(id, bucket(q.most(), now));
                        counts.put(id, new long[3]);
                    });
        }

        boolean passes(int asked, int bytes, long now) {
            int id = qos.queues().containsKey(asked) ? asked : 0;
            long bits = 8L * Math.max(0, bytes - qos.uncounted());
            Bucket own = least.get(id);
            Bucket top = most.get(id);
            boolean always = own != null && own.has(bits, now);
            boolean passes =
                    (top == null || top.has(bits, now))
                            & (all == null || all.has(bits, now) || always);
            if (passes) {
                if (always) {
                    own.take(bits);
                }
                if (top != null) {
                    top.take(bits);
                }
                if (all != null) {
                    all.take(bits);
                }
            }
            long[] c = counts.getOrDefault(id, new long[3]);
            c[passes ? 0 : 2]++;
            c[1] += passes ? bytes : 0;
            return passes;
        }
    }

    private static Rate rate(Random r) {
        return r.nextInt(3) == 0
                ? Rate.ANY
                : new Rate(1 + r.nextLong(1L << 1 + r.nextInt(36)), 1 + r.nextInt(200_000));
    }

    private static PortQos qos(Random r) {
        SortedMap<Integer, Queue> queues = new TreeMap<>();
        if (r.nextInt(4) > 0) {
            queues.put(0, new Queue(rate(r), rate(r), -1));
            for (int i = r.nextInt(4); i > 0; i--) {
                queues.put(r.nextInt(6), new Queue(rate(r), rate(r), -1));
            }
        }
        return new PortQos("t", rate(r), r.nextInt(2) * 14, queues);
    }

    @Test
    void packetsPassAsByAnExactCount() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("EgressQueuesPropertyTest: -Dskyway.seed=" + seed);
        Random r = new Random(seed);
        for (int round = 0; round < 300; round++) {
            long now = r.nextLong(); // as good as any that System.nanoTime could say
            PortQos qos = qos(r);
            EgressQueues queues = new EgressQueues(qos, null, now);
            Model model = new Model(qos, now);
            for (int burst = 0; burst < 60; burst++) {
                now += r.nextInt(8) == 0 ? -r.nextInt(1000) : r.nextLong(1L << r.nextInt(45));
                int id = r.nextInt(7);
                int count = 1 + r.nextInt(32);
                int from = r.nextInt(3);
                int[] lengths = new int[35];
                for (int i = 0; i < count; i++) {
                    lengths[from + i] = 1 + r.nextInt(2048);
                }
                int passing = queues.admit(id, lengths, from, count, now);
                for (int i = 0; i < count; i++) {
                    int at = i;
                    assertEquals(
                            model.passes(id, lengths[from + i], now),
                            (passing >>> i & 1) != 0,
                            () -> "packet %d of queue %d of %s".formatted(at, id, qos));
                }
            }
            for (QueueCounters c : queues.counters()) {
                long[] expected = model.counts.get(c.queue());
                assertEquals(expected[0], c.packets());
                assertEquals(expected[1], c.bytes());
                assertEquals(expected[2], c.errors());
            }
            assertEquals(qos.queues().size(), queues.counters().size());
        }
    }
}
