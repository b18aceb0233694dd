package org.skyway.vswitch.ofproto;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// Where to connect to or to listen, in Open vSwitch's syntax.
///
/// @param text as it was written
/// @param passive whether it listens
/// @param tls whether it is encrypted
/// @param address where
record Target(String text, boolean passive, boolean tls, SocketAddress address) {
    /// The port that OpenFlow was assigned.
    private static final int DEFAULT_PORT = 6653;

    private static final int MAX_PORT = 65535;

    /// Reads `tcp:host[:port]`, `ptcp:[port][:host]`, `unix:file`, `punix:file`, `ssl:…` or
    /// `pssl:…`.
    ///
    /// @throws IllegalArgumentException if it is none of these
    static Target parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        return switch (kind) {
            case "tcp", "ssl" -> new Target(text, false, kind.equals("ssl"), active(text, rest));
            case "ptcp", "pssl" -> new Target(text, true, kind.equals("pssl"), passive(text, rest));
            case "unix" -> new Target(text, false, false, file(text, rest));
            case "punix" -> new Target(text, true, false, file(text, rest));
            default -> throw bad(text);
        };
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException(
                "\"%s\" is no OpenFlow target; write tcp:HOST[:PORT], ssl:HOST[:PORT], unix:FILE, ptcp:[PORT][:HOST], pssl:[PORT][:HOST] or punix:FILE"
                        .formatted(text));
    }

    private static SocketAddress file(String text, String rest) {
        if (rest.isEmpty()) {
            throw bad(text);
        }
        return UnixDomainSocketAddress.of(Path.of(rest));
    }

    /// Host and port of `host[:port]`; an IPv6 address stands in brackets.
    private static SocketAddress active(String text, String rest) {
        int close = rest.startsWith("[") ? rest.indexOf(']') : -1;
        int colon = rest.indexOf(':', Math.max(0, close));
        String host = colon < 0 ? rest : rest.substring(0, colon);
        if (close >= 0) {
            host = rest.substring(1, close);
        }
        if (host.isEmpty()) {
            throw bad(text);
        }
        int port = colon < 0 ? DEFAULT_PORT : port(text, rest.substring(colon + 1));
        if (port == 0) {
            throw bad(text);
        }
        return InetSocketAddress.createUnresolved(host, port);
    }

    private static SocketAddress passive(String text, String rest) {
        int colon = rest.indexOf(':');
        String portText = colon < 0 ? rest : rest.substring(0, colon);
        String host = colon < 0 ? "" : rest.substring(colon + 1).replace("[", "").replace("]", "");
        int port = portText.isEmpty() ? DEFAULT_PORT : port(text, portText);
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below, with the whole text.
        }
        throw bad(text);
    }

    boolean unix() {
        return address instanceof UnixDomainSocketAddress;
    }
}
