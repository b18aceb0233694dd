package org.skyway.vswitch.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the user says of the socket of a port whose VNF speaks a standard protocol. What was not
/// said is null.
///
/// @param path where it is; relative ones are in the run directory
/// @param id of the interface at the socket, of a memif port
/// @param role of the switch, of a memif port: `server` or `client`
/// @param ringSize slots of each ring, of a memif client, which makes them
/// @param bufferSize bytes of each buffer, of a memif client
/// @param owner user who may connect to a socket that the switch makes
/// @param group group that may
/// @param mode permissions of that socket, in octal
public record SocketConfig(
        Path path,
        Long id,
        String role,
        Integer ringSize,
        Integer bufferSize,
        String owner,
        String group,
        String mode) {
    /// Nothing was said.
    public static final SocketConfig NONE =
            new SocketConfig(null, null, null, null, null, null, null, null);

    private static final List<String> KEYS =
            List.of("socket", "id", "role", "ring-size", "buffer-size", "owner", "group", "mode");

    /// Checks what can be checked without the port.
    ///
    /// @throws ConfigException if one of them can't be
    public SocketConfig {
        if (id != null && (id < 0 || id > 0xffff_ffffL)) {
            throw new ConfigException(
                    "interface id %d can't be; use 0 to 4294967295".formatted(id));
        }
        if (role != null && !role.equals("server") && !role.equals("client")) {
            throw new ConfigException("role \"%s\" is neither server nor client".formatted(role));
        }
        if (ringSize != null
                && (Integer.bitCount(ringSize) != 1 || ringSize < 2 || ringSize > 16384)) {
            throw new ConfigException(
                    "ring size %d is no power of two from 2 to 16384".formatted(ringSize));
        }
        if (bufferSize != null
                && (bufferSize < 64 || bufferSize > 16384 || (bufferSize & 63) != 0)) {
            throw new ConfigException(
                    "buffer size %d is no multiple of 64 from 64 to 16384".formatted(bufferSize));
        }
        if (path != null && path.toString().indexOf(',') >= 0) {
            throw new ConfigException(
                    "socket %s has a comma in its path, which separates options; choose another"
                            .formatted(path));
        }
        if (mode != null && !mode.matches("0?[0-7]{3}")) {
            throw new ConfigException(
                    "mode \"%s\" must be three octal digits, for instance 660".formatted(mode));
        }
    }

    /// Whether nothing was said.
    ///
    /// @return true if so
    public boolean isNone() {
        return equals(NONE);
    }

    /// Whether the switch makes the memory of a memif port, and connects.
    ///
    /// @return false for a server, which is what there is if nothing was said
    public boolean isClient() {
        return "client".equals(role);
    }

    /// What was said, as `KEY=VALUE` separated by commas.
    ///
    /// @return for [#parse]; empty if nothing was said
    public String text() {
        StringBuilder b = new StringBuilder();
        add(b, "socket", path);
        add(b, "id", id);
        add(b, "role", role);
        add(b, "ring-size", ringSize);
        add(b, "buffer-size", bufferSize);
        add(b, "owner", owner);
        add(b, "group", group);
        add(b, "mode", mode);
        return b.toString();
    }

    private static void add(StringBuilder b, String key, Object value) {
        if (value != null) {
            b.append(b.isEmpty() ? "" : ",").append(key).append('=').append(value);
        }
    }

    /// Reads what [#text] writes.
    ///
    /// @param text the text
    /// @param where for messages
    /// @return what it says
    /// @throws ConfigException if it says something else
    static SocketConfig parse(String text, String where) {
        Map<String, String> said = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int at = part.indexOf('=');
            String key = at < 0 ? part : part.substring(0, at);
            if (at <= 0 || !KEYS.contains(key) || said.put(key, part.substring(at + 1)) != null) {
                throw new ConfigException(
                        "port \"%s\": \"%s\" is no option; there are, each once, %s"
                                .formatted(where, part, String.join(", ", KEYS)));
            }
        }
        try {
            String path = said.get("socket");
            return new SocketConfig(
                    path == null ? null : Path.of(path),
                    said.containsKey("id") ? Long.valueOf(said.get("id")) : null,
                    said.get("role"),
                    said.containsKey("ring-size") ? Integer.valueOf(said.get("ring-size")) : null,
                    said.containsKey("buffer-size")
                            ? Integer.valueOf(said.get("buffer-size"))
                            : null,
                    said.get("owner"),
                    said.get("group"),
                    said.get("mode"));
        } catch (NumberFormatException e) {
            throw new ConfigException(
                    "port \"%s\": id, ring-size and buffer-size must be numbers".formatted(where),
                    e);
        }
    }
}
