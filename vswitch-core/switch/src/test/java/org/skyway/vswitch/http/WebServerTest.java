package org.skyway.vswitch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.HttpConfig;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.Daemon;

/// The page of a real switch, as browsers, scrapers and others who mean no good meet it.
@Timeout(120)
class WebServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "0123456789abcdef-token";

    private static Path directory;
    private static Daemon daemon;
    private static URI page;
    private static HttpClient client;

    @BeforeAll
    static void start() throws IOException {
        directory = Files.createTempDirectory("skyway-");
        Path token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        SwitchConfig config =
                SwitchConfig.defaults()
                        .with(new HttpConfig("127.0.0.1:0", token, null, null))
                        .with(
                                List.of(
                                        PortConfig.parse("1:dpdkr:left"),
                                        PortConfig.parse("2:dpdkr:right")));
        daemon = Daemon.start(directory, config);
        page = URI.create(daemon.pageUrl());
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        daemon.close();
        RegionStore.of(directory).removeLeftovers(true);
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(page.resolve(path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(page.resolve(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(page.getHost(), page.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /// The first line of an answer to bytes as they are.
    private static String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return reader(socket).readLine();
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String host() {
        return page.getHost() + ":" + page.getPort();
    }

    @Test
    void thePageComesWithItsPartsAndAsksNobodyElse() throws Exception {
        for (String path : List.of("/", "/page.css", "/page.js", "/graph.js", "/favicon.ico")) {
            HttpResponse<String> answer = get(path);
            assertEquals(200, answer.statusCode(), path);
            assertTrue(
                    answer.headers()
                            .firstValue("content-security-policy")
                            .orElse("")
                            .startsWith("default-src 'none'"),
                    path);
            assertEquals(
                    answer.body().replace("http://www.w3.org/", ""),
                    answer.body().replaceAll("https?://(www\\.w3\\.org/)?", ""),
                    path);
        }
    }

    @Test
    void stateExplanationAndPredictionAreThoseOfTheSwitch() throws Exception {
        JsonNode state = JSON.readTree(get("/api/state").body());
        assertEquals("left", state.get("ports").get(0).get("name").asText());
        assertEquals("br0", state.get("bridge").asText());
        assertTrue(get("/api/explain?port=left").body().contains("port 1 has no link"));
        HttpResponse<String> unknown = get("/api/explain?port=middle");
        assertEquals(422, unknown.statusCode());
        assertTrue(unknown.body().contains("middle"), unknown.body());
        assertEquals(400, get("/api/explain").statusCode());
        assertEquals("[]", post("/api/what-if", "in_port=1,actions=drop").body());
        HttpResponse<String> wrong = post("/api/what-if", "in_port=1,actions=fly");
        assertEquals(422, wrong.statusCode());
        assertTrue(wrong.body().contains("fly"), wrong.body());
    }

    @Test
    void metricsAreThoseOfTheSwitchInBothFormats() throws Exception {
        String text = get("/metrics").body();
        assertTrue(text.contains("skyway_port_up{port=\"left\",type=\"dpdkr\"} 0.0"), text);
        assertTrue(
                text.contains("skyway_port_packets_total{direction=\"rx\",port=\"right\"} 0.0"),
                text);
        assertTrue(text.contains("skyway_poll_thread_busy_seconds_total{thread=\"0\"}"), text);
        assertTrue(text.contains("skyway_journal_failing 0.0"), text);
        assertTrue(text.contains("skyway_journal_lost_events_total 0.0"), text);
        assertTrue(
                text.contains(
                        "skyway_poll_thread_burst_packets_bucket{thread=\"0\",le=\"+Inf\"} 0"),
                text);
        assertTrue(text.contains("jvm_gc_collection_seconds"), text);
        HttpResponse<String> open =
                client.send(
                        HttpRequest.newBuilder(page.resolve("/metrics"))
                                .header(
                                        "Accept",
                                        "application/openmetrics-text; version=1.0.0; charset=utf-8")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertTrue(open.body().endsWith("# EOF\n"), open.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../etc/passwd",
                "/..%2f..%2fetc%2fpasswd",
                "/%2e%2e/page.js",
                "//page.js",
                "/page.js/",
                "/WebServer.class",
                "/api",
                "/page.js%00"
            })
    void noPathLeadsAnywhereElse(String path) throws IOException {
        assertEquals(
                "HTTP/1.1 404 Not Found",
                raw("GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n"));
    }

    @Test
    void otherHostsAndOriginsAreRefused() throws IOException {
        String refused = "HTTP/1.1 403 Forbidden";
        assertEquals(refused, raw("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        assertEquals(refused, raw("GET / HTTP/1.1\r\n\r\n"));
        assertEquals(
                refused,
                raw("GET / HTTP/1.1\r\nHost: " + host() + "\r\nHost: " + host() + "\r\n\r\n"));
        assertEquals(
                refused,
                raw(
                        "GET /api/state HTTP/1.1\r\nHost: %s\r\nOrigin: http://evil.example\r\n\r\n"
                                .formatted(host())));
        assertEquals(
                "HTTP/1.1 200 OK",
                raw(
                        "GET / HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n\r\n"
                                .formatted(host(), host())));
        assertEquals(
                "HTTP/1.1 405 Method Not Allowed",
                raw("DELETE / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n"));
    }

    @Test
    void whatChangesSomethingNeedsTheToken() throws Exception {
        assertEquals(401, post("/api/bypass", "{\"on\": false}").statusCode());
        assertEquals(
                401,
                post("/api/bypass", "{\"on\": false}", "Authorization", "Bearer x").statusCode());
        assertTrue(JSON.readTree(get("/api/state").body()).get("bypass").asBoolean());
        String[] known = {"Authorization", "Bearer " + TOKEN};
        assertEquals(400, post("/api/bypass", "off", known).statusCode());
        assertEquals(200, post("/api/bypass", "{\"on\": false}", known).statusCode());
        assertEquals(false, JSON.readTree(get("/api/state").body()).get("bypass").asBoolean());
        HttpResponse<String> login = get("/?token=" + TOKEN);
        assertEquals(303, login.statusCode());
        String cookie = login.headers().firstValue("set-cookie").orElseThrow();
        assertTrue(cookie.contains("HttpOnly; SameSite=Strict"), cookie);
        assertEquals(
                200,
                post("/api/bypass", "{\"on\": true}", "Cookie", cookie.split(";")[0]).statusCode());
        assertEquals(401, get("/?token=wrong").statusCode());
    }

    // A client sends its next request into a connection of which it was told nothing else.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /?token=" + TOKEN + " HTTP/1.1\r\nHost: %s\r\n\r\n",
                "GET /?token=wrong HTTP/1.1\r\nHost: %s\r\n\r\n",
                "POST /api/what-if HTTP/1.1\r\nHost: %s\r\nContent-Length: 99999999\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: %s\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                "nonsense\r\n\r\n"
            })
    void aConnectionThatIsClosedAfterAnAnswerIsSaidToBe(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(request.formatted(host()).getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String head = answer.substring(0, answer.indexOf("\r\n\r\n")).toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.0") || head.contains("connection: close"), head);
        }
    }

    @Test
    void aRequestOfAGibibyteIsRefusedBeforeItIsRead() throws IOException {
        assertEquals(
                "HTTP/1.1 413 Request Entity Too Large",
                raw(
                        "POST /api/what-if HTTP/1.1\r\nHost: %s\r\nContent-Length: 1073741824\r\n\r\nx"
                                .formatted(host())));
        // One that does not say how long it is gets no further than what may be kept.
        byte[] chunk =
                ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        long written = 0;
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /api/what-if HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .formatted(host())
                            .getBytes(StandardCharsets.US_ASCII));
            while (written < 1L << 30) {
                out.write(chunk);
                written += chunk.length;
            }
        } catch (IOException e) {
            // That is what must happen: the connection was closed.
        }
        assertTrue(written < 64 << 20, written + " bytes were taken");
        assertEquals("HTTP/1.1 400 Bad Request", raw("nonsense\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 414 Request-URI Too Long",
                raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 431 Request Header Fields Too Large",
                raw(
                        "GET / HTTP/1.1\r\nHost: %s\r\nX: %s\r\n\r\n"
                                .formatted(host(), "x".repeat(20_000))));
    }

    @Test
    void manyWatchersAreServedTooManyAreToldAndThoseWhoGoAreForgotten() throws Exception {
        String request = "GET /api/stream HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
        List<Socket> watchers = new ArrayList<>();
        try {
            for (int i = 0; i < Watchers.MOST; i++) {
                Socket socket = connect();
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                watchers.add(socket);
            }
            for (Socket socket : watchers) {
                BufferedReader in = reader(socket);
                String line;
                do {
                    line = in.readLine();
                } while (line != null && !line.startsWith("data: {\"bridge\""));
                assertTrue(line != null && line.contains("\"left\""), line);
            }
            assertEquals("HTTP/1.1 503 Service Unavailable", raw(request));
            assertEquals(200, get("/").statusCode());
        } finally {
            for (Socket socket : watchers) {
                socket.close();
            }
        }
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!get("/metrics").body().contains("skyway_page_watchers 0.0")) {
            assertTrue(System.nanoTime() < deadline, "they are still counted");
            Thread.sleep(50);
        }
    }

    @Test
    void aPortThatIsTakenIsSaid() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () ->
                                WebServer.start(
                                        new HttpConfig(host(), null, null, null),
                                        request -> request,
                                        new org.skyway.vswitch.fault.Faults()));
        assertTrue(e.getMessage().contains("can't listen on " + host()), e.getMessage());
        assertTrue(e.getMessage().contains("choose another port"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:8080", "192.0.2.1:80", "[::]:8080"})
    void whatOthersReachNeedsTlsAndAToken(String address) {
        for (Path token : new Path[] {null, Path.of("token")}) {
            ConfigException e =
                    assertThrows(
                            ConfigException.class,
                            () -> new HttpConfig(address, token, null, null));
            assertTrue(e.getMessage().contains("TLS and a token"), e.getMessage());
        }
        assertNull(
                new HttpConfig(address, Path.of("t"), Path.of("k"), Path.of("c"))
                                .address()
                                .isUnresolved()
                        ? "unresolved"
                        : null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "here:80",
                "127.0.0.1:99999",
                "1.2.3.4.5:80",
                "[::1",
                "127.0.0.1",
                "[:::]:80"
            })
    void whatIsNoAddressIsSaid(String address) {
        ConfigException e =
                assertThrows(
                        ConfigException.class, () -> new HttpConfig(address, null, null, null));
        assertTrue(e.getMessage().contains("no address with a port"), e.getMessage());
    }
}
