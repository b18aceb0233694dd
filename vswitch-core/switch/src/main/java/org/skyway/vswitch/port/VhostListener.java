package org.skyway.vswitch.port;

import org.skyway.ivshmem.sys.UnixSocket;

/// A socket at which the front end of a vhost-user port connects: one at a time. The thread of the
/// sockets.
final class VhostListener extends SocketListener implements VhostPorts.Place {
    private final PortSockets sockets;
    private final VhostUserPort port;
    private final String name;
    private final ReturningGuests returning;
    private VhostSession session; // null if nobody is connected

    VhostListener(
            PortSockets sockets,
            UnixSocket socket,
            VhostUserPort port,
            String name,
            ReturningGuests returning) {
        super(sockets, socket);
        this.sockets = sockets;
        this.port = port;
        this.name = name;
        this.returning = returning;
    }

    @Override
    void accept(UnixSocket client) {
        if (session != null) {
            // The one before may be gone, and that not read yet.
            session.ready();
        }
        if (session != null) {
            client.close();
            port.trouble("another front end connected while there was one, and was turned away");
            sockets.watch().refused(port, port.trouble());
            return;
        }
        session =
                new VhostSession(
                        sockets, client, port, name, returning, true, () -> session = null);
        sockets.add(session);
    }

    @Override
    public void remove() {
        end();
        if (session != null) {
            session.leave("port %s was removed".formatted(name));
        }
    }
}
