package org.skyway.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.AgentException;
import org.skyway.agent.LocalSocket;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlCodec;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.RefusedException;
import org.skyway.pmd.control.SwitchLoss;

@Timeout(60)
@SuppressWarnings("try") // some resources are only there to be there
class ProcessAgentTest {
    /// For an answer that has to come, on a machine that does other things as well.
    private static final Duration LONG = Duration.ofSeconds(20);

    /// For one that does not.
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir Path dir;
    private Path socket;
    private TestHost host;
    private ProcessAgent agent;

    @BeforeEach
    void start() throws IOException {
        socket = dir.resolve("pmd.sock");
        host = new TestHost(dir, "vnf1", "vnf2");
        agent = ProcessAgent.start(socket, host, LONG);
    }

    @AfterEach
    void stop() {
        agent.close();
        host.close();
    }

    @Test
    void driverGetsItsRegionAndLinksComeAndGo() throws Exception {
        try (PolledPort vnf = new PolledPort(open("vnf1"));
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            assertEquals("connected vnf1 test", host.event());
            get(agent.attach("vnf1", 3, TestHost.ref(link), true, "l1"));
            assertTrue(isMapped(link), "the driver has mapped the link");
            get(agent.detach("vnf1", 3));
            assertFalse(isMapped(link), "only this test still maps the link");
            get(agent.detach("vnf1", 3)); // there is nothing left to do
        }
        assertEquals("disconnected vnf1", host.event());
    }

    @Test
    void requestMadeBeforeTheWelcomeIsCarriedOutAfterIt() throws Exception {
        try (Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            var attached = new AtomicReference<CompletionStage<Void>>();
            host.onHello =
                    () -> attached.set(agent.attach("vnf1", 0, TestHost.ref(link), true, "l1"));
            try (PolledPort vnf = new PolledPort(open("vnf1"))) {
                get(attached.get());
                assertNull(vnf.session.lost());
            }
        }
    }

    @Test
    void driverRefusesARegionThatIsNoLink() throws Exception {
        try (PolledPort vnf = new PolledPort(open("vnf1"));
                Region link = Region.create(dir.resolve("zeros"), 1 << 20)) {
            AgentException e = failure(agent.attach("vnf1", 0, TestHost.ref(link), true, "l1"));
            assertTrue(e.getMessage().contains("magic 0x00000000"), e.getMessage());
            assertNull(vnf.session.lost());
        }
    }

    @Test
    void driverRefusesATakenSlot() throws Exception {
        try (PolledPort vnf = new PolledPort(open("vnf1"));
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            get(agent.attach("vnf1", 0, TestHost.ref(link), true, "l1"));
            AgentException e = failure(agent.attach("vnf1", 0, TestHost.ref(link), true, "l2"));
            assertTrue(e.getMessage().contains("l1"), e.getMessage());
            assertNull(vnf.session.lost());
        }
    }

    @Test
    void portWithoutVnfIsSaidSo() throws Exception {
        try (Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            AgentException e = failure(agent.attach("vnf2", 0, TestHost.ref(link), true, "l1"));
            assertTrue(e.getMessage().contains("vnf2"), e.getMessage());
        }
        get(agent.detach("vnf2", 0)); // nobody could touch it
    }

    @Test
    void driverWhoseDataThreadStandsStillTimesOut() throws Exception {
        agent.close();
        agent = ProcessAgent.start(socket, host, SHORT);
        try (PortSession idle = open("vnf1");
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            AgentException e = failure(agent.attach("vnf1", 0, TestHost.ref(link), true, "l1"));
            assertTrue(e.getMessage().contains("500 ms"), e.getMessage());
            // Later it polls after all, and the next request is answered in its turn.
            CompletionStage<Void> detached = agent.detach("vnf1", 0);
            for (int i = 0; i < 1000 && !detached.toCompletableFuture().isDone(); i++) {
                idle.port().poll();
                Thread.sleep(1);
            }
            get(detached);
        }
    }

    @Test
    void secondDriverOfAPortIsRefused() throws Exception {
        try (PortSession first = open("vnf1")) {
            RefusedException e = assertThrows(RefusedException.class, () -> open("vnf1"));
            assertTrue(
                    e.getMessage().contains("process " + ProcessHandle.current().pid()),
                    e.getMessage());
            assertNull(first.lost());
        }
        assertEquals("connected vnf1 test", host.event());
        assertEquals("disconnected vnf1", host.event());
        open("vnf1").close();
        assertEquals("connected vnf1 test", host.event());
        assertEquals("disconnected vnf1", host.event());
        assertTrue(host.events.isEmpty());
    }

