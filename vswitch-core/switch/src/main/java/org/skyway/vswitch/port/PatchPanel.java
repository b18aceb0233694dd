package org.skyway.vswitch.port;

import java.util.HashMap;
import java.util.Map;

/// The patch ports of this process by name: two that name each other are connected. Any thread.
public final class PatchPanel {
    private final Map<String, Socket> sockets = new HashMap<>();

    private record Socket(PatchPort port, String peer) {}

    /// No ports.
    public PatchPanel() {}

    /// A port is there.
    ///
    /// @param name its name
    /// @param port without a peer
    /// @param peer the name of the port that it is to be connected with
    public synchronized void add(String name, PatchPort port, String peer) {
        sockets.put(name, new Socket(port, peer));
        Socket other = sockets.get(peer);
        if (other != null && other.peer.equals(name) && !peer.equals(name)) {
            PatchPort.connect(port, other.port);
        }
    }

    /// A port is no more; its peer waits for another of the name.
    ///
    /// @param name its name
    /// @param port which one had that name
    public synchronized void remove(String name, PatchPort port) {
        Socket socket = sockets.get(name);
        if (socket == null || socket.port != port) {
            return;
        }
        sockets.remove(name);
        Socket other = sockets.get(socket.peer);
        if (port.isConnected() && other != null) {
            other.port.disconnect();
        }
        port.disconnect();
    }
}
