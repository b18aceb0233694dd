package org.skyway.vswitch.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.vswitch.link.SwitchOverTimes;

/// The metrics, in the text format of Prometheus or of OpenMetrics: what the switch says when it is
/// scraped, and what the JVM's own library says of the JVM, pauses of its collector among it. Any
/// thread, one at a time.
final class PrometheusPage {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    /// As in [org.skyway.vswitch.datapath.CacheStatistics#burstSizes].
    private static final double[] BURST_SIZES = {1, 2, 4, 8, 16, Double.POSITIVE_INFINITY};

    private final Switchboard board;
    private final Watchers watchers;
    private String bridge; // at work; null if there is but one, or for what they share
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private Map<String, HistogramSnapshot.Builder> histograms = new LinkedHashMap<>();

    PrometheusPage(Switchboard board, Watchers watchers) {
        this.board = board;
        this.watchers = watchers;
        JvmMetrics.builder().register(registry);
    }

    /// Text, and what it is.
    ///
    /// @param type for the header `Content-Type`
    /// @param bytes in UTF-8
    record Page(String type, byte[] bytes) {}

    /// What is to be said now.
    ///
    /// @param accept what the client reads; null for whatever
    synchronized Page scrape(String accept) throws IOException {
        gauges = new LinkedHashMap<>();
        counters = new LinkedHashMap<>();
        histograms = new LinkedHashMap<>();
        JsonNode show = JSON.missingNode();
        JsonNode statistics = show;
        if (board.bridges().isEmpty()) {
            bridge = null;
            show = ask("show");
            statistics = ask("stats");
            bridge(show, statistics);
        }
        for (String name : board.bridges()) {
            bridge = name;
            show = ask("show");
            statistics = ask("stats");
            bridge(show, statistics);
        }
        bridge = null; // what follows is of all of them
        journal(statistics.path("journal"));
        for (JsonNode fault : show.path("faults")) {
            counter(
                    "skyway_faults",
                    "what went wrong and was survived; the journal's losses are among it",
                    fault.path("count").asDouble(),
                    "where",
                    fault.path("where").asText(),
                    "what",
                    fault.path("what").asText());
        }
        gauge("skyway_page_watchers", "browsers that watch the live page", watchers.count());
        List<MetricSnapshot> all = new ArrayList<>();
        gauges.values().forEach(g -> all.add(g.build()));
        counters.values().forEach(c -> all.add(c.build()));
        histograms.values().forEach(h -> all.add(h.build()));
        registry.scrape().forEach(all::add);
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
        writer.write(out, new MetricSnapshots(all));
        return new Page(writer.getContentType(), out.toByteArray());
    }

    // spotless:off
    private void bridge(JsonNode show, JsonNode statistics) {
        ports(show, statistics);
        links(ask("links"));
        threads(statistics);
        for (JsonNode table : ask("tables")) {
            gauge("skyway_table_entries", "flow entries", table.path("entries").asDouble(), "table", table.path("table").asText());
        }
        for (JsonNode controller : show.path("controllers")) {
            gauge("skyway_controller_connected", "whether it is connected", controller.path("connected").asBoolean() ? 1 : 0, "target", controller.path("target").asText());
        }
        gauge("skyway_bypass_allowed", "whether links may be given bypasses", show.path("bypass").asBoolean() ? 1 : 0);
    }

    // Where there may be several, each says its name.
    private Labels labels(String... labels) {
        Labels all = Labels.of(labels);
        return bridge == null ? all : all.add("bridge", bridge);
    }

    private void ports(JsonNode show, JsonNode statistics) {
        for (JsonNode port : show.path("ports")) {
            String name = port.path("name").asText();
            gauge("skyway_port_up", "whether its link is up", port.path("up").asBoolean() ? 1 : 0, "port", name, "type", port.path("type").asText());
            gauge("skyway_port_attached", "whether a VNF's driver is attached (agent)", port.path("pid").asLong() > 0 ? 1 : 0, "port", name);
        }
        for (JsonNode port : statistics.path("ports")) {
            String name = port.path("name").asText();
            both("skyway_port_packets",          "packets, bypassed ones included",   port.path("rxPackets"),       port.path("txPackets"),       name);
            both("skyway_port_bytes",            "bytes, bypassed ones included",     port.path("rxBytes"),         port.path("txBytes"),         name);
            both("skyway_port_dropped_packets",  "packets that were dropped",         port.path("rxDropped"),       port.path("txDropped"),       name);
            both("skyway_port_errors",           "errors",                            port.path("rxErrors"),        port.path("txErrors"),        name);
            both("skyway_port_bypassed_packets", "packets that went past the switch", port.path("bypassRxPackets"), port.path("bypassTxPackets"), name);
        }
    }

    private void both(String name, String help, JsonNode received, JsonNode sent, String port) {
        counter(name, help, received.asDouble(), "port", port, "direction", "rx");
        counter(name, help, sent.asDouble(),     "port", port, "direction", "tx");
    }

