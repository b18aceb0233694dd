package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.skyway.ivshmem.sys.UnixSocket;
import org.skyway.memif.MemifClient;
import org.skyway.memif.MemifMessage;

/// All memif ports, with their sockets. May be called by any thread.
public final class MemifPorts {
    private static final int BACKLOG = 64;

    private final PortSockets sockets;
    // Of the thread of the sockets.
    private final Map<Path, MemifListener> listeners = new HashMap<>();
    private final Map<MemifPort, Runnable> removals = new HashMap<>();

    /// None yet.
    ///
    /// @param sockets whose thread answers
    public MemifPorts(PortSockets sockets) {
        this.sockets = sockets;
    }

    /// Has a port be found by clients.
    ///
    /// @param port the port
    /// @param name what clients are told it is called
    /// @param path of the socket; several ports may share it
    /// @param id of the interface there, unsigned
    /// @param secret that clients must know, up to 24 bytes
    /// @param giver gives the file of a socket to those who may connect, before anybody can
    /// @throws IOException if the socket can't be made, or another port has the id there
    public void serve(
            MemifPort port, String name, Path path, int id, byte[] secret, Consumer<Path> giver)
            throws IOException {
        byte[] known = Arrays.copyOf(secret, MemifMessage.SECRET_BYTES);
        sockets.ask(() -> {
            MemifListener listener = listeners.get(path);
            if (listener == null) {
                listener = listen(path, giver);
            }
            if (!listener.add(id, name, port, known)) {
                throw new IOException(
                        "another port has interface %d at %s; give this one another id"
                                .formatted(id & 0xffff_ffffL, path));
            }
            removals.put(port, () -> leave(path, id));
        });
    }

    private MemifListener listen(Path path, Consumer<Path> giver) throws IOException {
        UnixSocket socket = SocketListener.open(path, UnixSocket.Kind.SEQPACKET, BACKLOG, giver);
        MemifListener listener = new MemifListener(sockets, socket);
        listeners.put(path, listener);
        sockets.add(listener);
        return listener;
    }

    private void leave(Path path, int id) {
        MemifListener listener = listeners.get(path);
        listener.remove(id);
        if (listener.isEmpty()) {
            listeners.remove(path);
            listener.end();
        }
    }

    /// Has a port connect to a server, and again whenever that ends.
    ///
    /// @param port the port
    /// @param path where the server listens
    /// @param settings what is wanted there
    public void connect(MemifPort port, Path path, MemifClient.Settings settings) {
        MemifDialer dialer = new MemifDialer(sockets, path, port, settings);
        sockets.tell(() -> {
            sockets.add(dialer);
            removals.put(port, () -> dialer.remove(settings.name()));
        });
    }

    /// Ends what a port has.
    ///
    /// @param port the port; its VNF loses it
    public void remove(MemifPort port) {
        sockets.tell(() -> {
            Runnable removal = removals.remove(port);
            if (removal != null) {
                removal.run();
            }
        });
    }
}
