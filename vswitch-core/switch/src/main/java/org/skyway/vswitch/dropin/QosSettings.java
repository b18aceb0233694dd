package org.skyway.vswitch.dropin;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.PortQos.Queue;
import org.skyway.vswitch.tables.PortQos.Rate;

/// What a database says of how much may be sent to a port. The switch sees to it itself, whatever
/// the port's type: nothing is told the kernel.
///
/// @param row of table QoS
/// @param queues rows of table Queue, by id
record QosSettings(Row row, SortedMap<Long, Row> queues) {
    private static final int MOST_DIGITS = 15;
    private static final long MOST = 999_999_999_999_999L;
    private static final String POLICER = "egress-policer";
    private static final long QUEUES = 61440; // as many as Open vSwitch can name to the kernel
    private static final int HEADER_BYTES = 14; // a policer counts what is behind Ethernet's header

    // Nothing waits, so a bucket does for the queue that there would be: a tenth of a second.
    private static final long BURSTS_PER_SECOND = 10;

    // A bucket that is too small for a frame would let none pass.
    private static final long LEAST_BURST = 8L * RegionHeader.MAX_FRAME;

    /// What can be had of a QoS.
    static final List<String> TYPES = List.of("linux-htb", "linux-hfsc", "linux-noop", POLICER);

    private String type() {
        return row.text("type");
    }

    /// How much may be sent.
    ///
    /// @return null for any amount, or if it can't be had
    PortQos qos() {
        if (wrong() != null) {
            return null;
        }
        return switch (type()) {
            case "linux-htb", "linux-hfsc" -> shaped();
            case POLICER ->
                    new PortQos(
                            POLICER,
                            new Rate(8 * number(row, "cir"), 8 * number(row, "cbs")),
                            HEADER_BYTES,
                            new TreeMap<>());
            default -> null;
        };
    }

    private PortQos shaped() {
        long most = number(row, "max-rate");
        SortedMap<Integer, Queue> all = new TreeMap<>();
        all.put(PortQos.DEFAULT_QUEUE, Queue.PLAIN);
        queues.forEach((id, queue) -> {
            if (id < QUEUES) {
                all.put(id.intValue(), queue(queue, most));
            }
        });
        return new PortQos(type(), rate(most, 0), 0, all);
    }

    // No queue may have more than all of them have, and none less than it always has.
    private static Queue queue(Row row, long all) {
        long least = number(row, "min-rate");
        least = all == 0 ? least : Math.min(least, all);
        long most = number(row, "max-rate");
        most = most == 0 ? 0 : Math.max(most, least);
        long burst = number(row, "burst");
        Long dscp = row.integer("dscp");
        return new Queue(
                rate(least, burst), rate(most, burst), dscp == null ? -1 : dscp.intValue());
    }

    private static Rate rate(long bitsPerSecond, long burst) {
        if (bitsPerSecond == 0) {
            return Rate.ANY;
        }
        long bits = burst == 0 ? bitsPerSecond / BURSTS_PER_SECOND : burst;
        return new Rate(bitsPerSecond, Math.max(LEAST_BURST, bits));
    }

    /// What of it can't be had.
    ///
    /// @return a sentence; null if all of it can
    String wrong() {
        if (type().equals(POLICER)) {
            return number(row, "cir") == 0 || number(row, "cbs") == 0
                    ? "qos: %s needs cir and cbs of 1 or more in other_config; nothing is limited"
                            .formatted(POLICER)
                    : null;
        }
        if (!type().isEmpty() && !TYPES.contains(type())) {
            return "qos: type %s is not supported, nothing is limited; use linux-htb, linux-hfsc or %s"
                    .formatted(type(), POLICER);
        }
        return null;
    }

    /// What of it has no effect, though the rest has.
    ///
    /// @return a sentence; null if all of it has
    String withoutEffect() {
        PortQos qos = qos();
        if (qos == null || qos.queues().isEmpty()) {
            return null;
        }
        if (!queues.isEmpty() && queues.lastKey() >= QUEUES) {
            return "qos: there can't be a queue %d; number it below %d"
                    .formatted(queues.lastKey(), QUEUES);
        }
        return queues.values().stream().anyMatch(q -> number(q, "priority") != 0)
                ? "qos: the priority of queues has no effect: what is too much is dropped and never waits; use min-rate"
                : null;
    }

    // As Open vSwitch reads numbers: what is none is 0. What has more digits than any rate is that
    // much.
    private static long number(Row row, String key) {
        String text = row.pairs("other_config").getOrDefault(key, "").strip();
        if (!text.matches("[0-9]+")) {
            return 0;
        }
        return text.length() > MOST_DIGITS ? MOST : Long.parseLong(text);
    }

    /// The QoS of each port that has one.
    ///
    /// @param ports by name
    static Map<String, PortQos> of(Map<String, Wanted.WantedPort> ports) {
        Map<String, PortQos> all = new TreeMap<>();
        ports.forEach((name, port) -> {
            PortQos qos = port.qos() == null ? null : port.qos().qos();
            if (qos != null) {
                all.put(name, qos);
            }
        });
        return all;
    }
}
