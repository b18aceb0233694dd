package org.skyway.vswitch.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.HttpConfig;

/// Who may ask. A page of another site that runs in the same browser can reach a loopback address,
/// by its own name or by one that it has pointed there, so both `Host` and `Origin` must be ours.
final class WebGuard {
    /// What a browser keeps the token in.
    static final String COOKIE = "skyway-token";

    private static final int SHORTEST_TOKEN = 16;
    private static final String BEARER = "Bearer ";

    private final boolean loopback;
    private final String scheme;
    private final byte[] token;
    private volatile Set<String> hosts = Set.of();

    /// Reads the token.
    ///
    /// @throws ConfigException if it can't be read or is too short
    WebGuard(HttpConfig config) {
        loopback = config.address().getAddress().isLoopbackAddress();
        scheme = config.privateKey() == null ? "http" : "https";
        token = config.tokenFile() == null ? null : read(config);
    }

    private static byte[] read(HttpConfig config) {
        try {
            String text = Files.readString(config.tokenFile()).strip();
            if (text.length() < SHORTEST_TOKEN || !text.matches("[A-Za-z0-9._~+/=-]+")) {
                throw new ConfigException(
                        "the token in %s must have %d or more letters, digits or any of . _ ~ + / = -; make one with `openssl rand -hex 16`"
                                .formatted(config.tokenFile(), SHORTEST_TOKEN));
            }
            return text.getBytes(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new ConfigException(
                    "can't read the token in %s: %s".formatted(config.tokenFile(), Reasons.of(e)),
                    e);
        }
    }

    /// Tells it where the server listens.
    void listensAt(InetSocketAddress address) {
        String ip = address.getAddress().getHostAddress();
        int port = address.getPort();
        hosts =
                Set.copyOf(
                        List.of(
                                (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port,
                                "127.0.0.1:" + port,
                                "[::1]:" + port,
                                "localhost:" + port));
    }

    /// Why a request is refused, whatever it asks for.
    ///
    /// @return null if it is not
    String refuses(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST);
        if (host == null || headers.getAll(HttpHeaderNames.HOST).size() != 1) {
            return "the request must name one host";
        }
        if (loopback && !hosts.contains(host.toLowerCase(Locale.ROOT))) {
            return "host \"%s\" is not this switch; open the page by its address"
                    .formatted(shown(host));
        }
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && !origin.equalsIgnoreCase(scheme + "://" + host)) {
            return "a page of \"%s\" may not ask this switch".formatted(shown(origin));
        }
        return null;
    }

    private static String shown(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }

    /// Whether a request that only looks needs the token.
    boolean guardsLooking() {
        return !loopback;
    }

    /// Whether there is a token at all.
    boolean hasToken() {
        return token != null;
    }

    /// Whether a request knows the token, by header or cookie.
    boolean knowsToken(HttpHeaders headers) {
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null && authorization.startsWith(BEARER)) {
            return isToken(authorization.substring(BEARER.length()));
        }
        String cookies = headers.get(HttpHeaderNames.COOKIE);
        if (cookies != null) {
            for (Cookie cookie : ServerCookieDecoder.STRICT.decode(cookies)) {
                if (cookie.name().equals(COOKIE)) {
                    return isToken(cookie.value());
                }
            }
        }
        return false;
    }

    /// Whether that is it.
    boolean isToken(String said) {
        return token != null
                && MessageDigest.isEqual(token, said.strip().getBytes(StandardCharsets.UTF_8));
    }

    /// Whether the page comes by TLS.
    boolean isSecure() {
        return scheme.equals("https");
    }
}
