package org.skyway.vswitch.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.skyway.openflow.model.OfPort;

/// A port of a bridge.
///
/// @param number its OpenFlow number; 0 for the lowest that is free
/// @param type what it is
/// @param name of the port, and of the Linux interface of a netdev port
/// @param users who may drive the port besides the switch's own user and root; only with a secret
/// @param secretFile what they, or the clients of a memif port, must know, in a file; null for none
/// @param socket of a port whose VNF speaks a standard protocol
/// @param peer the name of the port that a patch port is connected with; null for other ports
public record PortConfig(
        int number,
        Type type,
        String name,
        List<String> users,
        Path secretFile,
        SocketConfig socket,
        String peer) {
    private static final String PEER = "peer=";
    private static final String SECRET = "secret-file=";

    /// What a port is.
    public enum Type {
        /// A port that a VNF shares by memory.
        DPDKR,
        /// A Linux interface.
        NETDEV,
        /// An interface of the host that the switch makes, a tap device.
        INTERNAL,
        /// A port that is connected with another of this process.
        PATCH,
        /// A VNF that speaks memif, as DPDK and VPP do.
        MEMIF,
        /// A virtio device of a guest, whose front end connects to the switch.
        DPDKVHOSTUSER,
        /// A virtio device of a guest, whose front end listens, so that it outlives the switch.
        DPDKVHOSTUSERCLIENT;

        private static final String ALL =
                Arrays.stream(values()).map(Type::toString).collect(Collectors.joining(", "));

        /// Whether its VNF speaks a standard protocol over a UNIX socket.
        ///
        /// @return true for all but VNFs with Skyway's own driver and interfaces of Linux
        public boolean isStock() {
            return this != DPDKR && this != NETDEV && this != INTERNAL && this != PATCH;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Checks the fields.
    ///
    /// @throws ConfigException if one of them can't be
    public PortConfig {
        if (name == null || !name.matches("[A-Za-z0-9_.:-]{1,15}")) {
            throw new ConfigException(
                    "port name \"%s\" must have 1 to 15 letters, digits, '_', '.', ':' or '-'"
                            .formatted(name));
        }
        boolean local = number == OfPort.LOCAL && type == Type.INTERNAL;
        if (!local && (number < 0 || number > OfPort.MAX)) {
            throw new ConfigException(
                    "port %s can't have number %d; use 1 to %d, or none for the lowest that is free"
                            .formatted(name, number, OfPort.MAX));
        }
        if (type == null) {
            throw new ConfigException(
                    "port %s has no type; use one of %s".formatted(name, Type.ALL));
        }
        users = users == null ? List.of() : List.copyOf(users);
        socket = socket == null ? SocketConfig.NONE : socket;
        if ((type == Type.PATCH) != (peer != null)) {
            throw new ConfigException(
                    peer == null
                            ? "port %s needs to know which port it is connected with: peer=NAME"
                                    .formatted(name)
                            : "port %s is a %s port and has no peer".formatted(name, type));
        }
        if (!socket.isNone() && !type.isStock()) {
            throw new ConfigException(
                    "port %s is a %s port and has no socket: it can't have %s"
                            .formatted(name, type, socket.text()));
        }
        if (type == Type.MEMIF) {
            checkMemif(name, socket);
        } else if (type.isStock()) {
            checkVhost(type, name, socket, secretFile);
        } else if (users.isEmpty() != (secretFile == null)) {
            throw new ConfigException(
                    "port %s must have both users and a secret-file, or none of them"
                            .formatted(name));
        }
        if (!users.isEmpty() && type != Type.DPDKR) {
            throw new ConfigException(
                    "port %s is a %s port and can't have users".formatted(name, type));
        }
    }

    private static void checkMemif(String name, SocketConfig socket) {
        if (socket.isClient() && socket.path() == null) {
            throw new ConfigException(
                    "port %s is a memif client and needs to know where the server listens: socket=PATH"
                            .formatted(name));
        }
        boolean makes = socket.ringSize() != null || socket.bufferSize() != null;
        boolean gives = socket.owner() != null || socket.group() != null || socket.mode() != null;
        if (socket.isClient() ? gives : makes) {
            throw new ConfigException(
                    "port %s is a memif %s and can't have %s: rings and buffers are a client's, the socket is a server's"
                            .formatted(
                                    name, socket.isClient() ? "client" : "server", socket.text()));
        }
    }

    private static void checkVhost(Type type, String name, SocketConfig socket, Path secretFile) {
        boolean client = type == Type.DPDKVHOSTUSERCLIENT;
        if (client && socket.path() == null) {
            throw new ConfigException(
                    "port %s needs to know where QEMU or the program listens: socket=PATH"
                            .formatted(name));
        }
        SocketConfig can =
                new SocketConfig(
                        socket.path(),
                        null,
                        null,
                        null,
                        null,
                        client ? null : socket.owner(),
                        client ? null : socket.group(),
                        client ? null : socket.mode());
        if (!socket.equals(can) || secretFile != null) {
            throw new ConfigException(
                    "port %s is a %s port and can't have %s; it can have socket%s"
                            .formatted(
                                    name,
                                    type,
                                    secretFile == null ? socket.text() : "a secret",
                                    client ? "" : ", owner, group and mode"));
        }
    }

    /// A port without a peer.
    ///
    /// @param number its OpenFlow number; 0 for the lowest that is free
    /// @param type what it is
    /// @param name of the port
    /// @param users who may drive it besides the switch's own user
    /// @param secretFile what they must know; null for nothing
    /// @param socket of a port whose VNF speaks a standard protocol; null for the usual
    public PortConfig(
            int number,
            Type type,
            String name,
            List<String> users,
            Path secretFile,
            SocketConfig socket) {
        this(number, type, name, users, secretFile, socket, null);
    }

    /// A patch port.
    ///
    /// @param number its OpenFlow number; 0 for the lowest that is free
    /// @param name of the port
    /// @param peer the name of the port that it is connected with
    /// @return the port
    public static PortConfig patch(int number, String name, String peer) {
        return new PortConfig(number, Type.PATCH, name, List.of(), null, null, peer);
    }

    /// A port for the switch's own user.
    ///
    /// @param number its OpenFlow number; 0 for the lowest that is free
    /// @param type what it is
    /// @param name of the port
    public PortConfig(int number, Type type, String name) {
        this(number, type, name, List.of(), null, null);
    }

    /// A port for the switch's own user.
    ///
    /// @param number its OpenFlow number; 0 for the lowest that is free
    /// @param type what it is
    /// @param name of the port
    /// @param socket of a port whose VNF speaks a standard protocol
    public PortConfig(int number, Type type, String name, SocketConfig socket) {
        this(number, type, name, List.of(), null, socket);
    }

    /// The same port with a number.
    ///
    /// @param given the number
    /// @return a copy
    public PortConfig numbered(int given) {
        return new PortConfig(given, type, name, users, secretFile, socket, peer);
    }

    /// From a configuration file.
    ///
    /// @param number its number; null for the next free one
    /// @param type for instance `dpdkr`
    /// @param name its name
    /// @param users who may drive it besides the switch's own user; null for nobody
    /// @param secretFile what they must know; null for nothing
    /// @param socket where its socket is; null for the usual place
    /// @param id of the interface at the socket; null for the port's number
    /// @param role of the switch there; null for `server`
    /// @param ringSize slots of each ring; null for the usual
    /// @param bufferSize bytes of each buffer; null for the usual
    /// @param owner of the socket; null for the switch's user
    /// @param group of the socket; null for the switch's
    /// @param mode of the socket; null for its owner only
    /// @param peer of a patch port; null for other ports
    /// @return the port
    @JsonCreator
    public static PortConfig of(
            @JsonProperty("number") Integer number,
            @JsonProperty("type") String type,
            @JsonProperty("name") String name,
            @JsonProperty("users") List<String> users,
            @JsonProperty("secret-file") Path secretFile,
            @JsonProperty("socket") String socket,
            @JsonProperty("id") Long id,
            @JsonProperty("role") String role,
            @JsonProperty("ring-size") Integer ringSize,
            @JsonProperty("buffer-size") Integer bufferSize,
            @JsonProperty("owner") String owner,
            @JsonProperty("group") String group,
            @JsonProperty("mode") String mode,
            @JsonProperty("peer") String peer) {
        return new PortConfig(
                number == null ? 0 : given(number, name),
                type(type, name),
                name,
                users,
                secretFile,
                new SocketConfig(
                        socket == null ? null : Path.of(socket),
                        id,
                        role,
                        ringSize,
                        bufferSize,
                        owner,
                        group,
                        mode),
                peer);
    }

    /// From a request or from what an earlier switch has left.
    ///
    /// @param number its number; 0 for the next free one
    /// @param typed its type, and behind a comma what [SocketConfig#text] says: see [#typed]
    /// @param name its name
    /// @return the port
    /// @throws ConfigException if it is something else
    public static PortConfig ofTyped(int number, String typed, String name) {
        int at = typed.indexOf(',');
        return at < 0
                ? new PortConfig(number, type(typed, name), name)
                : withOptions(
                        number,
                        type(typed.substring(0, at), name),
                        name,
                        typed.substring(at + 1),
                        name);
    }

    /// Its type, with what was said of its socket.
    ///
    /// @return for [#ofTyped]
    public String typed() {
        StringJoiner all = new StringJoiner(",").add(type.toString());
        if (!socket.isNone()) {
            all.add(socket.text());
        }
        if (peer != null) {
            all.add(PEER + peer);
        }
        if (secretFile != null && users.isEmpty()) {
            all.add(SECRET + secretFile);
        }
        return all.toString();
    }

    /// Reads `[NUMBER:]TYPE:NAME[,KEY=VALUE…]`, as the `--port` flag takes it.
    ///
    /// @param text for instance `2:dpdkr:vnf1` or `3:memif:vpp,socket=/run/vpp.sock,id=7`
    /// @return the port
    /// @throws ConfigException if it is something else
    public static PortConfig parse(String text) {
        String[] part = text.split(":", 3);
        try {
            if (part.length >= 2 && part[0].matches("[0-9]+")) {
                if (part.length < 3) {
                    throw new ConfigException(
                            "port \"" + text + "\" has no name; write NUMBER:TYPE:NAME");
                }
                return named(given(Integer.parseInt(part[0]), text), part[1], part[2], text);
            }
            // A colon behind a comma is an option's.
            if (part.length == 2 || part.length == 3 && part[1].indexOf(',') > 0) {
                return named(0, part[0], text.substring(part[0].length() + 1), text);
            }
        } catch (NumberFormatException e) {
            throw new ConfigException("port \"" + text + "\" has a number that is too large");
        }
        throw new ConfigException(
                "port \"" + text + "\" is not NUMBER:TYPE:NAME, for instance 2:dpdkr:vnf1");
    }

    private static PortConfig named(int number, String type, String name, String text) {
        int at = name.indexOf(',');
        return at < 0
                ? new PortConfig(number, type(type, text), name)
                : withOptions(
                        number,
                        type(type, text),
                        name.substring(0, at),
                        name.substring(at + 1),
                        text);
    }

    private static PortConfig withOptions(
            int number, Type type, String name, String options, String where) {
        Path secret = null;
        String peer = null;
        List<String> rest = new ArrayList<>();
        for (String option : options.split(",", -1)) {
            if (option.startsWith(SECRET) && secret == null) {
                secret = Path.of(option.substring(SECRET.length()));
            } else if (option.startsWith(PEER) && peer == null) {
                peer = option.substring(PEER.length());
            } else {
                rest.add(option);
            }
        }
        SocketConfig socket =
                rest.isEmpty()
                        ? SocketConfig.NONE
                        : SocketConfig.parse(String.join(",", rest), where);
        return new PortConfig(number, type, name, List.of(), secret, socket, peer);
    }

    private static int given(int number, String where) {
        if (number == 0) {
            throw new ConfigException(
                    "port \"%s\" has number 0, which OpenFlow does not have; leave the number out for the next free one"
                            .formatted(where));
        }
        return number;
    }

    private static Type type(String type, String where) {
        for (Type t : Type.values()) {
            if (t.toString().equals(type)) {
                return t;
            }
        }
        throw new ConfigException(
                "port \"%s\" has type \"%s\"; there are %s".formatted(where, type, Type.ALL));
    }
}
