package org.skyway.ivshmem.region;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a switch and its clients meet: the directory of its sockets. The one place that knows the
/// default and the names in it.
public final class RunDirectory {
    /// The environment variable that names another directory.
    public static final String VARIABLE = "SKYWAY_RUNDIR";

    /// The socket of the process agent, which poll mode drivers connect to.
    public static final String PMD_SOCKET = "pmd.sock";

    /// The socket of an agent that is a process of its own, which the switch connects to.
    public static final String AGENT_SOCKET = "agent.sock";

    /// The socket by which `skyway ctl` asks and tells such an agent.
    public static final String AGENT_CONTROL_SOCKET = "agent-ctl.sock";

    private RunDirectory() {}

    /// Root's, unless told otherwise.
    public static final Path OF_ROOT = Path.of("/var/run/skyway");

    /// The run directory.
    ///
    /// @return `$SKYWAY_RUNDIR`, else `/var/run/skyway` for root and `/tmp/skyway-$UID` for others;
    ///   it need not exist
    public static Path path() {
        return path(System.getenv(VARIABLE), uid());
    }

    /// Where the drivers of other users find a switch that lets them in, in a directory of its own:
    /// the run directory itself is nobody else's business.
    ///
    /// @param runDirectory the switch's
    /// @return the directory with that [#PMD_SOCKET], beside the run directory
    public static Path ofOtherUsers(Path runDirectory) {
        Path absolute = runDirectory.toAbsolutePath().normalize();
        return absolute.resolveSibling(absolute.getFileName() + "-vnf");
    }

    /// The user that this process runs as.
    ///
    /// @return the numeric user id; that of nobody, 65534, if there is no `/proc`
    public static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return 65534;
        }
    }

    static Path path(String variable, int uid) {
        if (variable != null && !variable.isBlank()) {
            return Path.of(variable);
        }
        return uid == 0 ? OF_ROOT : Path.of("/tmp/skyway-" + uid);
    }
}
