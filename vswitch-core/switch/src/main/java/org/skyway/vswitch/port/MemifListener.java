package org.skyway.vswitch.port;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.memif.MemifConnection;
import org.skyway.memif.MemifException;
import org.skyway.memif.MemifMessage;
import org.skyway.memif.MemifServer;

/// A socket at which clients find the memif ports that the switch is server of: any number, by
/// their ids. The thread of the sockets.
final class MemifListener extends SocketListener {
    /// How many may be on their way to a port at a time; more are turned away at once.
    static final int MOST_UNDECIDED = 64;

    private final PortSockets sockets;
    private final Map<Integer, Interface> interfaces = new HashMap<>();
    private final Set<Session> undecided = new HashSet<>();

    private static final class Interface {
        final String name;
        final MemifPort port;
        final byte[] secret;
        Session by; // who has it; null for nobody

        Interface(String name, MemifPort port, byte[] secret) {
            this.name = name;
            this.port = port;
            this.secret = secret;
        }
    }

    MemifListener(PortSockets sockets, UnixSocket socket) {
        super(sockets, socket);
        this.sockets = sockets;
    }

    /// Adds an interface.
    ///
    /// @return whether there was none of that id
    boolean add(int id, String name, MemifPort port, byte[] secret) {
        return interfaces.putIfAbsent(id, new Interface(name, port, secret)) == null;
    }

    boolean isEmpty() {
        return interfaces.isEmpty();
    }

    void remove(int id) {
        Interface gone = interfaces.remove(id);
        if (gone != null && gone.by != null) {
            gone.by.leave("port %s was removed".formatted(gone.name), true);
        }
    }

    @Override
    void accept(UnixSocket client) {
        if (undecided.size() >= MOST_UNDECIDED) {
            client.close();
            sockets.faults()
                    .record(
                            "port sockets: accept",
                            "too many",
                            "%d clients of %s have not said yet which port they want; another was turned away"
                                    .formatted(MOST_UNDECIDED, path()));
            return;
        }
        Session session = new Session(client);
        undecided.add(session);
        sockets.add(session);
        session.begin();
    }

    private final class Session extends MemifSession {
        private final MemifServer server = new MemifServer(this::take, RegionHeader.MAX_FRAME);
        private Interface asked; // for
        private Interface taken;

        Session(UnixSocket client) {
            super(sockets, client);
        }

        void begin() {
            try {
                send(server.hello());
            } catch (IOException e) {
                leave(e.getMessage(), false);
            }
        }

        private String take(int id, byte[] secret, String client) throws MemifException {
            Interface wanted = interfaces.get(id);
            asked = wanted;
            if (wanted == null) {
                throw new MemifException(
                        "%s wants interface %d, which no port has"
                                .formatted(client, id & 0xffff_ffffL));
            }
            if (!MessageDigest.isEqual(wanted.secret, secret)) {
                throw new MemifException(
                        "%s does not know the secret of interface %d"
                                .formatted(client, id & 0xffff_ffffL));
            }
            if (wanted.by != null) {
                throw new MemifException(
                        "%s wants interface %d, to which another is connected already"
                                .formatted(client, id & 0xffff_ffffL));
            }
            taken = wanted;
            wanted.by = this;
            return wanted.name;
        }

        @Override
        boolean answer(MemifMessage message, List<Descriptor> attached)
                throws MemifException, IOException {
            boolean before = server.connection() == null;
            MemifMessage answer = server.answer(message, attached);
            if (before && server.connection() != null) {
                undecided.remove(this);
                send(answer);
                return true;
            }
            send(answer);
            return false;
        }

        @Override
        MemifPort port() {
            return asked == null ? null : asked.port;
        }

        @Override
        MemifConnection connection() {
            return server.connection();
        }

        @Override
        void abandon() {
            if (server.connection() != null) {
                server.connection().close(); // no poll thread has seen it
            }
            server.close();
        }

        @Override
        void ended() {
            undecided.remove(this);
            if (taken != null) {
                taken.by = null;
            }
        }
    }
}
