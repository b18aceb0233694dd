package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.process.Program;

/// What connects stock `testpmd` processes: the difference between two runs of the same chain.
interface Fabric extends AutoCloseable {
    /// Its name in tables and on plots.
    String path();

    /// How one end is attached: a `--vdev`. Ports 1 and 2 are connected, 3 and 4, and so on.
    ///
    /// @param device its number in the process
    /// @param port from 1
    String device(int device, int port);

    /// After all are attached: what port 1 sends comes to port 2 from now on, and so on.
    void connect();

    /// Has these rules and no others from now on.
    ///
    /// @param flows as `ovs-ofctl` takes them
    default void replaceRules(List<String> flows) {
        throw new UnsupportedOperationException(path() + " has no rules");
    }

    /// All of its programs.
    List<Program> programs();

    /// Takes its part of the processor, or leaves it to others.
    void active(boolean active);

    @Override
    void close();
}
