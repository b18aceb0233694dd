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
final class MemifDialer extends SocketDialer<MemifSession> {
    private static final long LEAST_PAUSE_NANOS = 100_000_000L;

    private final PortSockets sockets;
    private final MemifPort port;
    private final MemifClient.Settings settings;

    MemifDialer(PortSockets sockets, Path path, MemifPort port, MemifClient.Settings settings) {
        super(sockets, path, UnixSocket.Kind.SEQPACKET, port, LEAST_PAUSE_NANOS);
        this.sockets = sockets;
        this.port = port;
        this.settings = settings;
    }

    @Override
    MemifSession begin(UnixSocket server) {
        return new Session(server);
    }

    @Override
    void leave(MemifSession session, String reason) {
        session.leave(reason, true);
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
            MemifDialer.this.ended(connectedNanos, client.connection() != null);
        }
    }
}
