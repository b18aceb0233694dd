package org.skyway.experiments.figures;

import java.nio.file.Path;

/// Two VNFs, of which one sends to the other all the time, and their switch.
interface SetupBed extends AutoCloseable {
    /// For the report, plural.
    String what();

    /// Cycles before it counts.
    int warmUp();

    /// How long a cycle takes, roughly.
    double cycleSeconds();

    Path runDirectory();

    /// The region of the sender's port.
    Path region();

    /// Runs `ovs-ofctl`; the bridge comes second.
    void ofctl(String... words);

    /// Waits until the channel is unplugged and the next one will be made anew.
    void awaitUnplugged();

    @Override
    void close();
}
