package org.skyway.agent;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;

/// Who may speak over a socket of ours: processes of the same user, and root. Others could not map
/// the regions anyway; this says so earlier.
public final class PeerCheck {
    private PeerCheck() {}

    /// Looks at the credentials that the kernel vouches for (`SO_PEERCRED`, unix(7)).
    ///
    /// @param peer the connection
    /// @return why the peer is refused; null if it is welcome
    /// @throws IOException if the kernel does not say
    public static String refusal(SocketChannel peer) throws IOException {
        String user = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        String self = Files.getOwner(Path.of("/proc/self")).getName();
        return refusal(user, self);
    }

    static String refusal(String peer, String self) {
        return peer.equals(self) || peer.equals("root")
                ? null
                : "it is user %s, and only %s and root may connect".formatted(peer, self);
    }
}
