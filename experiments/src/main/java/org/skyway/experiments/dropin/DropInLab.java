package org.skyway.experiments.dropin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.ivshmem.region.RunDirectory;

/// Runs scripts of this package in mount, network and process namespaces of their own, where
/// daemons are at their usual places and nobody else sees them.
final class DropInLab {
    private static final List<String> PRIVATE =
            List.of("/run/", "/tmp/", "/var/tmp/", "/var/log/", "/var/lib/");
    private static final String OVS = "ovs";

    /// The stock schema of the database.
    static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final Path folder;

    /// @param folder where scripts are put, and what they leave behind
    DropInLab(Path folder) {
        this.folder = folder;
    }

    /// Where its scripts are.
    Path folder() {
        return folder;
    }

    /// What is missing to run anything here.
    ///
    /// @return null if nothing is
    static String missing() {
        if (RunDirectory.uid() != 0) {
            return "daemons in namespaces of their own need root";
        }
        return databaseMissing();
    }

    /// What is missing to run the database.
    ///
    /// @return null if nothing is
    static String databaseMissing() {
        return Files.isExecutable(Path.of("/usr/sbin/ovsdb-server"))
                        && Files.exists(Path.of(SCHEMA))
                ? null
                : "ovsdb-server is missing; apt-get install openvswitch-switch";
    }

    /// The launcher of this checkout as a daemon that scripts start.
    static String skyway() {
        return Program.launcher().toAbsolutePath().toString();
    }

    /// Open vSwitch's own daemon.
    static String ovs() {
        return OVS;
    }

    /// What scripts that make all places private have to keep: what a switch is started from.
    List<String> kept() {
        List<String> all = new ArrayList<>();
        for (Path needed :
                List.of(
                        Program.launcher().toAbsolutePath().getParent(),
                        Path.of(System.getProperty("java.home")),
                        Path.of(System.getProperty("user.home")),
                        folder)) {
            String path = needed.toAbsolutePath().normalize().toString();
            if (PRIVATE.stream().anyMatch(path::startsWith)) {
                all.add(path);
            }
        }
        return all;
    }

    /// A file of this package.
    ///
    /// @return where it has been put
    Path file(String name) {
        Path file = folder.resolve(name);
        try (InputStream in = DropInLab.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new ExperimentException("there is no " + name + " in this build");
            }
            if (!Files.exists(file)) {
                Files.copy(in, file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    /// Runs a script to its end.
    ///
    /// @param script of this package
    /// @param arguments its
    /// @return what it said
    List<String> run(String script, Duration timeout, List<String> arguments) {
        ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "--mount", "--pid"));
        command.addAll(List.of("--fork", "--mount-proc", "--kill-child"));
        // Read and not executed: the kernel refuses to execute a file that is open for writing, and
        // a
        // process that another thread starts just now has it so for a moment.
        command.addAll(List.of("bash", file(script).toString()));
        command.addAll(arguments);
        try (Program p = Program.start(script, folder, said::add, command)) {
            p.waitFor(timeout);
        }
        return List.copyOf(said);
    }
}
