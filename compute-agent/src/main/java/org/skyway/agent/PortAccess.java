package org.skyway.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which users may drive which ports. The user that the switch runs as, and root, may drive all;
/// others those that name them, if they know the port's secret, too. Any thread.
public final class PortAccess {
    private static final String ROOT = "root";

    private final Map<String, Grant> grants = new ConcurrentHashMap<>();
    private final UserPrincipal self;

    private record Grant(Set<UserPrincipal> users, byte[] secret) {}

    /// No port for others.
    ///
    /// @throws IOException if this process can't find out who it is
    public PortAccess() throws IOException {
        self = Files.getOwner(Path.of("/proc/self"));
    }

    /// Lets users have a port.
    ///
    /// @param port its name
    /// @param users who
    /// @param secret what they must say
    public void grant(String port, Set<UserPrincipal> users, String secret) {
        grants.put(port, new Grant(Set.copyOf(users), bytes(secret)));
    }

    /// Whether there is anybody but the switch's user and root who may have a port.
    ///
    /// @return true if there is
    public boolean hasOthers() {
        return !grants.isEmpty();
    }

    /// Whether a user may have any port without a secret, and may open what the switch makes.
    ///
    /// @param user who
    /// @return true for the switch's own user and root
    public boolean isOwn(UserPrincipal user) {
        return user.equals(self) || user.getName().equals(ROOT);
    }

    /// Who the switch runs as.
    ///
    /// @return the user
    public UserPrincipal self() {
        return self;
    }

    /// Why a user may not even ask.
    ///
    /// @param user who
    /// @return a sentence; null if some port may be the user's
    public String refusal(UserPrincipal user) {
        return isOwn(user) || grants.values().stream().anyMatch(g -> g.users.contains(user))
                ? null
                : "user %s may not connect: only %s may, and root, and whom the configuration names as users of a port"
                        .formatted(user.getName(), self.getName());
    }

    /// Why a user may not have a port.
    ///
    /// @param user who
    /// @param port its name
    /// @param secret what they said; null for nothing
    /// @return a sentence; null if they may
    public String refusal(UserPrincipal user, String port, String secret) {
        if (isOwn(user)) {
            return null;
        }
        Grant grant = grants.get(port);
        if (grant == null || !grant.users.contains(user)) {
            return "user %s may not have port %s; name them among its users in the switch's configuration"
                    .formatted(user.getName(), port);
        }
        // In the same time whatever is wrong with it.
        return MessageDigest.isEqual(grant.secret, bytes(secret == null ? "" : secret))
                ? null
                : "user %s does not know the secret of port %s; see --secret-file"
                        .formatted(user.getName(), port);
    }

    private static byte[] bytes(String secret) {
        return secret.getBytes(StandardCharsets.UTF_8);
    }
}
