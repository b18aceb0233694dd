package org.skyway.vswitch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.vswitch.config.HttpConfig;
import org.skyway.vswitch.fault.Faults;

/// The page as others on the network see it: by TLS, and with the token only. The address is every
/// one of the host's.
@Timeout(120)
class WebTlsIT {
    private static final String TOKEN = "0123456789abcdef-token";

    @TempDir private Path folder;

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void makeCertificate() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/openssl")),
                "skipped: there is no openssl; apt-get install openssl");
        Process process =
                new ProcessBuilder(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "rsa:2048",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=page",
                                "-addext",
                                "subjectAltName=IP:127.0.0.1",
                                "-keyout",
                                file("page.key").toString(),
                                "-out",
                                file("page.pem").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(file("openssl.log").toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> read(file("openssl.log")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private SSLContext trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (InputStream in = Files.newInputStream(file("page.pem"))) {
            Certificate certificate =
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setCertificateEntry("page", certificate);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static HttpResponse<String> get(HttpClient client, URI uri, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void othersNeedTlsAndTheToken() throws Exception {
        makeCertificate();
        Files.writeString(file("token"), TOKEN + "\n");
        HttpConfig config =
                new HttpConfig("0.0.0.0:0", file("token"), file("page.key"), file("page.pem"));
        Faults faults = new Faults();
        ObjectMapper json = new ObjectMapper();
        try (WebServer server =
                        WebServer.start(config, request -> json.createObjectNode(), faults);
                HttpClient client = HttpClient.newBuilder().sslContext(trust()).build()) {
            String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            assertTrue(server.url().startsWith("https://" + host + ":"), server.url());
            int port = URI.create(server.url()).getPort();
            URI page = URI.create("https://127.0.0.1:" + port + "/");
            for (String path : List.of("/", "/metrics", "/api/state", "/api/stream")) {
                assertEquals(401, get(client, page.resolve(path)).statusCode(), path);
            }
            assertEquals(401, get(client, page, "Authorization", "Bearer wrong").statusCode());
            assertEquals(200, get(client, page, "Authorization", "Bearer " + TOKEN).statusCode());
            HttpResponse<String> login = get(client, page.resolve("/?token=" + TOKEN));
            assertEquals(303, login.statusCode());
            String cookie = login.headers().firstValue("set-cookie").orElseThrow();
            assertTrue(cookie.contains("; Secure"), cookie);
            assertEquals(200, get(client, page, "Cookie", cookie.split(";")[0]).statusCode());
            // Who speaks no TLS is no fault of the switch.
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes(); // it is hung up on
            }
            assertEquals(200, get(client, page, "Authorization", "Bearer " + TOKEN).statusCode());
            assertEquals(List.of(), faults.list());
        }
    }
}
