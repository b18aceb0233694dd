package org.skyway.ovsdb;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a database server is, as Open vSwitch's programs take it.
///
/// @param text `unix:FILE` or `tcp:ADDRESS:PORT`
/// @param address the same for a socket
public record Remote(String text, SocketAddress address) {
    private static final Pattern TCP =
            Pattern.compile("tcp:(\\[[0-9a-fA-F:.]+]|[0-9.]+):([0-9]{1,5})");

    /// Reads one.
    ///
    /// @param text for instance `unix:/var/run/openvswitch/db.sock`
    /// @return where that is
    /// @throws OvsdbException if it is something else
    public static Remote parse(String text) {
        if (text.startsWith("unix:/")) {
            return new Remote(text, UnixDomainSocketAddress.of(text.substring(5)));
        }
        Matcher m = TCP.matcher(text);
        if (m.matches() && Integer.parseInt(m.group(2)) <= 65535) {
            String host = m.group(1).replaceAll("[\\[\\]]", "");
            return new Remote(text, new InetSocketAddress(host, Integer.parseInt(m.group(2))));
        }
        throw new OvsdbException(
                "\"%s\" is no database; write unix:/PATH/db.sock or tcp:ADDRESS:PORT"
                        .formatted(text));
    }

    /// Whether it is a UNIX socket.
    ///
    /// @return false for TCP
    boolean isUnix() {
        return address instanceof UnixDomainSocketAddress;
    }
}