    @Test
    void switchThatHasOnlyBegunHasLongerThanItsTimeout() throws Exception {
        agent.close();
        agent = ProcessAgent.start(socket, host, SHORT);
        host.begun = new CompletableFuture<>();
        CompletableFuture.delayedExecutor(1200, TimeUnit.MILLISECONDS)
                .execute(() -> host.begun.complete(null));
        try (PortSession vnf = open("vnf1")) {
            assertTrue(host.begun.isDone());
            assertEquals("connected vnf1 test", host.event());
            assertNull(vnf.lost());
        }
        assertEquals("disconnected vnf1", host.event());
    }

    @Test
    void unknownPortIsRefusedWithTheHostsWords() {
        RefusedException e = assertThrows(RefusedException.class, () -> open("vnf9"));
        assertEquals("there is no port vnf9; add it first", e.getMessage());
    }

    @Test
    void pendingRequestsFailWhenTheDriverGoes() throws Exception {
        CompletionStage<Void> attached;
        CompletionStage<Void> detached;
        try (PortSession idle = open("vnf1");
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            attached = agent.attach("vnf1", 0, TestHost.ref(link), true, "l1");
            detached = agent.detach("vnf1", 0);
        }
        assertTrue(failure(attached).getMessage().contains("is gone"));
        get(detached);
    }

    @Test
    void malformedLinesEndOnlyTheirConnection() throws Exception {
        try (PolledPort vnf = new PolledPort(open("vnf1"))) {
            for (String line :
                    new String[] {
                        "garbage\n",
                        "{\"type\":\"hello\"}\n",
                        "{\"type\":\"rm -rf\",\"id\":1}\n",
                        "{\"type\":\"ping\",\"id\":1}\n",
                        "x".repeat(ControlCodec.MAX_LINE_BYTES + 1)
                    }) {
                ControlMessage answer = say(line);
                assertInstanceOf(Failed.class, answer, line);
            }
            assertNull(vnf.session.lost());
        }
    }

    @Test
    void helloOfAnotherVersionIsRefusedUnderItsId() throws Exception {
        try (ControlChannel channel = connect()) {
            channel.send(new Hello(77, 99, "vnf1", 1, "test"));
            Failed failed = assertInstanceOf(Failed.class, channel.receive());
            assertEquals(77, failed.id());
            assertTrue(failed.reason().contains("version 99"), failed.reason());
            assertNull(channel.receive());
        }
    }

    @Test
    void driverOfTheFirstReleaseIsRefusedWithASentence() throws Exception {
        Failed failed =
                assertInstanceOf(
                        Failed.class,
                        say(
                                "{\"type\":\"hello\",\"id\":77,\"version\":1,\"port\":\"vnf1\",\"pid\":7,\"program\":\"x\"}\n"));
        assertEquals(
                new Failed(
                        77,
                        "driver of port vnf1 speaks version 1 of the control messages, this switch version 2; use the same release"),
                failed);
    }

    @Test
    void newerDriverIsSpokenToInTheVersionThatBothKnow() throws Exception {
        Welcome welcome =
                assertInstanceOf(
                        Welcome.class,
                        say(
                                "{\"type\":\"hello\",\"id\":5,\"version\":9,\"oldest\":1,\"port\":\"vnf1\",\"program\":\"x\",\"features\":[\"fly\"],\"more\":[{}]}\n"));
        assertEquals(ControlMessage.VERSION, welcome.version());
    }

    @Test
    void whatCanNotBeReadIsRefusedUnderItsId() throws Exception {
        Failed failed =
                assertInstanceOf(
                        Failed.class, say("{\"type\":\"hello\",\"id\":78,\"version\":[]}\n"));
        assertEquals(78, failed.id());
        assertTrue(failed.reason().contains("can't read control message"), failed.reason());
    }

