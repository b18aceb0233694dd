package org.skyway.pmd.control;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.IvshmemDevices;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.port.DpdkrPort;

/// One control connection of one port: says hello, then carries out what the agent asks for, one
/// request after the other.
public final class ControlClient implements AutoCloseable {
    private static final long UNASKED = 0;

    /// How long a region may take to show up in a guest, from when the host begins to plug it in,
    /// for which it has 10 s. The agent waits longer for the answer.
    private static final Duration PLUG_TIMEOUT = Duration.ofSeconds(12);

    private final ControlChannel channel;
    private final RegionRef portRegion;

    private ControlClient(ControlChannel channel, RegionRef portRegion) {
        this.channel = channel;
        this.portRegion = portRegion;
    }

    /// Opens a channel and introduces this driver.
    ///
    /// @param transport to the agent
    /// @param port the name of the port to drive
    /// @param program what drives it, for people
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if nobody listens there
    public static ControlClient connect(ControlTransport transport, String port, String program)
            throws IOException {
        return greet(transport.open(), port, transport.pid(), program);
    }

    /// Introduces this driver over a channel that is open already.
    ///
    /// @param channel closed when this fails
    /// @param port the name of the port to drive
    /// @param pid this process, or 0 in a virtual machine
    /// @param program what drives it, for people
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws SwitchGoneException if the switch hangs up without an answer
    /// @throws IOException if the channel breaks, or what comes is no answer
    public static ControlClient greet(ControlChannel channel, String port, long pid, String program)
            throws IOException {
        try {
            // In a guest the answer to an earlier driver's hello may still be on its way.
            long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
            channel.send(new Hello(id, ControlMessage.VERSION, port, pid, program));
            Welcome welcome = awaitWelcome(channel, id, port);
            if (welcome.version() != ControlMessage.VERSION) {
                throw new RefusedException(
                        "the switch speaks version %d of the control messages, this program version %d; use the same release"
                                .formatted(welcome.version(), ControlMessage.VERSION));
            }
            return new ControlClient(channel, welcome.region());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Welcome awaitWelcome(ControlChannel channel, long id, String port)
            throws IOException {
        while (true) {
            switch (channel.receive()) {
                case Welcome welcome when welcome.id() == id -> {
                    return welcome;
                }
                case Failed failed when failed.id() == id ->
                        throw new RefusedException(failed.reason());
                case null ->
                        throw new SwitchGoneException(
                                "the switch hung up on port %s without an answer; its log says why"
                                        .formatted(port));
                case Introduce _, Attach _, Detach _, Ping _, Welcome _, Done _, Failed _ -> {
                    // Said before the hello was heard.
                }
                case Hello _ ->
                        throw new IOException(
                                "whoever answered the hello of port %s is no switch"
                                        .formatted(port));
            }
        }
    }

    /// Maps the port's region.
    ///
    /// @return the region
    /// @throws IOException if it can't be mapped
    /// @throws InterruptedException if interrupted while waiting for it
    public Region mapPort() throws IOException, InterruptedException {
        return portRegion.path() != null
                ? map(portRegion)
                : IvshmemDevices.ofThisMachine()
                        .await(
                                portRegion.sizeBytes(),
                                base ->
                                        RegionHeader.matches(
                                                base,
                                                RegionHeader.PORT_MAGIC,
                                                portRegion.regionId()),
                                "region " + portRegion.regionId(),
                                PLUG_TIMEOUT);
    }

    /// Carries out requests until the connection ends, or is somebody else's.
    ///
    /// @param port what they are about
    /// @return whether somebody new asked for a hello
    /// @throws IOException if the connection broke, or what came is no request
    /// @throws InterruptedException if interrupted while the data thread did not poll
    public boolean serve(DpdkrPort port) throws IOException, InterruptedException {
        PendingLinks pending =
                new PendingLinks(
                        port.name(),
                        IvshmemDevices.ofThisMachine(),
                        PLUG_TIMEOUT,
                        new PendingLinks.Sink() {
                            @Override
                            public ControlMessage found(Attach attach, Region region)
                                    throws InterruptedException {
                                return attached(port, attach, region);
                            }

                            @Override
                            public void answer(ControlMessage message) throws IOException {
                                channel.send(message);
                            }
                        });
        try {
            return serve(port, pending);
        } finally {
            pending.stop();
        }
    }

    private boolean serve(DpdkrPort port, PendingLinks pending)
            throws IOException, InterruptedException {
        for (ControlMessage message; (message = channel.receive()) != null; ) {
            switch (message) {
                case Attach attach when attach.region().path() == null -> pending.add(attach);
                case Attach attach -> channel.send(attach(port, attach));
                case Detach detach -> {
                    for (Attach off : pending.callOff(detach.slot())) {
                        channel.send(new Failed(off.id(), off.link() + " was called off"));
                    }
                    port.detach(detach.slot());
                    channel.send(new Done(detach.id()));
                }
                case Ping ping -> channel.send(new Done(ping.id()));
                case Introduce _ -> {
                    return true;
                }
                case Hello _, Welcome _, Done _, Failed _ ->
                        throw new IOException("the switch sent an answer to nothing: " + message);
            }
        }
        return false;
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
        try {
            return attached(port, attach, map(attach.region()));
        } catch (IOException | IllegalArgumentException e) {
            return new Failed(attach.id(), e.getMessage());
        }
    }

    private static ControlMessage attached(DpdkrPort port, Attach attach, Region region)
            throws InterruptedException {
        try {
            port.attach(attach.slot(), region, attach.sideA(), attach.link());
            return new Done(attach.id());
        } catch (RingFormatException e) {
            region.close();
            return new Failed(attach.id(), e.getMessage());
        }
    }

    private static Region map(RegionRef region) throws IOException {
        return Region.open(Path.of(region.path()), region.sizeBytes());
    }
}
