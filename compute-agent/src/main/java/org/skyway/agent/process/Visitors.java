package org.skyway.agent.process;

import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.skyway.agent.Allowance;

/// Connections that have not said hello, and how often each user says it. Thread-safe.
///
/// There are as many users as the configuration names, so this is bounded when each of them is; and
/// what one user does is no other user's loss.
final class Visitors {
    /// Connections of a user that may be silent at a time; of more, the oldest is closed.
    static final int MOST_SILENT = 64;

    private static final int HELLOS = 200;
    private static final int HELLOS_PER_SECOND = 50;

    private static final class User {
        final Set<VnfConnection> silent = new LinkedHashSet<>(); // the oldest first
        final Allowance hellos = new Allowance(HELLOS, HELLOS_PER_SECOND);
    }

    private final Map<UserPrincipal, User> users = new HashMap<>();

    /// A connection was accepted.
    ///
    /// @return one that has to go in its place; null for none
    synchronized VnfConnection arrived(UserPrincipal user, VnfConnection connection) {
        Set<VnfConnection> silent = of(user).silent;
        silent.add(connection);
        if (silent.size() <= MOST_SILENT) {
            return null;
        }
        Iterator<VnfConnection> all = silent.iterator();
        VnfConnection oldest = all.next();
        all.remove();
        return oldest;
    }

    /// A connection has said hello, or is gone.
    synchronized void spoke(UserPrincipal user, VnfConnection connection) {
        of(user).silent.remove(connection);
    }

    /// Whether a user may say hello once more now.
    boolean mayGreet(UserPrincipal user) {
        Allowance hellos;
        synchronized (this) {
            hellos = of(user).hellos;
        }
        return hellos.take();
    }

    private User of(UserPrincipal user) {
        return users.computeIfAbsent(user, _ -> new User());
    }
}
