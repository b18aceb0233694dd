package org.skyway.agent;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// UNIX sockets that only their owner can connect to, unless others are let in.
public final class LocalSocket {
    private LocalSocket() {}

    /// Listens.
    ///
    /// @param path where; what a process that crashed left there is replaced
    /// @param what what listens there, for messages
    /// @return the listening socket
    /// @throws IOException if another process listens there, or the directory is not writable
    public static ServerSocketChannel listen(Path path, String what) throws IOException {
        return listen(path, what, "rw-------");
    }

    /// Listens.
    ///
    /// @param path where; what a process that crashed left there is replaced
    /// @param what what listens there, for messages
    /// @param permissions of the socket: who may write it may connect
    /// @return the listening socket
    /// @throws IOException if another process listens there, or the directory is not writable
    public static ServerSocketChannel listen(Path path, String what, String permissions)
            throws IOException {
        removeLeftover(path, what);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            return server;
        } catch (IOException | IllegalArgumentException e) {
            server.close();
            throw new IOException(
                    "can't listen on %s: %s; use a run directory that is writable and has a short name"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }

    /// Connects.
    ///
    /// @param path where
    /// @return the connection
    /// @throws IOException if nobody listens there
    public static SocketChannel connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return channel;
        } catch (IOException | IllegalArgumentException e) {
            channel.close();
            throw new IOException("can't connect to %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static void removeLeftover(Path path, String what) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try {
            connect(path).close();
        } catch (IOException e) {
            Files.delete(path); // nobody listens
            return;
        }
        throw new IOException(
                "another %s listens on %s; stop it or use another run directory"
                        .formatted(what, path));
    }
}
