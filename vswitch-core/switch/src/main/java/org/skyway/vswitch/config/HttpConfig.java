package org.skyway.vswitch.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the live page and the metrics are served.
///
/// @param listen an IP address and a port: `127.0.0.1:8080`, `[::1]:8080`; port 0 for any free one
/// @param tokenFile what whoever changes something must know, and whoever looks, too, if the
///   address is not a loopback one; null for none
/// @param privateKey PEM file for TLS; null for none
/// @param certificate PEM file for TLS; null for none
public record HttpConfig(
        String listen,
        @JsonProperty("token-file") Path tokenFile,
        @JsonProperty("private-key") Path privateKey,
        Path certificate) {
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(localhost|[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):)?([0-9]{1,5})");

    /// Checks it.
    ///
    /// @throws ConfigException if the address is none, or one that others reach without a token and
    ///   TLS
    public HttpConfig {
        if (listen == null) {
            throw new ConfigException(
                    "the page has no address; say --http 127.0.0.1:8080, or `listen` under `http` in the file");
        }
        if ((privateKey == null) != (certificate == null)) {
            throw new ConfigException(
                    "TLS for %s needs a private key and a certificate; private key is %s, certificate %s"
                            .formatted(listen, privateKey, certificate));
        }
        InetSocketAddress address = parse(listen);
        if (!address.getAddress().isLoopbackAddress()
                && (tokenFile == null || privateKey == null)) {
            throw new ConfigException(
                    "others reach %s, so it needs TLS and a token: `private-key`, `certificate` and `token-file` under `http` in the configuration file; or take 127.0.0.1:%d"
                            .formatted(listen, address.getPort()));
        }
    }

    /// The address.
    ///
    /// @return resolved
    @JsonIgnore
    public InetSocketAddress address() {
        return parse(listen);
    }

    // No names but one: what they stand for may change.
    private static InetSocketAddress parse(String listen) {
        Matcher m = ADDRESS.matcher(listen);
        try {
            if (m.matches()) {
                String host =
                        m.group(1) == null || m.group(1).equals("localhost")
                                ? "127.0.0.1"
                                : m.group(1).replaceAll("[\\[\\]]", "");
                int port = Integer.parseInt(m.group(2));
                if (port <= 0xffff) {
                    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
                }
            }
        } catch (IllegalArgumentException e) {
            // Looked like an address and is none: said below.
        }
        throw new ConfigException(
                "\"%s\" is no address with a port; write for instance 127.0.0.1:8080 or [::1]:8080"
                        .formatted(listen));
    }
}