    private void links(JsonNode links) {
        for (JsonNode link : links) {
            String[] ends = {"from", link.path("from").asText(), "to", link.path("to").asText()};
            String state = link.path("state").asText();
            gauge("skyway_link_state", "1 for the state that a link is in", 1, "from", ends[1], "to", ends[3], "state", state);
            if (link.path("kind").asText().equals("cut-through")) {
                continue; // its packets are the switch's, and counted at the ports
            }
            gauge("skyway_link_active",        "whether packets go past the switch",    state.equals("ACTIVE") ? 1 : 0,               ends);
            gauge("skyway_link_state_seconds", "how long it is in its state",           link.path("sinceMillis").asDouble() / MILLIS, ends);
            gauge("skyway_link_age_seconds",   "how long ago the rules made it a link", link.path("ageMillis").asDouble() / MILLIS,   ends);
            counter("skyway_link_switchovers", "how often it went over to its bypass", link.path("activations").asDouble(), ends);
            if (link.has("switchOverTimes")) { // one that is held back has had none
                histogram(
                        "skyway_link_switchover_seconds",
                        "how long switch-overs took, there and back, from the command until it was obeyed",
                        SwitchOverTimes.bounds(),
                        link.path("switchOverTimes"),
                        link.path("switchOverSumNanos").asDouble() / NANOS,
                        ends);
            }
            counter("skyway_link_packets", "packets that went past the switch", link.path("packets").asDouble(), ends);
            counter("skyway_link_bytes",   "bytes that went past the switch",   link.path("bytes").asDouble(),   ends);
        }
    }

    private void threads(JsonNode statistics) {
        for (JsonNode t : statistics.path("caches")) {
            String thread = t.path("thread").asText();
            counter("skyway_poll_thread_busy_seconds", "time in passes that moved something", t.path("busyNanos").asDouble() / NANOS, "thread", thread);
            counter("skyway_poll_thread_bursts",       "bursts received",                     t.path("bursts").asDouble(),            "thread", thread);
            histogram("skyway_poll_thread_burst_packets", "packets in a burst", BURST_SIZES, t.path("burstSizes"), t.path("packets").asDouble(), "thread", thread);
            counter("skyway_poll_thread_packets", "packets received", t.path("packets").asDouble(), "thread", thread);
            for (String kind : List.of("portHits", "exactHits", "megaflowHits", "misses", "recirculationHits", "recirculationMisses")) {
                counter("skyway_cache_lookups", "look-ups by where the answer was found", t.path(kind).asDouble(), "thread", thread, "found", kind);
            }
            for (String kind : List.of("touched", "idle", "evicted")) {
                counter("skyway_cache_removed_megaflows", "megaflows that went: touched by a change, idle, or for room", t.path(kind).asDouble(), "thread", thread, "reason", kind);
            }
            gauge("skyway_cache_megaflows", "megaflows that are kept", t.path("megaflows").asDouble(), "thread", thread);
        }
        counter("skyway_packet_ins_dropped",  "packets for controllers that were dropped", statistics.path("packetInsDropped").asDouble());
        counter("skyway_packet_outs_dropped", "packets of controllers that were dropped",  statistics.path("packetOutsDropped").asDouble());
    }

    private void journal(JsonNode journal) {
        counter("skyway_journal_events",      "events that were written to the journal", journal.path("written").asDouble());
        counter("skyway_journal_lost_events", "events that the journal will never have", journal.path("lost").asDouble());
        gauge("skyway_journal_waiting_events", "events that are to be written",                journal.path("waiting").asDouble());
        gauge("skyway_journal_failing",        "whether the journal's files can't be written", journal.path("failing").asBoolean() ? 1 : 0);
    }
    // spotless:on

    private void gauge(String name, String help, double value, String... labels) {
        gauges.computeIfAbsent(name, n -> GaugeSnapshot.builder().name(n).help(help))
                .dataPoint(
                        GaugeDataPointSnapshot.builder()
                                .value(value)
                                .labels(labels(labels))
                                .build());
    }

    private void counter(String name, String help, double value, String... labels) {
        counters.computeIfAbsent(name, n -> CounterSnapshot.builder().name(n).help(help))
                .dataPoint(
                        CounterDataPointSnapshot.builder()
                                .value(Math.max(0, value))
                                .labels(labels(labels))
                                .build());
    }

    private void histogram(
            String name,
            String help,
            double[] bounds,
            JsonNode counts,
            double sum,
            String... labels) {
        long[] each = new long[bounds.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = counts.path(i).asLong();
        }
        histograms
                .computeIfAbsent(name, n -> HistogramSnapshot.builder().name(n).help(help))
                .dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, each))
                                .sum(sum)
                                .labels(labels(labels))
                                .build());
    }

    private JsonNode ask(String command) {
        ObjectNode request = JSON.createObjectNode().put("command", command);
        return board.ask(PageState.named(board, bridge, request)).path("result");
    }
}
