package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A test with a private Open vSwitch and a Skyway beside it, new ones for each method.
abstract class BothSwitches {
    @TempDir Path directory;
    DummyOvs ovs;
    TestSwitch sw;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(DummyOvs.missing() == null, () -> "needs " + DummyOvs.missing());
        ovs = new DummyOvs(Files.createDirectory(directory.resolve("ovs")));
        sw =
                new TestSwitch(
                        Files.createDirectory(directory.resolve("skyway")),
                        OfprotoConfig.FailMode.SECURE);
    }

    @AfterEach
    void stop() {
        if (sw != null) {
            sw.close();
        }
        if (ovs != null) {
            ovs.close();
        }
    }
}
