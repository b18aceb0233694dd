package org.skyway.experiments.conformance.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// One of the two switches.
public abstract class Side implements AutoCloseable {
    private final String name;
    private final Path directory;
    private final String bridge;
    private final Taps taps;
    private final int ports;
    private OfConnection connection;

    Side(String name, Path directory, String bridge, Veths veths) {
        this.name = name;
        this.directory = directory;
        this.bridge = bridge;
        ports = veths.testerEnds().size();
        taps = new Taps(veths.testerEnds());
    }

    /// Which switch this is.
    ///
    /// @return its name
    public final String name() {
        return name;
    }

    /// The bridge's name.
    ///
    /// @return its name, the same on both sides
    public final String bridge() {
        return bridge;
    }

    /// Its ends of the wires.
    ///
    /// @return one for each port
    public final Taps taps() {
        return taps;
    }

    /// How many ports it has.
    ///
    /// @return ports; they are numbered from 1
    public final int ports() {
        return ports;
    }

    /// Waits until it has done what it does by itself after its start.
    public void warmUp() {}

    /// Makes a new OpenFlow connection, and leaves the one before.
    ///
    /// @param version OpenFlow wire version
    /// @return the connection
    public final OfConnection connect(int version) {
        disconnect();
        connection = new OfConnection(name, directory.resolve(bridge + ".mgmt"), version);
        return connection;
    }

    /// The present connection.
    ///
    /// @return the last that [#connect] made
    public final OfConnection connection() {
        return connection;
    }

    /// Runs `ovs-ofctl` against it.
    ///
    /// @param words options, sub-command and arguments
    /// @return what it printed
    public final String ofctl(String... words) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(words));
        return Program.output(directory, command.toArray(new String[0]));
    }

    /// Runs `ovs-ofctl` against it for as long as it takes, and forgets what it prints.
    ///
    /// @param words options, sub-command and arguments
    public final void ofctlQuietly(List<String> words) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(words);
        try (Program p = Program.start("ovs-ofctl", directory, line -> {}, command)) {
            int status = p.waitFor(Duration.ofMinutes(10));
            if (status != 0) {
                throw new ExperimentException(
                        "`%s` ended with status %d on %s"
                                .formatted(String.join(" ", command), status, name));
            }
        }
    }

    /// Its run directory.
    ///
    /// @return the directory with its management socket
    public final Path directory() {
        return directory;
    }

    /// Makes all changes of rules effective for packets, and all counters up to date. A barrier is
    /// not enough for Open vSwitch, whose caches follow a little later.
    public abstract void settle();

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public void close() {
        disconnect();
        taps.close();
    }
}
