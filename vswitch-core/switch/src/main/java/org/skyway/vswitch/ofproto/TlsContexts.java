package org.skyway.vswitch.ofproto;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/// TLS for `ssl:` and `pssl:` connections: both sides show certificates, as in Open vSwitch.
final class TlsContexts {
    private static final long MOST_BYTES = 1 << 20;

    private OfprotoConfig.Tls files;
    private String seen = ""; // of the files
    private SslContext client;
    private SslContext server;

    /// @param files keys and certificates, or null
    TlsContexts(OfprotoConfig.Tls files) {
        this.files = files;
    }

    /// From now on, new connections are encrypted with other ones.
    synchronized void use(OfprotoConfig.Tls now) {
        files = now;
    }

    /// What a connection is encrypted with.
    ///
    /// @throws IOException if there are no keys, or they can't be read
    synchronized SslContext of(Target t) throws IOException {
        if (files == null) {
            throw new IOException(
                    "%s needs a private key, a certificate and a CA certificate; none are configured"
                            .formatted(t.text()));
        }
        check(files);
        String now = files.seen();
        if (!now.equals(seen)) {
            seen = now;
            client = null;
            server = null;
        }
        try {
            if (t.passive()) {
                server = server == null ? server() : server;
                return server;
            }
            client = client == null ? client() : client;
            return client;
        } catch (IllegalArgumentException | SSLException e) {
            throw new IOException(
                    "%s: can't use %s (in PKCS #8; `openssl pkcs8 -topk8 -nocrypt` makes that of others), %s or %s: %s"
                            .formatted(
                                    t.text(),
                                    files.privateKey(),
                                    files.certificate(),
                                    files.caCertificate(),
                                    e.getMessage()),
                    e);
        }
    }

    /// Whether the files can be read at all, before somebody waits for a pipe or runs out of
    /// memory.
    ///
    /// @throws IOException if one of them is not there, or is nothing that keys could be in
    private static void check(OfprotoConfig.Tls tls) throws IOException {
        for (Path file : tls.files()) {
            if (!Files.exists(file)) {
                throw new IOException("%s for TLS does not exist".formatted(file));
            }
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                throw new IOException(
                        "%s for TLS is no file of at most %d bytes".formatted(file, MOST_BYTES));
            }
        }
    }

    private SslContext server() throws SSLException {
        return SslContextBuilder.forServer(
                        files.certificate().toFile(), files.privateKey().toFile())
                .trustManager(files.caCertificate().toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
    }

    /// Like Open vSwitch, trusts whoever the CA signed, whatever its name.
    private SslContext client() throws SSLException {
        return SslContextBuilder.forClient()
                .keyManager(files.certificate().toFile(), files.privateKey().toFile())
                .trustManager(files.caCertificate().toFile())
                .endpointIdentificationAlgorithm(null)
                .build();
    }
}
