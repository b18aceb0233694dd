package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.memif.MemifClient;
import org.skyway.memif.MemifConnection;
import org.skyway.memif.MemifException;
import org.skyway.memif.MemifMessage;

/// Connects a memif port that the switch is client of to its server, and again whenever that ends.
/// The thread of the sockets.
final class MemifDialer implements PortSockets.User {
    private static final long LEAST_PAUSE_NANOS = 100_000_000L;
    private static final long MOST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LASTING_NANOS = 1_000_000_000L;

    private final PortSockets sockets;
    private final Path path;
    private final MemifPort port;
    private final MemifClient.Settings settings;
    private Session session; // null between two tries
    private long nextTry = System.nanoTime();
    private long pause = LEAST_PAUSE_NANOS;
    private boolean removed;

    MemifDialer(PortSockets sockets, Path path, MemifPort port, MemifClient.Settings settings) {
        this.sockets = sockets;
        this.path = path;
        this.port = port;
        this.settings = settings;
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
            UnixSocket server = UnixSocket.connect(path, UnixSocket.Kind.SEQPACKET);
            if (server != null) {
                session = new Session(server);
                sockets.add(session);
            }
        } catch (IOException e) {
            port.trouble(e.getMessage());
        }
    }

    /// Connects no more.
    void remove() {
        removed = true;
        sockets.remove(this);
        if (session != null) {
            session.leave("port %s was removed".formatted(settings.name()), true);
        }
    }

    @Override
    public void end() {
        sockets.remove(this);
    }

    private final class Session extends MemifSession {
        private long connectedNanos;
        private final MemifClient client = new MemifClient(settings, RegionHeader.MAX_FRAME);

        Session(UnixSocket server) {
            super(sockets, server);
        }

        @Override
        boolean answer(MemifMessage message, List<Descriptor> attached)
                throws MemifException, IOException {
            MemifClient.Said said = client.answer(message, attached);
            if (said != null) {
                if (said.attached() == null) {
                    send(said.message());
                } else {
                    send(said.message(), said.attached());
                }
                return false;
            }
            connectedNanos = System.nanoTime();
            return client.connection() != null;
        }

        @Override
        MemifPort port() {
            return port;
        }

        @Override
        MemifConnection connection() {
            return client.connection();
        }

        @Override
        void abandon() {
            if (client.connection() != null) {
                client.connection().close(); // no poll thread has seen it
            }
            client.close();
        }

        @Override
        void ended() {
            session = null;
            long now = System.nanoTime();
            if (client.connection() != null && now - connectedNanos > LASTING_NANOS) {
                pause = LEAST_PAUSE_NANOS; // no server that leaves whoever it takes
            }
            if (!removed) {
                nextTry = now + pause;
            }
        }
    }
}
