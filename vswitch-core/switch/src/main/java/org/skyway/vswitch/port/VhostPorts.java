package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.skyway.ivshmem.sys.UnixSocket;

/// All vhost-user ports, with their sockets. May be called by any thread.
public final class VhostPorts {
    private static final int BACKLOG = 8;

    private final PortSockets sockets;
    private final Map<VhostUserPort, Place> places =
            new HashMap<>(); // of the thread of the sockets
    private final ReturningGuests returning;

    /// Where a port and its front end meet.
    interface Place extends PortSockets.User {
        /// The port was removed.
        void remove();
    }

    /// None yet.
    ///
    /// @param sockets whose thread answers
    /// @param holds whether there was a switch before: no packets are taken before [#release]
    public VhostPorts(PortSockets sockets, boolean holds) {
        this.sockets = sockets;
        returning = new ReturningGuests(sockets, holds);
    }

    /// The tables are in force. Packets are taken when all that the switch before served can be
    /// sent to as well, or did not come back in time.
    ///
    /// @param served their ports
    public void release(Set<VhostUserPort> served) {
        sockets.tell(() -> returning.release(served));
    }

    /// Has a port's front end connect to the switch.
    ///
    /// @param port the port
    /// @param name its name
    /// @param path of the socket, the port's own
    /// @param giver gives the file of the socket to those who may connect, before anybody can
    /// @throws IOException if the socket can't be made
    public void serve(VhostUserPort port, String name, Path path, Consumer<Path> giver)
            throws IOException {
        sockets.ask(() -> {
            UnixSocket socket = SocketListener.open(path, UnixSocket.Kind.STREAM, BACKLOG, giver);
            add(port, new VhostListener(sockets, socket, port, name, returning));
        });
    }

    /// Has the switch connect to a port's front end, and again whenever that ends.
    ///
    /// @param port the port
    /// @param name its name
    /// @param path where the front end listens
    public void connect(VhostUserPort port, String name, Path path) {
        sockets.tell(() -> add(port, new VhostDialer(sockets, path, port, name, returning)));
    }

    private void add(VhostUserPort port, Place place) {
        places.put(port, place);
        sockets.add(place);
    }

    /// Ends what a port has.
    ///
    /// @param port the port; its VNF loses it
    public void remove(VhostUserPort port) {
        sockets.tell(() -> {
            returning.isBack(port);
            Place place = places.remove(port);
            if (place != null) {
                place.remove();
            }
        });
    }
}
