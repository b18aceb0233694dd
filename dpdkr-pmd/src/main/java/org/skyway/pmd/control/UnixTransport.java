package org.skyway.pmd.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.skyway.bypass.control.ControlChannel;

/// The agent's UNIX socket on this host, for VNFs that are processes.
///
/// @param socket where
/// @param secret of the port, by which another user than the switch's may have it; null for none
public record UnixTransport(Path socket, String secret) implements ControlTransport {
    /// As the switch's own user.
    ///
    /// @param socket where
    public UnixTransport(Path socket) {
        this(socket, null);
    }

    @Override
    public ControlChannel open() throws IOException {
        SocketChannel bytes = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bytes.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException | IllegalArgumentException e) {
            bytes.close();
            throw new IOException(
                    "no switch listens at %s (%s); start `skyway vswitchd`, or name its run directory with --rundir"
                            .formatted(socket, e.getMessage()),
                    e);
        }
        return new ControlChannel(bytes);
    }

    @Override
    public void awaitSwitch() {
        // To connect is the way to find out.
    }

    @Override
    public boolean inGuest() {
        return false;
    }
}
