package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.PortQos.Queue;
import org.skyway.vswitch.tables.PortQos.Rate;

class QosSettingsTest {
    private static Row row(String type, Integer dscp, String... pairs) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        Map<String, Datum> columns = new HashMap<>(Map.of("other_config", Datum.of(all)));
        columns.put("type", Datum.of(type));
        columns.put("dscp", Datum.optional(dscp == null ? null : (long) dscp));
        return new Row(UUID.randomUUID(), columns);
    }

    private static QosSettings settings(Row row, Map<Long, Row> queues) {
        SortedMap<Long, Row> all = new TreeMap<>(queues);
        return new QosSettings(row, all);
    }

    private static Row queue(String... pairs) {
        return row("", null, pairs);
    }

    @Test
    void ratesAreOfAllAndOfQueuesAndTheDefaultQueueIsAlwaysThere() {
        PortQos qos =
                settings(
                                row("linux-htb", null, "max-rate", "10000000"),
                                Map.of(
                                        5L,
                                        queue("min-rate", "99000000", "max-rate", "1000"),
                                        6L,
                                        row("", 46, "max-rate", "5000000", "burst", "800000")))
                        .qos();
        assertEquals(new Rate(10_000_000, 1_000_000), qos.rate());
        assertEquals(Queue.PLAIN, qos.queues().get(0));
        assertEquals(
                new Queue(new Rate(10_000_000, 1_000_000), new Rate(10_000_000, 1_000_000), -1),
                qos.queues().get(5));
        assertEquals(new Queue(Rate.ANY, new Rate(5_000_000, 800_000), 46), qos.queues().get(6));
        assertEquals(3, qos.queues().size());
    }

    @Test
    void withoutRatesThereAreNoLimits() {
        PortQos qos = settings(row("linux-hfsc", null, "max-rate", "-5"), Map.of()).qos();
        assertEquals(Rate.ANY, qos.rate());
        assertEquals(Map.of(0, Queue.PLAIN), qos.queues());
        // A bucket that is too small for a frame would let none pass.
        assertEquals(
                16384,
                settings(row("linux-htb", null, "max-rate", "1"), Map.of())
                        .qos()
                        .rate()
                        .burstBits());
    }

    @Test
    void aPolicerCountsBytes() {
        PortQos qos =
                settings(
                                row("egress-policer", null, "cir", "46000000", "cbs", "2048"),
                                Map.of(1L, queue()))
                        .qos();
        assertEquals(new Rate(368_000_000, 16384), qos.rate());
        assertEquals(14, qos.uncounted());
        assertEquals(Map.of(), qos.queues());
        QosSettings half = settings(row("egress-policer", null, "cir", "5"), Map.of());
        assertNull(half.qos());
        assertTrue(half.wrong().contains("needs cir and cbs"));
    }

    @Test
    void aNumberOfMoreDigitsThanAnyRateIsVeryMuch() {
        String most = "9223372036854775808";
        assertTrue(
                settings(row("linux-htb", null, "max-rate", most), Map.of())
                                .qos()
                                .rate()
                                .bitsPerSecond()
                        > 900_000_000_000_000L);
        QosSettings all = settings(row("egress-policer", null, "cir", most, "cbs", most), Map.of());
        assertNull(all.wrong());
        assertTrue(all.qos().rate().bitsPerSecond() > 7_000_000_000_000_000L);
    }

    @Test
    void whatCanNotBeHadIsSaid() {
        QosSettings fair = settings(row("linux-sfq", null), Map.of());
        assertNull(fair.qos());
        assertEquals(
                "qos: type linux-sfq is not supported, nothing is limited; use linux-htb, linux-hfsc or egress-policer",
                fair.wrong());
        for (String none : new String[] {"", "linux-noop"}) {
            assertNull(settings(row(none, null), Map.of()).qos());
            assertNull(settings(row(none, null), Map.of()).wrong());
        }
        QosSettings far = settings(row("linux-htb", null), Map.of(61440L, queue()));
        assertEquals(1, far.qos().queues().size());
        assertTrue(far.withoutEffect().contains("a queue 61440"));
        QosSettings ranked = settings(row("linux-htb", null), Map.of(1L, queue("priority", "3")));
        assertTrue(ranked.withoutEffect().contains("priority"));
    }
}
