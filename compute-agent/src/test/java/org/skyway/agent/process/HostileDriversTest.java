package org.skyway.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Welcome;

/// Processes of the switch's own user that do what no driver does. Each time an honest driver gets
/// its port at once.
@Timeout(60)
class HostileDriversTest {
    @TempDir Path dir;
    private Path socket;
    private TestHost host;
    private ProcessAgent agent;
    private final List<SocketChannel> open = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        socket = dir.resolve("pmd.sock");
        host = new TestHost(dir, "vnf1", "vnf2");
        agent = ProcessAgent.start(socket, host, Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
        agent.close();
        host.close();
    }

    private SocketChannel raw() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        open.add(channel);
        return channel;
    }

    private static void say(SocketChannel to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private void assertPortCanBeHad(String port) throws Exception {
        long start = System.nanoTime();
        try (ControlChannel honest = new ControlChannel(raw())) {
            honest.send(new Hello(1, ControlMessage.VERSION, port, 1, "honest"));
            assertInstanceOf(Welcome.class, honest.receive());
        }
        assertTrue(System.nanoTime() - start < 20_000_000_000L);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(2);
        }
    }

    private static boolean isClosed(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private boolean told(String what) {
        return host.troubles.stream().anyMatch(t -> t.contains(what));
    }

    @Test
    void aThousandConnectionsThatSayNothingAreFewAtATime() throws Exception {
        for (int i = 0; i < 1000; i++) {
            raw();
        }
        assertPortCanBeHad("vnf1");
        await(() -> open.stream().filter(c -> !isClosed(c)).count() <= Visitors.MOST_SILENT);
        assertTrue(told("say nothing"), host.troubles.toString());
        assertTrue(host.troubles.size() < 50, host.troubles.size() + " lines");
    }

    @Test
    void whoSaysNoHelloIsHungUpOn() throws Exception {
        SocketChannel silent = raw();
        SocketChannel slow = raw();
        say(slow, "{\"type\":\"hello\",\"id\":1,");
        await(() -> isClosed(silent) && isClosed(slow));
        assertTrue(told("no hello within 5000 ms"), host.troubles.toString());
        assertPortCanBeHad("vnf1");
    }

    @Test
    void processIsTheOneThatTheKernelNames() throws Exception {
        try (ControlChannel liar = new ControlChannel(raw())) {
            liar.send(new Hello(1, ControlMessage.VERSION, "vnf1", 0, "as if a machine"));
            assertInstanceOf(Welcome.class, liar.receive());
        }
        assertEquals(ProcessHandle.current().pid(), host.pid);
    }

    @Test
    void whatNobodyAskedForIsCountedAndThenTheEnd() throws Exception {
        for (String flood :
                List.of(
                        "{\"type\":\"failed\",\"id\":0,\"reason\":\"x\"}\n",
                        "{\"type\":\"done\",\"id\":12345}\n")) {
            SocketChannel noisy = raw();
            try (ControlChannel channel = new ControlChannel(noisy)) {
                channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "noisy"));
                assertInstanceOf(Welcome.class, channel.receive());
                try {
                    for (int i = 0; i < 100; i++) {
                        say(noisy, flood.repeat(1000));
                    }
                } catch (IOException e) {
                    // Hung up on meanwhile.
                }
                await(() -> told("nobody asked for"));
            }
            host.troubles.clear();
            assertPortCanBeHad("vnf1");
        }
        long reports = host.events.stream().filter(e -> e.startsWith("reported")).count();
        assertTrue(reports <= 300, reports + " reports");
    }

    @Test
    void helloAfterHelloIsTheEnd() throws Exception {
        try (ControlChannel channel = new ControlChannel(raw())) {
            channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "twice"));
            assertInstanceOf(Welcome.class, channel.receive());
            channel.send(new Hello(2, ControlMessage.VERSION, "vnf2", 1, "twice"));
            assertInstanceOf(Failed.class, channel.receive());
            assertNull(channel.receive());
        }
        assertPortCanBeHad("vnf1");
        assertPortCanBeHad("vnf2");
    }

    @Test
    void whoComesAndGoesWithoutEndHasToWait() throws Exception {
        long begin = System.nanoTime();
        int greeted = 0;
        for (int i = 0; i < 400; i++) {
            try (ControlChannel channel = new ControlChannel(raw())) {
                channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "again"));
                if (channel.receive() instanceof Failed failed) {
                    assertTrue(failed.reason().contains("too often"), failed.reason());
                } else {
                    greeted++;
                }
            }
        }
        // A machine that is slow enough lets all of them be greeted.
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertTrue(
                greeted <= 200 + 50 * seconds + 1,
                "%d were greeted in %.1f s".formatted(greeted, seconds));
        Thread.sleep(1100);
        assertPortCanBeHad("vnf1");
    }

    @Test
    void whoIsHungUpOnAndDoesNotReadKeepsNoPort() throws Exception {
        SocketChannel deaf = raw();
        ControlChannel channel = new ControlChannel(deaf);
        channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "deaf"));
        assertInstanceOf(Welcome.class, channel.receive());
        // What it is asked for fills its socket to the brim.
        for (int i = 0; i < 200; i++) {
            agent.attach("vnf1", 0, TestHost.ref(host.region("vnf2")), true, "l".repeat(4000));
        }
        say(deaf, "no message\n");
        await(() -> host.events.contains("disconnected vnf1"));
        assertPortCanBeHad("vnf1");
    }

    @Test
    void answersToWhatWasAskedAreFree() throws Exception {
        try (ControlChannel channel = new ControlChannel(raw())) {
            channel.send(new Hello(1, ControlMessage.VERSION, "vnf1", 1, "busy"));
            assertInstanceOf(Welcome.class, channel.receive());
            for (int i = 0; i < 2000; i++) {
                var asked =
                        agent.attach("vnf1", 0, TestHost.ref(host.region("vnf2")), true, "l")
                                .toCompletableFuture();
                ControlMessage request = channel.receive();
                channel.send(new Done(request.id()));
                asked.join();
            }
        }
    }
}
