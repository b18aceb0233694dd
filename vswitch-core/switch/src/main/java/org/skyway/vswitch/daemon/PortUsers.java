package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.agent.PortAccess;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;

/// Whom the configuration names as users of ports, looked up on this system.
final class PortUsers {
    /// Shorter ones can be guessed.
    private static final int SHORTEST_SECRET = 8;

    private PortUsers() {}

    /// Looks users and secrets up.
    ///
    /// @throws ConfigException if there is no such user, or a secret can't be read or is too short
    /// @throws IOException if this process can't find out who it is
    static PortAccess access(List<PortConfig> ports) throws IOException {
        PortAccess access = new PortAccess();
        for (PortConfig port : ports) {
            if (!port.users().isEmpty()) {
                Set<UserPrincipal> users = new HashSet<>();
                for (String user : port.users()) {
                    users.add(user(port, user));
                }
                access.grant(port.name(), users, secret(port));
            }
        }
        if (access.hasOthers() && RunDirectory.uid() != 0) {
            throw new ConfigException(
                    "ports have users, but only a switch that runs as root can let other users in");
        }
        return access;
    }

    private static UserPrincipal user(PortConfig port, String name) throws IOException {
        try {
            return FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new ConfigException(
                    "port %s names user %s, but there is no such user".formatted(port.name(), name),
                    e);
        }
    }

    private static String secret(PortConfig port) {
        String secret;
        try {
            secret = Files.readString(port.secretFile()).strip();
        } catch (IOException e) {
            throw new ConfigException(
                    "can't read the secret of port %s: %s".formatted(port.name(), e), e);
        }
        if (secret.length() < SHORTEST_SECRET) {
            throw new ConfigException(
                    "the secret of port %s in %s has %d characters; use %d or more"
                            .formatted(
                                    port.name(),
                                    port.secretFile(),
                                    secret.length(),
                                    SHORTEST_SECRET));
        }
        return secret;
    }
}
