package org.skyway.p2p.detect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An Open vSwitch of the test's own: run directory, database and a dummy datapath, no privileges,
/// nothing of the system's. Ends with [#close].
final class PrivateOvs implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern REFUSED =
            Pattern.compile("-:(\\d+): actions are invalid with specified match");
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final Path folder;
    private final Path control;
    private final List<Process> daemons = new ArrayList<>();

    /// What is missing to start one.
    ///
    /// @return the missing program or file; null if nothing is
    static String missing() {
        for (String needed :
                List.of(
                        "/usr/sbin/ovsdb-server",
                        "/usr/sbin/ovs-vswitchd",
                        "/usr/bin/ovs-ofctl",
                        SCHEMA)) {
            if (!Files.exists(Path.of(needed))) {
                return needed;
            }
        }
        return null;
    }

    PrivateOvs(Path folder, int ports) throws IOException, InterruptedException {
        this.folder = folder;
        control = folder.resolve("vs.ctl");
        run("", "ovsdb-tool", "create", "conf.db", SCHEMA);
        daemon(
                "ovsdb-server",
                "conf.db",
                "--remote=punix:" + folder.resolve("db.sock"),
                "--unixctl=" + folder.resolve("db.ctl"));
        await(folder.resolve("db.sock"));
        String db = "--db=unix:" + folder.resolve("db.sock");
        run("", "ovs-vsctl", db, "--no-wait", "init");
        daemon(
                "ovs-vswitchd",
                "unix:" + folder.resolve("db.sock"),
                "--enable-dummy=override",
                "--disable-system",
                "--unixctl=" + control);
        await(control);
        List<String> setUp =
                new ArrayList<>(
                        List.of(
                                "ovs-vsctl",
                                db,
                                "-t",
                                "20",
                                "add-br",
                                "br0",
                                "--",
                                "set",
                                "bridge"));
        setUp.addAll(
                List.of(
                        "br0",
                        "datapath_type=dummy",
                        "fail-mode=secure",
                        "protocols=OpenFlow13,OpenFlow15"));
        for (int port = 1; port <= ports; port++) {
            setUp.addAll(List.of("--", "add-port", "br0", "p" + port));
            setUp.addAll(List.of("--", "set", "interface", "p" + port, "type=dummy"));
            setUp.add("ofport_request=" + port);
        }
        run("", setUp.toArray(String[]::new));
    }

    private void daemon(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        all.add("-vconsole:off");
        ProcessBuilder builder = builder(all.toArray(String[]::new));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        daemons.add(builder.start());
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        for (String name : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR", "OVS_SYSCONFDIR")) {
            builder.environment().put(name, folder.toString());
        }
        builder.environment().merge("PATH", ":/usr/sbin:/usr/bin", String::concat);
        return builder.redirectErrorStream(true);
    }

    private static void await(Path socket) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(socket)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(socket + " did not appear within 20 s");
            }
            Thread.sleep(10);
        }
    }

    private void run(String input, String... command) throws IOException, InterruptedException {
        Process process = builder(command).start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    "%s failed: %s%n%s".formatted(String.join(" ", command), output, input));
        }
    }

    /// Replaces all flows and groups.
    ///
    /// @return the flows without those that it refuses because their actions do not go with their
    ///   matches
    List<String> install(List<String> flows, List<String> groups)
            throws IOException, InterruptedException {
        run("", "ovs-ofctl", "-O", "OpenFlow13", "del-flows", "br0");
        run("", "ovs-ofctl", "-O", "OpenFlow13", "del-groups", "br0");
        run(lines(groups), "ovs-ofctl", "-O", "OpenFlow13", "add-groups", "br0", "-");
        List<String> accepted = new ArrayList<>(flows);
        while (true) {
            try {
                run(lines(accepted), "ovs-ofctl", "-O", "OpenFlow13", "add-flows", "br0", "-");
                return accepted;
            } catch (IllegalStateException e) {
                Matcher refused = REFUSED.matcher(e.getMessage());
                if (!refused.find()) {
                    throw e;
                }
                accepted.remove(Integer.parseInt(refused.group(1)) - 1);
            }
        }
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    /// Asks what would be done with a packet.
    ///
    /// @return all that `ofproto/trace` prints
    String trace(int port, String frame) throws IOException {
        String request =
                JSON.writeValueAsString(
                        JSON.createObjectNode()
                                .put("id", 0)
                                .put("method", "ofproto/trace")
                                .set(
                                        "params",
                                        JSON.createArrayNode()
                                                .add("br0")
                                                .add("in_port=" + port)
                                                .add(frame)));
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(control));
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            InputStream in = Channels.newInputStream(channel);
            try (var parser = JSON.createParser(in)) {
                JsonNode reply = parser.readValueAsTree();
                if (!reply.path("error").isNull()) {
                    throw new IllegalStateException(
                            "trace of %s at port %d: %s".formatted(frame, port, reply));
                }
                return reply.path("result").asText();
            }
        }
    }

    @Override
    public void close() {
        for (Process daemon : daemons.reversed()) {
            daemon.destroy();
            try {
                if (!daemon.waitFor(5, TimeUnit.SECONDS)) {
                    daemon.destroyForcibly();
                }
            } catch (InterruptedException e) {
                daemon.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
