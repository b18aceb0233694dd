package org.skyway.pmd.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.port.DpdkrPort;

/// One control connection of one port: says hello, then carries out what the agent asks for, one
/// request after the other.
public final class ControlClient implements AutoCloseable {
    private static final long HELLO_ID = 1;
    private static final long UNASKED = 0;

    private final ControlChannel channel;
    private final RegionRef portRegion;

    private ControlClient(ControlChannel channel, RegionRef portRegion) {
        this.channel = channel;
        this.portRegion = portRegion;
    }

    /// Connects to the agent of this host.
    ///
    /// @param socket the agent's socket
    /// @param port the name of the port to drive
    /// @param program what drives it, for people
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if nobody listens there
    public static ControlClient connect(Path socket, String port, String program)
            throws IOException {
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
        return greet(new ControlChannel(bytes), port, ProcessHandle.current().pid(), program);
    }

    /// Introduces this driver over a channel that is open already.
    ///
    /// @param channel closed when this fails
    /// @param port the name of the port to drive
    /// @param pid this process, or 0 in a virtual machine
    /// @param program what drives it, for people
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if the channel ends, or what comes is no answer
    public static ControlClient greet(ControlChannel channel, String port, long pid, String program)
            throws IOException {
        try {
            channel.send(new Hello(HELLO_ID, ControlMessage.VERSION, port, pid, program));
            return switch (channel.receive()) {
                case Welcome welcome when welcome.version() == ControlMessage.VERSION ->
                        new ControlClient(channel, welcome.region());
                case Welcome welcome ->
                        throw new RefusedException(
                                "the switch speaks version %d of the control messages, this program version %d; use the same release"
                                        .formatted(welcome.version(), ControlMessage.VERSION));
                case Failed failed -> throw new RefusedException(failed.reason());
                case null ->
                        throw new IOException(
                                "the switch hung up on port %s without an answer; its log says why"
                                        .formatted(port));
                case Hello _, Attach _, Detach _, Ping _, Done _ ->
                        throw new IOException(
                                "the switch did not answer the hello of port " + port);
            };
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Maps the port's region.
    ///
    /// @return the region
    /// @throws IOException if it can't be mapped
    public Region mapPort() throws IOException {
        return map(portRegion);
    }

    /// Carries out requests until the connection ends.
    ///
    /// @param port what they are about
    /// @throws IOException if the connection broke, or what came is no request
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public void serve(DpdkrPort port) throws IOException, InterruptedException {
        for (ControlMessage message; (message = channel.receive()) != null; ) {
            switch (message) {
                case Attach attach -> channel.send(attach(port, attach));
                case Detach detach -> {
                    port.detach(detach.slot());
                    channel.send(new Done(detach.id()));
                }
                case Ping ping -> channel.send(new Done(ping.id()));
                case Hello _, Welcome _, Done _, Failed _ ->
                        throw new IOException("the switch sent an answer to nothing: " + message);
            }
        }
    }

    /// Tells the agent, unasked, that something is broken.
    ///
    /// @param reason what happened, to which object
    /// @throws IOException if the connection broke
    public void report(String reason) throws IOException {
        channel.send(new Failed(UNASKED, reason));
    }

    /// Hangs up.
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static ControlMessage attach(DpdkrPort port, Attach attach)
            throws InterruptedException {
        Region region;
        try {
            region = map(attach.region());
        } catch (IOException | IllegalArgumentException e) {
            return new Failed(attach.id(), e.getMessage());
        }
        try {
            port.attach(attach.slot(), region, attach.sideA(), attach.link());
            return new Done(attach.id());
        } catch (RingFormatException e) {
            region.close();
            return new Failed(attach.id(), e.getMessage());
        }
    }

    private static Region map(RegionRef region) throws IOException {
        if (region.path() == null) {
            throw new IOException(
                    "region %d has no path; regions without one are for virtual machines"
                            .formatted(region.regionId()));
        }
        return Region.open(Path.of(region.path()), region.sizeBytes());
    }
}
