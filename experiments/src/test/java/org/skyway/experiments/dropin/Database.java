package org.skyway.experiments.dropin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;

/// The real `ovsdb-server` with the stock schema, in a directory of its own that is its run
/// directory, and the tools that speak to it.
public final class Database implements AutoCloseable {
    private static final int TRIES = 1000;

    private final Path directory;
    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
    private Program server;

    /// Makes an empty database and starts its server.
    ///
    /// @param directory where everything of it is to be
    /// @throws ExperimentException if it can't be started
    public Database(Path directory) {
        this.directory = directory;
        String file = directory.resolve("conf.db").toString();
        Program.output(directory, "ovsdb-tool", "create", file, DropInLab.SCHEMA);
        start();
        vsctl("--no-wait", "init");
    }

    /// Starts the server, after [#stop], too.
    public void start() {
        try {
            Files.deleteIfExists(socket());
        } catch (IOException e) {
            throw new ExperimentException("can't remove " + socket(), e);
        }
        server =
                Program.start(
                        "ovsdb-server",
                        directory,
                        said::add,
                        List.of(
                                "/usr/sbin/ovsdb-server",
                                directory.resolve("conf.db").toString(),
                                "--remote=punix:" + socket(),
                                "--unixctl=" + directory.resolve("ovsdb-server.ctl")));
        for (int i = 0; !Files.exists(socket()); i++) {
            if (i == TRIES || !server.isAlive()) {
                throw new ExperimentException("ovsdb-server did not start: " + said);
            }
            Pause.millis(10);
        }
    }

    /// Ends the server; its data stays.
    public void stop() {
        server.close();
    }

    /// Where the server listens.
    ///
    /// @return a UNIX socket
    public Path socket() {
        return directory.resolve("db.sock");
    }

    /// The database as programs are told of it.
    ///
    /// @return for instance `unix:/tmp/x/db.sock`
    public String remote() {
        return "unix:" + socket();
    }

    /// Runs `ovs-vsctl`.
    ///
    /// @param words its arguments
    /// @return what it printed
    public String vsctl(String... words) {
        List<String> command =
                new ArrayList<>(List.of("ovs-vsctl", "--db=" + remote(), "--timeout=25"));
        command.addAll(List.of(words));
        return Program.output(directory, command.toArray(String[]::new));
    }

    /// Reads a column of a row.
    ///
    /// @param table the table
    /// @param row which
    /// @param column which, or `COLUMN:KEY`
    /// @return what it holds, without quotes
    public String get(String table, String row, String column) {
        return vsctl("--if-exists", "get", table, row, column).strip().replace("\"", "");
    }

    /// Runs `ovs-appctl`.
    ///
    /// @param words its arguments
    /// @return what it printed
    public String appctl(String... words) {
        List<String> command = new ArrayList<>(List.of("ovs-appctl", "--timeout=25"));
        command.addAll(List.of(words));
        return Program.output(directory, command.toArray(String[]::new));
    }

    @Override
    public void close() {
        server.close();
    }
}
