package org.skyway.pmd.control;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlCodec;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Unknown;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.IvshmemDevices;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.port.FaultPoint;
import org.skyway.pmd.port.LinkFault;
import org.skyway.pmd.port.PmdPort;

/// One control connection of one port: says hello, then carries out what the agent asks for, one
/// request after the other.
public final class PmdControl implements AutoCloseable {
    private static final long UNASKED = 0;

    /// How long a region may take to show up in a guest, from when the host begins to plug it in,
    /// for which it has 10 s. The agent waits longer for the answer.
    private static final Duration PLUG_TIMEOUT = Duration.ofSeconds(12);

    private final ControlChannel channel;
    private final RegionRef portRegion;

    private PmdControl(ControlChannel channel, RegionRef portRegion) {
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
    public static PmdControl connect(ControlTransport transport, String port, String program)
            throws IOException {
        return connect(transport, port, program, null);
    }

    /// Opens a channel and introduces this driver, which has a port region already.
    ///
    /// @param transport to the agent
    /// @param port the name of the port to drive
    /// @param program what drives it, for people
    /// @param regionId of the region, which it would keep; null for none
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if nobody listens there
    static PmdControl connect(
            ControlTransport transport, String port, String program, Long regionId)
            throws IOException {
        // What writes messages is there before the switch begins to wait for one: on a busy
        // machine,
        // loading it has taken longer than a hello may.
        ControlCodec.encode(new Hello(1, ControlMessage.VERSION, port, 0, program, null));
        return greet(
                transport.open(), port, transport.pid(), program, transport.secret(), regionId);
    }

    /// Introduces this driver over a channel that is open already.
    ///
    /// @param channel closed when this fails
    /// @param port the name of the port to drive
    /// @param pid this process, or 0 in a virtual machine
    /// @param program what drives it, for people
    /// @param secret of the port; null for none
    /// @return the connection
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws SwitchGoneException if the switch hangs up without an answer
    /// @throws IOException if the channel breaks, or what comes is no answer
    public static PmdControl greet(
            ControlChannel channel, String port, long pid, String program, String secret)
            throws IOException {
        return greet(channel, port, pid, program, secret, null);
    }

    private static PmdControl greet(
            ControlChannel channel,
            String port,
            long pid,
            String program,
            String secret,
            Long regionId)
            throws IOException {
        try {
            // In a guest the answer to an earlier driver's hello may still be on its way.
            long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
            Hello hello = new Hello(id, ControlMessage.VERSION, port, pid, program, secret);
            send(channel, hello.withRegion(regionId));
            Welcome welcome = awaitWelcome(channel, id, port);
            if (welcome.version() < ControlMessage.OLDEST
                    || welcome.version() > ControlMessage.VERSION) {
                throw new RefusedException(
                        "the switch speaks version %d of the control messages, this program version %d; use the same release"
                                .formatted(welcome.version(), ControlMessage.VERSION));
            }
            return new PmdControl(channel, welcome.region());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Says hello. Who has been refused before that is told why, if the reason can still be read.
    private static void send(ControlChannel channel, Hello hello) throws IOException {
        try {
            channel.send(hello);
        } catch (IOException e) {
            String reason = null;
            try {
                reason = channel.receive() instanceof Failed failed ? failed.reason() : null;
            } catch (IOException gone) {
                e.addSuppressed(gone);
            }
            throw reason != null
                    ? new RefusedException(reason)
                    : new SwitchGoneException(
                            "the switch hung up on port %s before it said hello (%s); its log says why"
                                    .formatted(hello.port(), e.getMessage()));
        }
    }

    private static Welcome awaitWelcome(ControlChannel channel, long id, String port)
            throws IOException {
        while (true) {
            switch (channel.receive()) {
                case Welcome welcome when welcome.id() == id -> {
                    return welcome;
                }
                // The id is 0 if the switch could not even read the hello.
                case Failed failed when failed.id() == id || failed.id() == 0 ->
                        throw new RefusedException(failed.reason());
                case null ->
                        throw new SwitchGoneException(
                                "the switch hung up on port %s without an answer; its log says why"
                                        .formatted(port));
                case Introduce _,
                        Attach _,
                        Detach _,
                        Ping _,
                        State _,
                        Unknown _,
                        Welcome _,
                        Done _,
                        Failed _ -> {
                    // Said before the hello was heard.
                }
                case Hello _ ->
                        throw new IOException(
                                "whoever answered the hello of port %s is no switch"
                                        .formatted(port));
            }
        }
    }

    /// The region that the switch has for the port.
    ///
    /// @return its id
    public long regionId() {
        return portRegion.regionId();
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
    public boolean serve(PmdPort port) throws IOException, InterruptedException {
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

    private boolean serve(PmdPort port, PendingLinks pending)
            throws IOException, InterruptedException {
        for (ControlMessage message; (message = channel.receive()) != null; ) {
            switch (message) {
                case Attach attach when attach.region().path() == null -> pending.add(attach);
                case Attach attach -> channel.send(attach(port, attach));
                case Detach detach -> {
                    for (Attach off : pending.callOff(detach.slot())) {
                        channel.send(new Failed(off.id(), off.link() + " was called off"));
                    }
                    FaultPoint.DETACHING.reached();
                    port.detach(detach.slot());
                    FaultPoint.DETACHED.reached();
                    channel.send(new Done(detach.id()));
                }
                case Ping ping -> channel.send(new Done(ping.id()));
                case State state -> channel.send(new Done(state.id()));
                case Unknown unknown ->
                        channel.send(new Failed(unknown.id(), ControlMessage.UNKNOWN));
                case Introduce _ -> {
                    return true;
                }
                case Failed failed when failed.id() == 0 ->
                        throw new IOException("the switch refused to go on: " + failed.reason());
                case Hello _, Welcome _, Done _, Failed _ ->
                        throw new IOException("the switch sent an answer to nothing: " + message);
            }
        }
        return false;
    }

    /// Tells the agent, unasked, that something is broken.
    ///
    /// @param fault what happened, to which link
    /// @throws IOException if the connection broke
    public void report(LinkFault fault) throws IOException {
        channel.send(new Failed(UNASKED, fault.text(), fault.slot()));
    }

    /// Hangs up.
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static ControlMessage attach(PmdPort port, Attach attach) throws InterruptedException {
        FaultPoint.ATTACHING.reached();
        try {
            return attached(port, attach, map(attach.region()));
        } catch (IOException | IllegalArgumentException e) {
            return new Failed(attach.id(), e.getMessage());
        }
    }

    private static ControlMessage attached(PmdPort port, Attach attach, Region region)
            throws InterruptedException {
        try {
            port.attach(attach.slot(), region, attach.sideA(), attach.link());
            FaultPoint.ATTACHED.reached();
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
