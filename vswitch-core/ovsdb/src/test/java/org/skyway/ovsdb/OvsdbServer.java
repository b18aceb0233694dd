package org.skyway.ovsdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real `ovsdb-server` with the stock schema, in a directory of its own.
public final class OvsdbServer implements AutoCloseable {
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final Path directory;
    private Process server;

    /// Makes the database and starts the server.
    ///
    /// @param directory where everything of it is to be
    /// @throws IOException if it can't be started
    /// @throws InterruptedException if the thread is interrupted
    public OvsdbServer(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        run("ovsdb-tool", "create", "conf.db", SCHEMA);
        start();
        vsctl("--no-wait", "init");
    }

    /// Starts the server again.
    public void start() throws IOException, InterruptedException {
        Files.deleteIfExists(socket());
        server =
                process(
                                "/usr/sbin/ovsdb-server",
                                "conf.db",
                                "--remote=punix:" + socket(),
                                "--unixctl=" + directory.resolve("ovsdb.ctl"))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("ovsdb-server.log").toFile())
                        .start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(socket())) {
            if (!server.isAlive() || System.nanoTime() > until) {
                throw new IOException(Files.readString(directory.resolve("ovsdb-server.log")));
            }
            Thread.sleep(10);
        }
    }

    /// Ends the server; its data stays.
    public void stop() throws InterruptedException {
        server.destroy();
        server.waitFor();
    }

    /// Where it listens.
    public Path socket() {
        return directory.resolve("db.sock");
    }

    /// Runs `ovs-vsctl`.
    ///
    /// @return what it said
    public String vsctl(String... arguments) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + socket(), "--timeout=20"));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private ProcessBuilder process(String... command) {
        ProcessBuilder b = new ProcessBuilder(command).directory(directory.toFile());
        b.environment().put("OVS_RUNDIR", directory.toString());
        return b;
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process p = process(command).redirectErrorStream(true).start();
        String output = new String(p.getInputStream().readAllBytes());
        if (p.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
