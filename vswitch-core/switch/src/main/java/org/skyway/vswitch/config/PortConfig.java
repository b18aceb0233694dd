package org.skyway.vswitch.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.skyway.openflow.model.OfPort;

/// A port of a bridge.
///
/// @param number its OpenFlow number; 0 for the lowest that is free
/// @param type what it is
/// @param name of the port, and of the Linux interface of a netdev port
/// @param users who may drive the port besides the switch's own user and root; only with a secret
/// @param secretFile what they must know, in a file; null for none
public record PortConfig(int number, Type type, String name, List<String> users, Path secretFile) {
    /// What a port is.
    public enum Type {
        /// A port that a VNF shares by memory.
        DPDKR,
        /// A Linux interface.
        NETDEV;

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
        if (number < 0 || number > OfPort.MAX) {
            throw new ConfigException(
                    "port %s can't have number %d; use 1 to %d, or none for the lowest that is free"
                            .formatted(name, number, OfPort.MAX));
        }
        if (type == null) {
            throw new ConfigException("port " + name + " has no type; use dpdkr or netdev");
        }
        users = users == null ? List.of() : List.copyOf(users);
        if (users.isEmpty() != (secretFile == null)) {
            throw new ConfigException(
                    "port %s must have both users and a secret-file, or none of them"
                            .formatted(name));
        }
        if (!users.isEmpty() && type != Type.DPDKR) {
            throw new ConfigException(
                    "port %s is a %s port and can't have users".formatted(name, type));
        }
    }

    /// A port for the switch's own user.
    ///
    /// @param number its OpenFlow number; 0 for the lowest that is free
    /// @param type what it is
    /// @param name of the port
    public PortConfig(int number, Type type, String name) {
        this(number, type, name, List.of(), null);
    }

    /// The same port with a number.
    ///
    /// @param given the number
    /// @return a copy
    public PortConfig numbered(int given) {
        return new PortConfig(given, type, name, users, secretFile);
    }

    /// From a configuration file.
    ///
    /// @param number its number; null for the next free one
    /// @param type `dpdkr` or `netdev`
    /// @param name its name
    /// @param users who may drive it besides the switch's own user; null for nobody
    /// @param secretFile what they must know; null for nothing
    /// @return the port
    @JsonCreator
    public static PortConfig of(
            @JsonProperty("number") Integer number,
            @JsonProperty("type") String type,
            @JsonProperty("name") String name,
            @JsonProperty("users") List<String> users,
            @JsonProperty("secret-file") Path secretFile) {
        return new PortConfig(
                number == null ? 0 : given(number, name),
                type(type, name),
                name,
                users,
                secretFile);
    }

    /// Reads `[NUMBER:]TYPE:NAME`, as the `--port` flag takes it.
    ///
    /// @param text for instance `2:dpdkr:vnf1`
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
                return new PortConfig(
                        given(Integer.parseInt(part[0]), text), type(part[1], text), part[2]);
            }
            if (part.length == 2) {
                return new PortConfig(0, type(part[0], text), part[1]);
            }
        } catch (NumberFormatException e) {
            throw new ConfigException("port \"" + text + "\" has a number that is too large");
        }
        throw new ConfigException(
                "port \"" + text + "\" is not NUMBER:TYPE:NAME, for instance 2:dpdkr:vnf1");
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
                "port \"%s\" has type \"%s\"; there are dpdkr and netdev".formatted(where, type));
    }
}
