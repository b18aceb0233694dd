package org.skyway.vnf.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.pmd.control.ControlTransport;
import org.skyway.pmd.control.SwitchLoss;
import org.skyway.pmd.control.UnixTransport;
import org.skyway.pmd.control.VirtioSerialTransport;
import picocli.CommandLine.Option;

/// Options that every VNF program has.
public final class RunOptions {
    private static final String VIRTIO_SERIAL = "virtio-serial";

    /// How the data thread waits for packets.
    public enum Idle {
        /// Never lets the core go. Only where there are more cores than pollers.
        SPIN,
        /// Lets others run, but never sleeps.
        YIELD,
        /// Spins a little, then yields, then sleeps up to 100 µs.
        BACKOFF,
        /// Spins a little, then yields, then sleeps 1 ms. For an emulated processor, to which
        /// sleeping and waking often costs as much as polling.
        REST;

        IdleStrategy strategy() {
            return switch (this) {
                case SPIN -> new BusySpinIdleStrategy();
                case YIELD -> new YieldingIdleStrategy();
                case BACKOFF -> new BackoffIdleStrategy(100, 10, 1_000, 100_000);
                case REST -> new BackoffIdleStrategy(100, 10, 1_000_000, 1_000_000);
            };
        }
    }

    // spotless:off
    @Option(names = "--rundir", paramLabel = "DIR",
            description = "Run directory of the switch. Default: $SKYWAY_RUNDIR, else /var/run/skyway or /tmp/skyway-UID.")
    Path runDirectory;
    @Option(names = "--control", paramLabel = "HOW",
            description = "In a virtual machine: virtio-serial, for ports org.skyway.pmd.0 and so on, or virtio-serial:DEVICE,… with a device for each port. Implies --wait. Default: the socket in the run directory.")
    String control;
    @Option(names = "--secret-file", paramLabel = "FILE",
            description = "As another user than the switch's: the secret of the port, in a file. The run directory is then the switch's with -vnf behind its name.")
    Path secretFile;
    @Option(names = "--core", paramLabel = "N", description = "Bind the data thread to a core.")
    Integer core;
    @Option(names = "--idle", paramLabel = "HOW", defaultValue = "BACKOFF",
            description = "spin, yield, backoff (the default), or rest, for emulated processors.")
    Idle idle;
    @Option(names = "--burst", paramLabel = "N", defaultValue = "32", description = "Packets per burst (${DEFAULT-VALUE}).")
    int burst;
    @Option(names = "--duration", paramLabel = "SECONDS", description = "End after that time. Default: run until stopped.")
    Double durationSeconds;
    @Option(names = "--stats-interval", paramLabel = "SECONDS", defaultValue = "1",
            description = "Time between lines of statistics; 0 for none (${DEFAULT-VALUE}).")
    double statsSeconds;
    @Option(names = "--json-stats", description = "Write statistics as lines of JSON.")
    boolean jsonStats;
    @Option(names = "--stats-file", paramLabel = "FILE", description = "Write statistics there, as lines of JSON.")
    Path statsFile;
    @Option(names = "--json", paramLabel = "FILE", description = "Write the final report there, as JSON.")
    Path reportFile;
    @Option(names = "--wait", description = "Wait for a switch that is not there, at the start and later. Direct links go on meanwhile.")
    boolean wait;
    @Option(names = "--linger", paramLabel = "SECONDS", defaultValue = "1",
            description = {"At the end, wait so long for others to take what was sent (${DEFAULT-VALUE}),", "but end when nothing has come for a fifth of it."})
    double lingerSeconds;
    // What compilers have to know is in the AOT cache; scripts that ask for it go on.
    @Option(names = "--warm-up", paramLabel = "SECONDS", hidden = true)
    double warmUpSeconds;
    // spotless:on

    /// For picocli, which fills the fields.
    public RunOptions() {}

    /// Packets per burst.
    ///
    /// @return 1 to 4096
    public int burst() {
        if (burst < 1 || burst > 4096) {
            throw new BadInputException("--burst is 1 to 4096, not " + burst);
        }
        return burst;
    }

    /// How each of a program's ports reaches the switch.
    ///
    /// @param ports how many ports there are
    List<ControlTransport> transports(int ports) {
        if (control == null) {
            Path directory = runDirectory == null ? RunDirectory.path() : runDirectory;
            return Collections.nCopies(
                    ports, new UnixTransport(directory.resolve(RunDirectory.PMD_SOCKET), secret()));
        }
        if (secretFile != null) {
            throw new BadInputException("--secret-file is not for virtual machines");
        }
        if (control.equals(VIRTIO_SERIAL)) {
            return IntStream.range(0, ports)
                    .<ControlTransport>mapToObj(VirtioSerialTransport::of)
                    .toList();
        }
        if (!control.startsWith(VIRTIO_SERIAL + ":")) {
            throw new BadInputException(
                    "--control is virtio-serial or virtio-serial:DEVICE,…, not " + control);
        }
        String[] devices = control.substring(VIRTIO_SERIAL.length() + 1).split(",");
        if (devices.length != ports) {
            throw new BadInputException(
                    "--control names %d devices, but the program has %d ports"
                            .formatted(devices.length, ports));
        }
        return Stream.of(devices)
                .<ControlTransport>map(d -> new VirtioSerialTransport(Path.of(d)))
                .toList();
    }

    private String secret() {
        try {
            return secretFile == null ? null : Files.readString(secretFile).strip();
        } catch (IOException e) {
            throw new BadInputException(
                    "can't read --secret-file " + secretFile + ": " + Reasons.of(e));
        }
    }

    SwitchLoss onLoss() {
        return wait || control != null ? SwitchLoss.RECONNECT : SwitchLoss.END;
    }
}
