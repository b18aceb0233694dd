package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;

/// Connects a vhost-user port to a front end that listens, and again whenever that ends. The thread
/// of the sockets.
final class VhostDialer implements VhostPorts.Place {
    private static final long LEAST_PAUSE_NANOS = 50_000_000L;
    private static final long MOST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LASTING_NANOS = 1_000_000_000L;

    private final PortSockets sockets;
    private final Path path;
    private final VhostUserPort port;
    private final String name;
    private VhostSession session; // null between two tries
    private long connectedNanos;
    private long nextTry = System.nanoTime();
    private long pause = LEAST_PAUSE_NANOS;
    private boolean removed;

    VhostDialer(PortSockets sockets, Path path, VhostUserPort port, String name) {
        this.sockets = sockets;
        this.path = path;
        this.port = port;
        this.name = name;
    }

    @Override
    public Descriptor descriptor() {
        return null; // its session waits
    }

    @Override
    public void ready() {
        // Never.
    }

    @Override
    public void tick(long nowNanos) {
        if (session != null || nowNanos - nextTry < 0) {
            return;
        }
        nextTry = nowNanos + pause;
        pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
        try {
            UnixSocket server = UnixSocket.connect(path, UnixSocket.Kind.STREAM);
            if (server != null) {
                connectedNanos = nowNanos;
                session = new VhostSession(sockets, server, port, name, false, this::ended);
                sockets.add(session);
            }
        } catch (IOException e) {
            port.trouble(e.getMessage());
        }
    }

    private void ended() {
        session = null;
        long now = System.nanoTime();
        if (now - connectedNanos > LASTING_NANOS) {
            pause = LEAST_PAUSE_NANOS; // none that has to be left whenever it is met
        }
        if (!removed) {
            nextTry = now + pause;
        }
    }

    @Override
    public void remove() {
        removed = true;
        end();
        if (session != null) {
            session.leave("port %s was removed".formatted(name));
        }
    }

    @Override
    public void end() {
        sockets.remove(this);
    }
}
