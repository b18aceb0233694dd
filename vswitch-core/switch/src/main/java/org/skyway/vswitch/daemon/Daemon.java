package org.skyway.vswitch.daemon;

import java.nio.file.Path;

/// x
public final class Daemon {
    private Daemon() {}

    /// x
    ///
    /// @param runDirectory x
    /// @param config x
    public static void run(Path runDirectory, org.skyway.vswitch.config.SwitchConfig config) {}
}
