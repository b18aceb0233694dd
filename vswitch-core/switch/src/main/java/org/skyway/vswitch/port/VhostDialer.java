package org.skyway.vswitch.port;

import java.nio.file.Path;
import org.skyway.ivshmem.sys.UnixSocket;

/// Connects a vhost-user port to a front end that listens, and again whenever that ends. The thread
/// of the sockets.
final class VhostDialer extends SocketDialer<VhostSession> implements VhostPorts.Place {
    private static final long LEAST_PAUSE_NANOS = 50_000_000L;

    private final PortSockets sockets;
    private final VhostUserPort port;
    private final String name;
    private final ReturningGuests returning;

    VhostDialer(
            PortSockets sockets,
            Path path,
            VhostUserPort port,
            String name,
            ReturningGuests returning) {
        super(sockets, path, UnixSocket.Kind.STREAM, port, LEAST_PAUSE_NANOS);
        this.sockets = sockets;
        this.port = port;
        this.name = name;
        this.returning = returning;
    }

    @Override
    VhostSession begin(UnixSocket server) {
        long now = System.nanoTime();
        return new VhostSession(
                sockets, server, port, name, returning, false, () -> ended(now, true));
    }

    @Override
    void leave(VhostSession session, String reason) {
        session.leave(reason);
    }

    @Override
    public void remove() {
        remove(name);
    }
}
