package org.skyway.pmd.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.pmd.port.LinkFault;
import org.skyway.pmd.port.PmdPort;

/// A port with its control connection, from connecting to unmapping. The control thread of the
/// session serves the agent; the port itself belongs to the program's data thread.
public final class PortSession implements AutoCloseable {
    private static final long FIRST_RETRY_MILLIS = 50;
    private static final long LAST_RETRY_MILLIS = 2000;
    private static final long FAULT_CHECK_NANOS = 100_000_000;

    private final ControlTransport transport;
    private final String program;
    private final SwitchLoss onLoss;
    private final Consumer<String> log;
    private final PmdPort port;
    private final Thread control;
    private final Thread faults;
    private volatile PmdControl client;
    private volatile String lost;
    private String reason; // why the connection ended; control thread
    private volatile boolean closing;

    private PortSession(
            ControlTransport transport,
            String program,
            SwitchLoss onLoss,
            Consumer<String> log,
            PmdControl client,
            PmdPort port) {
        this.transport = transport;
        this.program = program;
        this.onLoss = onLoss;
        this.log = log;
        this.client = client;
        this.port = port;
        control =
                Thread.ofPlatform()
                        .daemon()
                        .name("control-" + port.name())
                        .priority(Thread.MAX_PRIORITY)
                        .unstarted(this::run);
        faults =
                Thread.ofPlatform()
                        .daemon()
                        .name("faults-" + port.name())
                        .unstarted(this::reportFaults);
    }

    /// Connects to the switch of a run directory and opens a port.
    ///
    /// @param runDirectory the switch's
    /// @param port the port's name
    /// @param program what drives it, for people
    /// @param onLoss what to do while no switch is there, now and later
    /// @param log told about faults and reconnections, a line each; on any thread
    /// @return the session; close it after the data thread has stopped
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if there is no switch (with [SwitchLoss#END]), or its region is unusable
    /// @throws InterruptedException if interrupted while waiting for a switch
    public static PortSession open(
            Path runDirectory, String port, String program, SwitchLoss onLoss, Consumer<String> log)
            throws IOException, InterruptedException {
        var transport = new UnixTransport(runDirectory.resolve(RunDirectory.PMD_SOCKET));
        return open(transport, port, program, onLoss, log);
    }

    /// Connects to a switch and opens a port.
    ///
    /// @param transport how to reach it
    /// @param port the port's name
    /// @param program what drives it, for people
    /// @param onLoss what to do while no switch is there, now and later
    /// @param log told about faults and reconnections, a line each; on any thread
    /// @return the session; close it after the data thread has stopped
    /// @throws RefusedException if there is no such port, or another VNF drives it
    /// @throws IOException if there is no switch (with [SwitchLoss#END]), or its region is unusable
    /// @throws InterruptedException if interrupted while waiting for a switch
    public static PortSession open(
            ControlTransport transport,
            String port,
            String program,
            SwitchLoss onLoss,
            Consumer<String> log)
            throws IOException, InterruptedException {
        PmdControl client =
                onLoss == SwitchLoss.END
                        ? PmdControl.connect(transport, port, program)
                        : keepConnecting(transport, port, program, log, transport.inGuest(), null);
        try {
            Region region = client.mapPort();
            try {
                var session =
                        new PortSession(
                                transport,
                                program,
                                onLoss,
                                log,
                                client,
                                PmdPort.open(region, port));
                session.control.start();
                session.faults.start();
                return session;
            } catch (IOException | RuntimeException e) {
                region.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /// The port.
    ///
    /// @return for the data thread
    public PmdPort port() {
        return port;
    }

    /// Whether the switch is gone for good, which ends the program. With [SwitchLoss#RECONNECT]
    /// only a new switch whose region can't be used does that.
    ///
    /// @return what happened; null while all is well
    public String lost() {
        return lost;
    }

    /// Hangs up and unmaps everything. The data thread must have stopped.
    @Override
    public void close() {
        closing = true;
        try {
            client.close();
        } catch (IOException e) {
            log.accept("closing the control connection of port %s: %s".formatted(port.name(), e));
        }
        control.interrupt();
        faults.interrupt();
        boolean interrupted = false;
        while (control.isAlive() || faults.isAlive()) {
            try {
                control.join();
                faults.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        port.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                boolean newSwitch = serve();
                if (closing) {
                    return;
                }
                if (onLoss == SwitchLoss.END) {
                    lost = reason;
                    return;
                }
                log.accept(reason + "; port " + port.name() + " keeps its channels and waits");
                if (!newSwitch) {
                    transport.awaitSwitch();
                }
                reconnect();
            }
        } catch (IOException e) {
            lost = "port %s: %s".formatted(port.name(), e.getMessage());
        } catch (InterruptedException e) {
            return; // only close interrupts
        }
    }

    /// Sets the reason why the connection ended.
    ///
    /// @return whether a new switch is known to be there
    private boolean serve() throws InterruptedException {
        try (PmdControl current = client) {
            boolean newSwitch = current.serve(port);
            reason =
                    (newSwitch ? "another switch took" : "the switch closed")
                            + " the control connection of port "
                            + port.name();
            return newSwitch;
        } catch (IOException e) {
            reason =
                    "the control connection of port %s broke: %s"
                            .formatted(port.name(), e.getMessage());
            return false;
        }
    }

    private void reconnect() throws IOException, InterruptedException {
        Long kept = port.regionId();
        PmdControl fresh;
        try {
            fresh =
                    keepConnecting(
                            transport, port.name(), program, log, !transport.inGuest(), kept);
        } catch (RefusedException e) {
            // In a guest the next region is the same memory, made anew: nobody may be on it when
            // the next hello is said.
            log.accept(e.getMessage());
            port.park();
            kept = null;
            fresh = keepConnecting(transport, port.name(), program, log, true, null);
        }
        client = fresh;
        if (closing) {
            fresh.close();
            return;
        }
        if (kept != null && kept == fresh.regionId()) {
            log.accept(
                    "port %s is connected to the switch again, and keeps its channels"
                            .formatted(port.name()));
            return;
        }
        Region region = fresh.mapPort();
        try {
            port.move(region);
        } catch (IOException e) {
            region.close();
            throw e;
        }
        log.accept("port " + port.name() + " is connected to the switch again");
    }

    /// @param evenIfRefused a switch that has just come back may not have all its ports yet
    /// @param regionId of the region that the port has; null for none, or none to be kept
    private static PmdControl keepConnecting(
            ControlTransport transport,
            String port,
            String program,
            Consumer<String> log,
            boolean evenIfRefused,
            Long regionId)
            throws IOException, InterruptedException {
        long wait = FIRST_RETRY_MILLIS;
        while (true) {
            try {
                return PmdControl.connect(transport, port, program, regionId);
            } catch (IOException e) {
                if (e instanceof RefusedException && !evenIfRefused) {
                    throw e;
                }
                if (wait == FIRST_RETRY_MILLIS) {
                    log.accept(e.getMessage() + "; waiting for it");
                }
            }
            Thread.sleep(wait);
            wait = Math.min(2 * wait, LAST_RETRY_MILLIS);
        }
    }

    private void reportFaults() {
        while (!closing) {
            for (LinkFault fault; (fault = port.takeFault()) != null; ) {
                log.accept(fault.text());
                try {
                    client.report(fault);
                } catch (IOException e) {
                    // The connection is gone too, which the control thread sees and deals with.
                    log.accept("can't report it to the switch: " + e.getMessage());
                }
            }
            LockSupport.parkNanos(FAULT_CHECK_NANOS);
        }
    }
}
