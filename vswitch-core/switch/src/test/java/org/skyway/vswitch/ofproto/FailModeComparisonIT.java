package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.ofproto.OfprotoConfig.FailMode;

/// What is deleted and what stays when controllers come and go and the fail mode changes is what it
/// is in Open vSwitch: the same steps are taken with both, and the tables compared after each.
class FailModeComparisonIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /// Three probes of a second each, and what it takes to notice.
    private static final long LONG_ENOUGH_MILLIS = 4500;

    @TempDir Path directory;

    private final List<String> steps = new ArrayList<>();
    private final Map<String, Subject> subjects = new LinkedHashMap<>();

    /// A controller that answers probes by itself.
    private static final class Answering implements AutoCloseable {
        private final TestController controller;
        private final BlockingQueue<Envelope> received = new LinkedBlockingQueue<>();

        Answering(TestController controller) {
            this.controller = controller;
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                for (byte[] f = controller.readFrame(); f != null; f = controller.readFrame()) {
                    Envelope e = OpenFlowCodec.decode(f, false);
                    if (e.message() instanceof Message.EchoRequest m) {
                        send(new Message.EchoReply(m.data()));
                    } else {
                        received.add(e);
                    }
                }
            } catch (IOException closed) {
                // This side or the other has ended it.
            }
        }

        private synchronized void send(Message m) throws IOException {
            controller.send(m);
        }

        void tell(Message m) throws Exception {
            send(m);
            send(new Message.BarrierRequest());
            next(Message.BarrierReply.class);
        }

        void ask(Message m, Class<? extends Message> answer) throws Exception {
            send(m);
            next(answer);
        }

        void next(Class<? extends Message> type) throws Exception {
            while (true) {
                Envelope e = received.poll(15, TimeUnit.SECONDS);
                assertNotNull(e, () -> "no " + type.getSimpleName());
                if (type.isInstance(e.message())) {
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            controller.close();
        }
    }

    /// A switch, and the controller that it may connect to.
    private abstract static class Subject implements AutoCloseable {
        final Path runDirectory;
        private final int port;
        private ServerSocket server;
        Answering controller;

        Subject(Path runDirectory) throws IOException {
            this.runDirectory = runDirectory;
            try (ServerSocket s = new ServerSocket(0, 1, LOOPBACK)) {
                port = s.getLocalPort();
            }
        }

        abstract void controllers(String... targets) throws Exception;

        abstract void failMode(FailMode mode) throws Exception;

        String target() {
            return "tcp:127.0.0.1:" + port;
        }

        /// The controller is there from now on, and says hello.
        void listen() throws IOException {
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new java.net.InetSocketAddress(LOOPBACK, port), 1);
            server.setSoTimeout(15_000);
            controller = new Answering(new TestController(server.accept(), Version.OF13));
        }

        /// The controller is not there any more.
        void hangUp() throws IOException {
            controller.close();
            server.close();
            server = null;
        }

        String tables(List<String> dumps) throws Exception {
            StringBuilder all = new StringBuilder();
            for (String what : dumps) {
                String dump = ofctl(what, "br0").output();
                all.append(
                        Arrays.stream(dump.split("\\R"))
                                .skip(1)
                                .map(l ->
                                        l.strip()
                                                .replaceAll(
                                                        "(duration|n_packets|n_bytes|idle_age|hard_age)=[^,]*, ?",
                                                        ""))
                                .sorted()
                                .collect(Collectors.joining("\n", what + ":\n", "\n")));
            }
            return all.toString();
        }

        OvsTool.Result ofctl(String... arguments) throws Exception {
            return OvsTool.ofctl(runDirectory, "OpenFlow13", arguments);
        }

        @Override
        public void close() throws Exception {
            if (server != null) {
                hangUp();
            }
        }
    }

    private static final class Theirs extends Subject {
        private final DummyOvs ovs;
        private final Map<String, String> rows =
                new LinkedHashMap<>(); // of the database, by target

        Theirs(Path directory) throws Exception {
            super(directory);
            ovs = new DummyOvs(directory);
        }

        private String row(String target) throws Exception {
            return vsctl(
                            "--bare",
                            "--columns=_uuid",
                            "find",
                            "controller",
                            "target=\"" + target + "\"")
                    .strip();
        }

        private String vsctl(String... arguments) throws Exception {
            List<String> command = new ArrayList<>(List.of("ovs-vsctl"));
            command.add("--db=unix:" + runDirectory.resolve("db.sock"));
            command.addAll(List.of(arguments));
            OvsTool.Result r = OvsTool.run(runDirectory, 20, command.toArray(String[]::new));
            assertEquals(0, r.status(), r.output());
            return r.output();
        }

        @Override
        void controllers(String... targets) throws Exception {
            if (targets.length == 0) {
                vsctl("del-controller", "br0");
                rows.clear();
                return;
            }
            // Rows that stay are the same controllers; others are made, with short times.
            List<String> arguments = new ArrayList<>();
            List<String> ids = new ArrayList<>();
            for (String target : targets) {
                String id = rows.get(target);
                if (id == null) {
                    id = "@c" + ids.size();
                    arguments.addAll(List.of("--", "--id=" + id, "create", "controller"));
                    arguments.add("target=\"" + target + "\"");
                    arguments.addAll(List.of("inactivity_probe=1000", "max_backoff=1000"));
                }
                ids.add(id);
            }
            arguments.addAll(List.of("--", "set", "bridge", "br0", "controller=" + ids));
            vsctl(arguments.toArray(String[]::new));
            rows.keySet().retainAll(List.of(targets));
            for (String target : targets) {
                rows.put(target, row(target));
            }
        }

        @Override
        void failMode(FailMode mode) throws Exception {
            vsctl("set-fail-mode", "br0", mode.name().toLowerCase(java.util.Locale.ROOT));
        }

        @Override
        public void close() throws Exception {
            super.close();
            ovs.close();
        }
    }

    private static final class Ours extends Subject {
        private final TestSwitch sw;

        Ours(Path directory, FailMode mode) throws Exception {
            super(directory);
            sw =
                    new TestSwitch(
                            new OfprotoConfig(
                                    "br0",
                                    1,
                                    directory,
                                    List.of(),
                                    mode,
                                    Set.of(Version.OF10, Version.OF13),
                                    OfprotoConfig.Description.DEFAULT,
                                    new ControllerSettings(1, 1),
                                    java.util.Map.of(),
                                    false,
                                    null));
        }

        @Override
        void controllers(String... targets) {
            sw.run(
                            () -> {
                                try {
                                    return sw.ofproto.setControllers(List.of(targets));
                                } catch (IOException e) {
                                    throw new CompletionException(e);
                                }
                            })
                    .toCompletableFuture()
                    .join();
        }

        @Override
        void failMode(FailMode mode) {
            sw.run(() -> {
                sw.ofproto.setFailMode(mode);
                return null;
            });
        }

        @Override
        public void close() throws Exception {
            super.close();
            sw.close();
        }
    }

    private interface Step {
        void take(Subject s) throws Exception;
    }

    private void both(String what, Step step) throws Exception {
        steps.add(what);
        for (Subject s : subjects.values()) {
            step.take(s);
        }
        compare("dump-flows");
    }

    // A message is done before its barrier is answered, but ovs-vsctl does not wait for everything.
    private void compare(String... dumps) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        List<String> tables;
        do {
            tables = new ArrayList<>();
            for (Subject s : subjects.values()) {
                tables.add(s.tables(List.of(dumps)));
            }
        } while (!tables.get(0).equals(tables.get(1)) && System.nanoTime() < end);
        assertEquals(tables.get(0), tables.get(1), () -> "after " + steps);
    }

    private static void install(Subject s) throws Exception {
        assertEquals(0, s.ofctl("add-flow", "br0", "table=7,in_port=1,actions=2").status());
        s.ofctl("add-group", "br0", "group_id=1,type=all,bucket=output:2");
        s.ofctl("add-meter", "br0", "meter=1,kbps,band=type=drop,rate=1000");
    }

    private void waitForBoth(String what) throws Exception {
        steps.add(what);
        Thread.sleep(LONG_ENOUGH_MILLIS);
        compare("dump-flows", "dump-groups", "dump-meters");
    }

    private static FlowMod flow(int priority) {
        return new FlowMod(
                FlowMod.Command.ADD,
                Match.ANY,
                priority,
                3,
                0,
                0,
                0,
                false,
                0,
                0,
                0,
                -1,
                OfPort.ANY,
                -1,
                0,
                Instructions.DROP);
    }

    @ParameterizedTest
    @EnumSource(FailMode.class)
    @Timeout(120)
    void keepsAndDeletesWhatOpenVSwitchDoes(FailMode mode) throws Exception {
        assumeTrue(DummyOvs.missing() == null, () -> "needs " + DummyOvs.missing());
        FailMode other = mode == FailMode.SECURE ? FailMode.STANDALONE : FailMode.SECURE;
        try (Theirs theirs = new Theirs(Files.createDirectory(directory.resolve("ovs")));
                Ours ours = new Ours(Files.createDirectory(directory.resolve("skyway")), mode)) {
            theirs.failMode(mode);
            subjects.put("Open vSwitch", theirs);
            subjects.put("Skyway", ours);
            both("the start", s -> {});
            both("flows without a controller", FailModeComparisonIT::install);
            both("the same fail mode once more", s -> s.failMode(mode));
            both("the other fail mode without a controller", s -> s.failMode(other));
            both("flows", FailModeComparisonIT::install);
            both("the first fail mode without a controller", s -> s.failMode(mode));
            both("flows again", FailModeComparisonIT::install);
            both("a controller that is not there", s -> s.controllers(s.target()));
            both("flows before anybody gives up", FailModeComparisonIT::install);
            waitForBoth("waiting for it in vain");
            both("flows while it is away", FailModeComparisonIT::install);
            both("its hello", Subject::listen);
            both(
                    "its questions",
                    s ->
                            s.controller.ask(
                                    new Message.FeaturesRequest(), Message.FeaturesReply.class));
            if (mode == FailMode.STANDALONE) {
                both("packets that it is sent meanwhile", s -> s.controller.next(PacketIn.class));
            }
            both("its first flow", s -> s.controller.tell(flow(9)));
            both("its end", Subject::hangUp);
            waitForBoth("its absence");
            both("flows while it is away again", FailModeComparisonIT::install);
            both("the other fail mode with a controller", s -> s.failMode(other));
            both("the first fail mode with a controller", s -> s.failMode(mode));
            both("flows once more", FailModeComparisonIT::install);
            both("another controller", s -> s.controllers("tcp:127.0.0.1:1"));
            both("two controllers", s -> s.controllers("tcp:127.0.0.1:1", s.target()));
            both("a listener as well", s -> s.controllers(s.target(), "ptcp:0:127.0.0.1"));
            both("flows with a listener", FailModeComparisonIT::install);
            both("a listener only", s -> s.controllers("ptcp:0:127.0.0.1"));
            both("flows with a listener only", FailModeComparisonIT::install);
            both("no controller", s -> s.controllers());
            compare("dump-flows", "dump-groups", "dump-meters");
        }
    }
}
