package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;

/// A socket at which VNFs connect. The thread of the sockets.
abstract class SocketListener implements PortSockets.User {
    private static final int ACCEPTS_AT_ONCE = 16;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final PortSockets sockets;
    private final UnixSocket socket;
    private long pausedUntil;
    private boolean paused;

    SocketListener(PortSockets sockets, UnixSocket socket) {
        this.sockets = sockets;
        this.socket = socket;
    }

    /// Makes the socket for one.
    ///
    /// @param path where
    /// @param kind what the protocol wants
    /// @param backlog how many may wait to be accepted
    /// @param giver gives the file to those who may connect, before anybody can
    /// @return a socket that listens
    /// @throws IOException if it can't be made
    static UnixSocket open(Path path, UnixSocket.Kind kind, int backlog, Consumer<Path> giver)
            throws IOException {
        UnixSocket socket = UnixSocket.bind(path, kind);
        try {
            giver.accept(path);
            socket.listen(backlog);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Somebody has connected.
    abstract void accept(UnixSocket client);

    final Path path() {
        return socket.path();
    }

    @Override
    public final Descriptor descriptor() {
        return paused ? null : socket.descriptor();
    }

    @Override
    public final void ready() {
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

    @Override
    public final void tick(long nowNanos) {
        if (paused && nowNanos - pausedUntil > 0) {
            paused = false;
        }
    }

    @Override
    public final void end() {
        sockets.remove(this);
        socket.close();
    }
}
