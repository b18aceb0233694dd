package org.skyway.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PortHost;
import org.skyway.agent.process.ProcessAgent;
import org.skyway.agent.process.TestHost;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.MessageChannel;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;

/// The service, with an agent in it that can be had without virtual machines, and real drivers.
@Timeout(60)
class RemoteAgentTest {
    @TempDir Path directory;
    private TestHost host;
    private AgentService service;
    private RemoteAgent agent;

    @BeforeEach
    void start() throws IOException {
        host = new TestHost(directory, "vnf1");
        service = service();
        agent = RemoteAgent.start(socket(), host);
    }

    @AfterEach
    void end() {
        agent.close();
        service.close();
        host.close();
    }

    @Test
    void aDriverAndTheSwitchSpeakThroughTheService() throws Exception {
        Region link = host.create("link", RegionHeader.LINK_MAGIC);
        PortSession driver = open();
        Thread data = poll(driver);
        try {
            assertEquals("connected vnf1 test", host.event());
            agent.attach("vnf1", 0, TestHost.ref(link), true, "a<->b").toCompletableFuture().get();
            agent.detach("vnf1", 0).toCompletableFuture().get();
        } finally {
            data.interrupt();
            data.join();
            driver.close();
            link.close();
        }
        assertEquals("disconnected vnf1", host.event());
    }

    @Test
    void aFailureSaysTheSameAsInTheSwitch() throws Exception {
        PortSession driver = open();
        assertEquals("connected vnf1 test", host.event());
        Region port = host.region("vnf1");
        Thread data = poll(driver);
        try {
            AgentException e = failure(agent.attach("vnf1", 3, TestHost.ref(port), true, "a<->b"));
            assertTrue(e.getMessage().contains("expected 0x4c594b53"), e::getMessage);
        } finally {
            data.interrupt();
            data.join();
            driver.close();
        }
        AgentException e = failure(agent.attach("nobody", 3, TestHost.ref(port), true, "a<->b"));
        assertTrue(e.getMessage().contains("no VNF drives it"), e::getMessage);
    }

    @Test
    void withoutTheServiceARequestFailsAndSaysWhatToStart() throws Exception {
        service.close();
        awaitFailure("start `skyway agent`");
    }

    @Test
    void whenTheServiceIsBackDriversComeBack() throws Exception {
        PortSession driver = open();
        Thread data = poll(driver);
        try {
            assertEquals("connected vnf1 test", host.event());
            service.close();
            service = service();
            assertEquals("returned vnf1 test", host.event());
        } finally {
            data.interrupt();
            data.join();
            driver.close();
        }
    }

    /// A switch that is busy: one driver gets its port only when it is told to, and has it then, as
    /// far as the switch knows, until it is gone.
    private final class BusyHost implements PortHost {
        final CompletableFuture<RegionRef> first = new CompletableFuture<>();
        final AtomicInteger asked = new AtomicInteger();
        private volatile boolean free;

        @Override
        public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
            if (asked.getAndIncrement() == 0) {
                return first;
            }
            return free
                    ? host.vnfConnected(port, pid, program)
                    : CompletableFuture.failedFuture(new AgentException("it is taken"));
        }

        @Override
        public CompletionStage<Returned> vnfReturned(
                String port, long pid, String program, long regionId) {
            return vnfConnected(port, pid, program)
                    .thenApply(region -> new Returned(region, Map.of()));
        }

        @Override
        public void vnfDisconnected(String port, String reason) {
            free = first.isDone();
        }
    }

    @Test
    void aDriverThatGetsItsPortWhenTheNextAgentIsHereLeavesItToWhoComes() throws Exception {
        agent.close();
        BusyHost busy = new BusyHost();
        agent = RemoteAgent.start(socket(), busy);
        CompletableFuture<PortSession> opened = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        opened.complete(open());
                    } catch (Exception e) {
                        opened.completeExceptionally(e);
                    }
                });
        awaitAsked(busy, 1);
        service.close();
        service = service();
        awaitAsked(busy, 2);
        busy.first.complete(TestHost.ref(host.region("vnf1")));
        opened.get(40, TimeUnit.SECONDS).close();
        assertEquals("connected vnf1 test", host.event());
    }

    private static void awaitAsked(BusyHost host, int times) throws InterruptedException {
        while (host.asked.get() < times) {
            Thread.sleep(10);
        }
    }

    @Test
    void aStrangerIsHungUpOn() throws Exception {
        agent.close();
        try (SocketChannel stranger = LocalSocket.connect(socket())) {
            stranger.write(ByteBuffer.wrap("GET / HTTP/1.0\n".getBytes(StandardCharsets.US_ASCII)));
            assertEquals(-1, stranger.read(ByteBuffer.allocate(100)));
        }
        try (var wrong =
                new MessageChannel<>(LocalSocket.connect(socket()), ServiceMessage.CODEC)) {
            wrong.send(new ServiceMessage.Hello(1, 99));
            var answer = assertInstanceOf(ServiceMessage.Failed.class, wrong.receive());
            assertTrue(answer.reason().contains("version 99"), answer::reason);
        }
        agent = RemoteAgent.start(socket(), host);
        awaitFailure("no VNF drives it");
    }

    @Test
    void twoServicesCanNotHaveTheSameSocket() {
        IOException e = assertThrows(IOException.class, this::service);
        assertTrue(e.getMessage().contains("another agent listens"), e::getMessage);
    }

    private void awaitFailure(String text) throws Exception {
        var region = TestHost.ref(host.region("vnf1"));
        while (!failure(agent.attach("vnf1", 0, region, true, "a<->b"))
                .getMessage()
                .contains(text)) {
            Thread.sleep(10);
        }
    }

    private static AgentException failure(CompletionStage<Void> stage) {
        ExecutionException e =
                assertThrows(
                        ExecutionException.class,
                        () -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        return assertInstanceOf(AgentException.class, e.getCause());
    }

    private AgentService service() throws IOException {
        return AgentService.start(socket(), this::processes);
    }

    private Agent processes(PortHost switchHost) {
        try {
            return ProcessAgent.start(
                    directory.resolve("pmd.sock"), switchHost, ProcessAgent.DEFAULT_TIMEOUT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path socket() {
        return directory.resolve("agent.sock");
    }

    private PortSession open() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                return PortSession.open(directory, "vnf1", "test", SwitchLoss.RECONNECT, _ -> {});
            } catch (IOException e) {
                // The agent is there as soon as the switch has connected to the service.
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(10);
            }
        }
    }

    private static Thread poll(PortSession driver) {
        return Thread.ofPlatform()
                .start(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        driver.port().poll();
                        Thread.yield();
                    }
                });
    }
}
