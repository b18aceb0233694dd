package org.skyway.vswitch.dropin;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SocketConfig;

/// What rows of table Interface ask for, as the switch configures ports otherwise.
final class PortTypes {
    /// What the column iface_types says.
    static final List<String> ALL =
            List.of(
                    "dpdkr",
                    "dpdkvhostuser",
                    "dpdkvhostuserclient",
                    "internal",
                    "memif",
                    "patch",
                    "system");

    private PortTypes() {}

    /// The port that an interface asks for.
    ///
    /// @param row of the interface
    /// @return the port, without a number; null if there are no ports of its type
    /// @throws ConfigException if something in its options can't be
    static PortConfig of(Row row) {
        String name = row.text("name");
        Map<String, String> options = row.pairs("options");
        return switch (row.text("type")) {
            case "", "system" -> new PortConfig(0, PortConfig.Type.NETDEV, name);
            case "internal", "tap" -> new PortConfig(0, PortConfig.Type.INTERNAL, name);
            case "patch" -> {
                String peer = options.get("peer");
                if (peer == null || peer.isEmpty()) {
                    throw new ConfigException(
                            "%s: patch type requires valid 'peer' argument".formatted(name));
                }
                yield PortConfig.patch(0, name, peer);
            }
            case "dpdkr" -> new PortConfig(0, PortConfig.Type.DPDKR, name);
            case "dpdkvhostuser" ->
                    new PortConfig(0, PortConfig.Type.DPDKVHOSTUSER, name, socket(null));
            case "dpdkvhostuserclient" -> {
                String path = options.get("vhost-server-path");
                if (path == null) {
                    throw new ConfigException(
                            "interface %s needs options:vhost-server-path, where QEMU or the program listens"
                                    .formatted(name));
                }
                yield new PortConfig(
                        0, PortConfig.Type.DPDKVHOSTUSERCLIENT, name, socket(Path.of(path)));
            }
            case "memif" -> memif(name, options);
            default -> null;
        };
    }

    private static SocketConfig socket(Path path) {
        return new SocketConfig(path, null, null, null, null, null, null, null);
    }

    private static PortConfig memif(String name, Map<String, String> options) {
        try {
            String path = options.get("socket");
            String id = options.get("id");
            String ringSize = options.get("ring-size");
            String bufferSize = options.get("buffer-size");
            String secret = options.get("secret-file");
            return new PortConfig(
                    0,
                    PortConfig.Type.MEMIF,
                    name,
                    List.of(),
                    secret == null ? null : Path.of(secret),
                    new SocketConfig(
                            path == null ? null : Path.of(path),
                            id == null ? null : Long.valueOf(id),
                            options.get("role"),
                            ringSize == null ? null : Integer.valueOf(ringSize),
                            bufferSize == null ? null : Integer.valueOf(bufferSize),
                            options.get("owner"),
                            options.get("group"),
                            options.get("mode")));
        } catch (NumberFormatException e) {
            throw new ConfigException(
                    "interface %s: options id, ring-size and buffer-size must be numbers"
                            .formatted(name),
                    e);
        }
    }
}
