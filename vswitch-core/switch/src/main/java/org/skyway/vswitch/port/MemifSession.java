package org.skyway.vswitch.port;

import java.io.IOException;
import java.util.List;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.PeerCredentials;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.memif.MemifConnection;
import org.skyway.memif.MemifException;
import org.skyway.memif.MemifMessage;

/// A conversation with one peer over one socket, from its first message to its end. The thread of
/// the sockets.
abstract class MemifSession implements PortSockets.User {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int MESSAGES_AT_ONCE = 8;

    private final PortSockets sockets;
    private final UnixSocket socket;
    private final long sinceNanos = System.nanoTime();
    private MemifPort attached; // null before the conversation came to its aim
    private MemifConnection connection; // that it has
    private final HeldEvents held = new HeldEvents();
    private boolean over;

    MemifSession(PortSockets sockets, UnixSocket socket) {
        this.sockets = sockets;
        this.socket = socket;
    }

    /// Answers a message.
    ///
    /// @return whether packets can come now
    abstract boolean answer(MemifMessage message, List<Descriptor> attached)
            throws MemifException, IOException;

    /// Which port it is about; null if that is not known yet.
    abstract MemifPort port();

    /// What came of it.
    abstract MemifConnection connection();

    /// Lets go of what was received or made, if nothing came of it.
    abstract void abandon();

    /// It is over; others may have the port now.
    abstract void ended();

    final void send(MemifMessage message, Descriptor... with) throws IOException {
        socket.send(message.encode(), with);
    }

    @Override
    public final Descriptor descriptor() {
        return socket.descriptor();
    }

    @Override
    public final void ready() {
        try {
            for (int i = 0; i < MESSAGES_AT_ONCE && !over; i++) {
                UnixSocket.Received got = socket.receive(MemifMessage.BYTES);
                if (got == null) {
                    return;
                }
                if (got.isEnd()) {
                    got.drop();
                    leave("the other side is gone", false);
                    return;
                }
                handle(got);
            }
        } catch (MemifException e) {
            leave(e.getMessage(), attached == null || !left(e));
        } catch (IOException e) {
            leave(e.getMessage(), true);
        } catch (InternalError e) {
            leave("its memory was cut short while it was looked at", true);
        } catch (RuntimeException | Error e) {
            leave("the switch failed: " + e, true);
            throw e;
        }
    }

    private static boolean left(MemifException e) {
        return e.getMessage().startsWith("the other side disconnected");
    }

    private void handle(UnixSocket.Received got) throws MemifException, IOException {
        MemifMessage message;
        try {
            message = MemifMessage.decode(got.bytes());
        } catch (MemifException e) {
            got.drop();
            throw e;
        }
        if (answer(message, got.descriptors())) {
            connection = connection();
            attached = port();
            PeerCredentials who = socket.peer();
            StockPort.Peer peer =
                    new StockPort.Peer(
                            connection.peer(), who == null ? 0 : who.pid(), connection.describe());
            attached.attach(connection, peer);
            sockets.watch().attached(attached, peer);
        }
    }

    @Override
    public final void tick(long nowNanos) {
        if (connection == null) {
            if (nowNanos - sinceNanos > PATIENCE_NANOS) {
                leave(
                        "it did not come to CONNECT within %d s"
                                .formatted(PATIENCE_NANOS / 1_000_000_000),
                        true);
            }
            return;
        }
        String fault = connection.fault();
        if (fault == null) {
            fault = held.look(connection.events());
        }
        if (fault != null) {
            leave(fault, true);
        }
    }

    /// Ends the conversation.
    ///
    /// @param reason for the log, and for the other side
    /// @param tell whether it is to be told
    final void leave(String reason, boolean tell) {
        if (over) {
            return;
        }
        over = true;
        if (tell) {
            try {
                send(new MemifMessage.Disconnect(0, reason));
            } catch (IOException e) {
                // It is gone, or never reads; either way nothing more can be done.
            }
        }
        MemifPort about = port();
        socket.close();
        sockets.remove(this);
        if (connection != null) {
            StockPort.Peer who = attached.peer();
            attached.detach();
            attached.trouble(reason);
            MemifConnection used = connection;
            sockets.afterGrace(() -> HeldEvents.free(used.events()), used::close);
            sockets.watch().gone(attached, who, reason);
        } else {
            abandon();
            if (about != null) {
                about.trouble(reason);
            }
            sockets.watch().refused(about, reason);
        }
        ended();
    }

    @Override
    public final void end() {
        leave("the switch ends", true);
    }
}
