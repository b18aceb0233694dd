package org.skyway.vswitch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.agent.log.Log;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.StateOptions;
import org.skyway.vswitch.dropin.DropIn;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The arguments of `ovs-vswitchd`, ovs-vswitchd(8), so that what starts that starts Skyway. Those
/// that are the launcher's work, or mean nothing to a JVM, are taken and passed over.
final class OvsOptions {
    private static final String NAME = "ovs-vswitchd";
    private static final String PID_FILE = NAME + ".pid";

    // spotless:off
    @Parameters(arity = "0..1", paramLabel = "DATABASE",
            description = "OVSDB server that configures the switch in place of flags and files, unix:/FILE or tcp:ADDRESS:PORT, as ovs-vswitchd takes it")
    private String database;
    @Option(names = "--pidfile", arity = "0..1", paramLabel = "FILE", fallbackValue = PID_FILE,
            description = "with a database: where the process id is noted (default: in the run directory)")
    private Path pidFile;
    @Option(names = "--log-file", arity = "0..1", paramLabel = "FILE", fallbackValue = "",
            description = "with a database: logs to a file as well, as Open vSwitch does")
    private String logFile;
    @Option(names = "--unixctl", paramLabel = "SOCKET",
            description = "with a database: where ovs-appctl asks (default: ovs-vswitchd.PID.ctl in the run directory)")
    private String unixctl;
    @Option(names = {"-v", "--verbose"}, arity = "0..1", paramLabel = "SPEC", fallbackValue = "",
            description = "with a database: log levels as Open vSwitch takes them, for instance -vconsole:emer or -vofproto:dbg")
    private List<String> verbose = new ArrayList<>();
    @Option(names = "--detach", description = "with a database: go to the background when configured")
    private boolean detach;
    @Option(names = "--monitor", description = "with --detach: start again after a crash")
    private boolean monitor;
    // spotless:on

    // @formatter:off
    @Option(
            names = {
                "--no-chdir",
                "--mlockall",
                "--no-mlockall",
                "--overwrite-pidfile",
                "--no-self-confinement",
                "--disable-system",
                "--disable-system-route",
                "--bootstrap-ca-cert",
                "--syslog-method",
                "--syslog-target",
                "--user",
                "--private-key-ovs",
                "--certificate-ovs",
                "--peer-ca-cert"
            },
            arity = "0..1",
            hidden = true,
            description = "taken for those who start ovs-vswitchd with it")
    private List<String> ignored = new ArrayList<>();

    // @formatter:on

    OvsOptions() {}

    /// Takes an option, or refuses it.
    void take(PlainWords words) {
        String name = words.name();
        switch (name) {
            case "--pidfile" -> pidFile = Path.of(words.singleOr(PID_FILE));
            case "--log-file" -> logFile = words.singleOr("");
            case "--unixctl" -> unixctl = words.single();
            case "--no-chdir", "--mlockall" -> {
                if (!words.singleOr("").isEmpty()) {
                    words.refuse();
                }
            }
            default -> {
                if (name.startsWith("-v") && name.length() > 2 && name.charAt(2) != '=') {
                    verbose.add(name.substring(2));
                } else if (database == null && name.startsWith("unix:/")) {
                    database = name;
                } else {
                    words.refuse();
                }
            }
        }
    }

    /// The database; null for none.
    String database() {
        return database;
    }

    /// Complains about what there is only with a database.
    void checkUnused() {
        if (pidFile != null || logFile != null || unixctl != null || detach || monitor) {
            throw new ConfigException(
                    "--pidfile, --log-file, --unixctl, --detach and --monitor are for a switch that a database configures; name it, for instance unix:/var/run/openvswitch/db.sock");
        }
    }

    /// Where Open vSwitch's sockets are.
    ///
    /// @param given by `--rundir`; null for nothing
    Path runDirectory(Path given) {
        return given == null ? DropIn.runDirectory() : given;
    }

    Path stateDirectory(Path runDirectory) {
        return DropIn.RUN_DIRECTORY.equals(runDirectory)
                ? StateOptions.OF_ROOT
                : runDirectory.resolve("skyway-state");
    }

    Path pidFile() {
        return pidFile;
    }

    String unixctl() {
        return "none".equals(unixctl) ? "" : unixctl;
    }

    void applyLog() {
        if (logFile != null) {
            String directory = System.getenv("OVS_LOGDIR");
            Path path =
                    Path.of(directory == null ? "/var/log/openvswitch" : directory)
                            .resolve(logFile.isEmpty() ? NAME + ".log" : logFile);
            try {
                Log.file(path);
            } catch (IOException e) {
                throw new ConfigException("can't log to %s: %s".formatted(path, Reasons.of(e)), e);
            }
        }
        DropIn.logLevels(verbose);
    }
}
