package org.skyway.experiments.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.image.Tool;

/// Debian's Prometheus scrapes a running chain, knows the alerts, and finds what the dashboard asks
/// for.
@Timeout(400)
class MetricsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Pattern METRIC = Pattern.compile("\\b(?:skyway|jvm)_[a-z_]+");

    @TempDir private Path folder;

    private static String get(HttpClient client, String url) throws Exception {
        HttpResponse<String> answer = answer(client, url);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static HttpResponse<String> answer(HttpClient client, String url) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void prometheusScrapesAndPromtoolIsContent() throws Exception {
        assumeTrue(
                Files.isExecutable(PROMETHEUS),
                "skipped: there is no Prometheus; apt-get install prometheus");
        Path monitoring =
                Program.launcher()
                        .getParent()
                        .toAbsolutePath()
                        .resolve("vswitch-core/switch/src/main/monitoring");
        Path alerts = monitoring.resolve("skyway-alerts.yml");
        Tool.run(folder, List.of("promtool", "check", "rules", alerts.toString()));
        try (PageBed bed = new PageBed();
                HttpClient client = HttpClient.newHttpClient()) {
            bed.connect(1, 2);
            bed.connect(2, 1);
            bed.add("priority=200,in_port=2,udp,tp_dst=7,actions=drop");
            String metrics = get(client, bed.url() + "metrics");
            Path text = Files.writeString(folder.resolve("metrics"), metrics);
            // What it prints are complaints.
            String names = "skyway_"; // the JVM's are its library's
            String complaints =
                    Tool.run(
                                    folder,
                                    List.of(
                                            "sh",
                                            "-c",
                                            "promtool check metrics <" + text + " 2>&1 || true"))
                            .lines()
                            .filter(l -> l.startsWith(names))
                            .reduce("", (a, b) -> a + b + "\n");
            assertEquals("", complaints);
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            URI page = URI.create(bed.url());
            Path config =
                    Files.writeString(
                            folder.resolve("prometheus.yml"),
                            """
                            global: {scrape_interval: 1s, evaluation_interval: 1s}
                            rule_files: ["%s"]
                            scrape_configs:
                              - job_name: skyway
                                static_configs: [{targets: ["%s:%d"]}]
                            """
                                    .formatted(alerts, page.getHost(), page.getPort()));
            Tool.run(folder, List.of("promtool", "check", "config", config.toString()));
            try (Program prometheus =
                    Program.start(
                            "prometheus",
                            folder,
                            _ -> {},
                            List.of(
                                    PROMETHEUS.toString(),
                                    "--config.file=" + config,
                                    "--storage.tsdb.path=" + folder.resolve("data"),
                                    "--web.listen-address=127.0.0.1:" + port))) {
                String base = "http://127.0.0.1:" + port;
                // Traffic, a link past the switch, and another that is none.
                await(
                        client,
                        base,
                        "rate(skyway_port_packets_total{port=\"vnf1\",direction=\"rx\"}[5s]) > 0");
                await(client, base, "skyway_link_active{from=\"vnf1\",to=\"vnf2\"} == 1");
                await(client, base, "up{job=\"skyway\"} == 1");
                String alertsKnown = get(client, base + "/api/v1/rules");
                assertTrue(alertsKnown.contains("SkywayLinkFailed"), alertsKnown);
                assertTrue(prometheus.isAlive());
            }
            everythingThatIsAskedForIsThere(metrics, monitoring);
        }
    }

    private static void await(HttpClient client, String base, String query) throws Exception {
        long deadline = System.nanoTime() + 120_000_000_000L;
        String url =
                base + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                HttpResponse<String> answer = answer(client, url);
                last = answer.body();
                if (answer.statusCode() != 503) { // which it says while it starts
                    assertEquals(200, answer.statusCode(), last);
                    if (!JSON.readTree(last).at("/data/result").isEmpty()) {
                        return;
                    }
                }
            } catch (java.io.IOException e) {
                last = e.toString(); // it does not listen yet
            }
            Thread.sleep(300);
        }
        throw new AssertionError(query + " finds nothing: " + last);
    }

    /// Metrics that come only when something is wrong need not be there.
    private static void everythingThatIsAskedForIsThere(String metrics, Path monitoring)
            throws Exception {
        List<String> rare = List.of("skyway_controller_connected", "skyway_faults_total");
        for (String file : List.of("skyway-alerts.yml", "skyway-dashboard.json")) {
            Matcher m = METRIC.matcher(Files.readString(monitoring.resolve(file)));
            while (m.find()) {
                assertTrue(
                        metrics.contains("\n" + m.group() + "{")
                                || metrics.contains("\n" + m.group() + " ")
                                || rare.contains(m.group()),
                        file + " asks for " + m.group() + ", which is not there:\n" + metrics);
            }
        }
    }
}
