package org.skyway.vswitch.port;

import java.io.IOException;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;

/// A socket at which the front end of a vhost-user port connects: one at a time. The thread of the
/// sockets.
final class VhostListener implements VhostPorts.Place {
    private static final int ACCEPTS_AT_ONCE = 16;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final PortSockets sockets;
    private final UnixSocket socket;
    private final VhostUserPort port;
    private final String name;
    private VhostSession session; // null if nobody is connected
    private boolean paused;
    private long pausedUntil;

    VhostListener(PortSockets sockets, UnixSocket socket, VhostUserPort port, String name) {
        this.sockets = sockets;
        this.socket = socket;
        this.port = port;
        this.name = name;
    }

    @Override
    public Descriptor descriptor() {
        return paused ? null : socket.descriptor();
    }

    @Override
    public void ready() {
        try {
            for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
                UnixSocket client = socket.accept();
                if (client == null) {
                    return;
                }
                accept(client);
            }
        } catch (IOException e) {
            // It would be ready again at once, and fail again.
            paused = true;
            pausedUntil = System.nanoTime() + PAUSE_NANOS;
            sockets.faults().record("port sockets: accept", e);
        }
    }

    private void accept(UnixSocket client) {
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
        session = new VhostSession(sockets, client, port, name, true, () -> session = null);
        sockets.add(session);
    }

    @Override
    public void tick(long nowNanos) {
        if (paused && nowNanos - pausedUntil > 0) {
            paused = false;
        }
    }

    @Override
    public void remove() {
        end();
        if (session != null) {
            session.leave("port %s was removed".formatted(name));
        }
    }

    @Override
    public void end() {
        sockets.remove(this);
        socket.close();
    }
}