    @Test
    void switchOfTheFirstReleaseIsUnderstoodWhenItRefuses() throws Exception {
        agent.close();
        try (var server = LocalSocket.listen(socket, "switch")) {
            Thread old =
                    Thread.startVirtualThread(() -> {
                        try (SocketChannel peer = server.accept()) {
                            peer.read(ByteBuffer.allocate(4096));
                            peer.write(
                                    ByteBuffer.wrap(
                                            "{\"type\":\"failed\",\"id\":0,\"reason\":\"can't read control message\"}\n"
                                                    .getBytes(StandardCharsets.UTF_8)));
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            var e = assertThrows(RefusedException.class, () -> open("vnf1"));
            assertEquals("can't read control message", e.getMessage());
            old.join();
        }
    }

    @Test
    void onlyDriversThatWantToHearOfTheirPortsStateDo() throws Exception {
        try (ControlChannel channel = connect()) {
            channel.send(
                    new Hello(
                            1,
                            ControlMessage.VERSION,
                            "vnf1",
                            1,
                            "test",
                            null,
                            null,
                            List.of(ControlMessage.STATE)));
            assertInstanceOf(Welcome.class, channel.receive());
            agent.administer("vnf1", false);
            State state = assertInstanceOf(State.class, channel.receive());
            assertFalse(state.up());
        }
        try (ControlChannel channel = connect()) {
            channel.send(new Hello(1, ControlMessage.VERSION, "vnf2", 1, "test"));
            assertInstanceOf(Welcome.class, channel.receive());
            agent.administer("vnf2", false);
            agent.detach("vnf2", 1);
            assertInstanceOf(ControlMessage.Detach.class, channel.receive());
        }
    }

    @Test
    void driverThatReadsNothingBlocksNobody() throws Exception {
        try (ControlChannel channel = connect();
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "test"));
            assertInstanceOf(Welcome.class, channel.receive());
            assertEquals("connected vnf1 test", host.event());
            long start = System.nanoTime();
            for (int i = 0; i < 20_000; i++) {
                agent.attach("vnf1", 0, TestHost.ref(link), true, "l1");
            }
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
            assertEquals("disconnected vnf1", host.event());
        }
    }

    @Test
    void leftoverSocketIsReplacedAndALiveOneIsNot() throws Exception {
        IOException e =
                assertThrows(IOException.class, () -> ProcessAgent.start(socket, host, LONG));
        assertTrue(e.getMessage().contains("another switch"), e.getMessage());
        agent.close();
        assertFalse(Files.exists(socket));
        Files.createFile(socket);
        agent = ProcessAgent.start(socket, host, LONG);
        open("vnf1").close();
    }

    @Test
    void closingTellsTheDrivers() throws Exception {
        try (PortSession session = open("vnf1")) {
            agent.close();
            for (int i = 0; i < 2000 && session.lost() == null; i++) {
                Thread.sleep(1);
            }
            assertNotNull(session.lost());
            assertTrue(session.lost().contains("vnf1"), session.lost());
        }
    }

    @Test
    void killedProcessIsNoticed() throws Exception {
        Process vnf =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.skyway.vnf.VnfMain",
                                "sink",
                                "--port=vnf1",
                                "--rundir=" + dir)
                        .inheritIO()
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertEquals("connected vnf1 sink", host.event());
        } finally {
            vnf.destroyForcibly(); // SIGKILL
        }
        assertEquals("disconnected vnf1", host.event());
        assertEquals(137, vnf.waitFor());
        open("vnf1").close();
        assertEquals("connected vnf1 test", host.event());
    }

    private PortSession open(String port) throws IOException, InterruptedException {
        return PortSession.open(dir, port, "test", SwitchLoss.END, _ -> {});
    }

    private ControlChannel connect() throws IOException {
        return new ControlChannel(raw());
    }

    private SocketChannel raw() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private ControlMessage say(String line) throws IOException {
        SocketChannel raw = raw();
        try (ControlChannel channel = new ControlChannel(raw)) {
            raw.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            return channel.receive();
        }
    }

    private static boolean isMapped(Region region) throws IOException {
        // This test maps it once, so a driver in the same process makes it twice.
        String maps = Files.readString(Path.of("/proc/self/maps"));
        return maps.lines().filter(l -> l.endsWith(region.path().toString())).count() > 1;
    }

    private static void get(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static AgentException failure(CompletionStage<Void> stage) throws Exception {
        CompletableFuture<Void> future = stage.toCompletableFuture();
        var e = assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(AgentException.class, e.getCause());
    }

    /// A port with a data thread.
    private static final class PolledPort implements AutoCloseable {
        final PortSession session;
        private final AtomicBoolean polling = new AtomicBoolean(true);
        private final Thread data;

        PolledPort(PortSession session) {
            this.session = session;
            data =
                    Thread.ofPlatform()
                            .start(() -> {
                                while (polling.get()) {
                                    session.port().poll();
                                    Thread.yield();
                                }
                            });
        }

        @Override
        public void close() throws InterruptedException {
            polling.set(false);
            data.join();
            session.close();
        }
    }
}
