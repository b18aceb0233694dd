package org.skyway.vswitch.ofproto;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import javax.net.ssl.SSLException;

/// TLS for `ssl:` and `pssl:` connections: both sides show certificates, as in Open vSwitch.
final class TlsContexts {
    private OfprotoConfig.Tls files;
    private SslContext client;
    private SslContext server;

    /// @param files keys and certificates, or null
    TlsContexts(OfprotoConfig.Tls files) {
        this.files = files;
    }

    /// From now on, new connections are encrypted with other ones.
    synchronized void use(OfprotoConfig.Tls now) {
        files = now;
        client = null;
        server = null;
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
        try {
            if (t.passive()) {
                server = server == null ? server() : server;
                return server;
            }
            client = client == null ? client() : client;
            return client;
        } catch (IllegalArgumentException | SSLException e) {
            throw new IOException(
                    "%s: can't use %s, %s or %s: %s"
                            .formatted(
                                    t.text(),
                                    files.privateKey(),
                                    files.certificate(),
                                    files.caCertificate(),
                                    e.getMessage()),
                    e);
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
