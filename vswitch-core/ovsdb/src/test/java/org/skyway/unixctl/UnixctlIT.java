package org.skyway.unixctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The real `ovs-appctl` asks.
@Timeout(60)
class UnixctlIT {
    @TempDir Path dir;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final long pid = ProcessHandle.current().pid();
    private PidFile file;
    private UnixctlServer server;
    private Path socket;

    private record Answer(int status, String text) {}

    @BeforeEach
    void start() throws IOException {
        socket = dir.resolve("ovs-vswitchd." + pid + ".ctl");
        file = PidFile.create(dir.resolve("ovs-vswitchd.pid"), pid);
        server =
                UnixctlServer.start(
                        group,
                        socket,
                        List.of(
                                new Command(
                                        "say",
                                        "first [second]",
                                        1,
                                        2,
                                        a ->
                                                CompletableFuture.completedStage(
                                                        String.join("+", a) + "\n")),
                                new Command(
                                        "fail",
                                        "",
                                        0,
                                        0,
                                        _ -> {
                                            throw new UnixctlException("no such bridge");
                                        })));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        file.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        assertTrue(Files.notExists(socket));
        assertTrue(Files.notExists(dir.resolve("ovs-vswitchd.pid")));
    }

    private Answer appctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ovs-appctl", "--timeout=20"));
        command.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        b.environment().put("OVS_RUNDIR", dir.toString());
        Process p = b.start();
        String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(p.waitFor(), text);
    }

    @Test
    void appctlFindsTheDaemonAndIsAnswered() throws Exception {
        assertEquals(new Answer(0, "a+b c\n"), appctl("say", "a", "b c"));
        assertTrue(
                appctl("list-commands")
                        .text
                        .contains("\n  say                     first [second]\n"));
        Answer failed = appctl("fail");
        assertEquals(2, failed.status);
        assertTrue(failed.text.startsWith("no such bridge\n"), failed.text);
        assertTrue(appctl("bogus").text.startsWith("\"bogus\" is not a valid command"));
        assertTrue(appctl("say").text.startsWith("\"say\" command requires at least 1 arguments"));
        assertTrue(
                appctl("say", "1", "2", "3")
                        .text
                        .startsWith("\"say\" command takes at most 2 arguments"));
    }

    @Test
    void anotherDaemonIsToldWhoRuns() throws Exception {
        // The lock is the process's: another one has to try.
        Process second =
                new ProcessBuilder(
                                "/usr/sbin/ovsdb-server",
                                "--no-db",
                                "--remote=punix:" + dir.resolve("x.sock"),
                                "--unixctl=" + dir.resolve("x.ctl"),
                                "--pidfile=" + dir.resolve("ovs-vswitchd.pid"))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(said.contains("already running as pid " + pid), said);
        assertThrows(Exception.class, () -> PidFile.create(dir.resolve("no/such.pid"), pid));
    }

    @Test
    void rubbishEndsItsConnectionAndNothingElse() throws Exception {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> pieces =
                List.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        "\"",
                        ":",
                        ",",
                        "\"method\"",
                        "\"params\"",
                        "null",
                        "7",
                        "{\"id\":0,\"method\":\"say\",\"params\":[\"x\"]}",
                        "\\",
                        "\u0000",
                        "[[[[");
        for (int i = 0; i < 200; i++) {
            try (SocketChannel c = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                StringBuilder b = new StringBuilder();
                for (int n = random.nextInt(12); n > 0; n--) {
                    b.append(pieces.get(random.nextInt(pieces.size())));
                }
                c.write(ByteBuffer.wrap(b.toString().getBytes(StandardCharsets.UTF_8)));
            } catch (IOException gone) {
                // it may hang up at once
            }
        }
        assertEquals(new Answer(0, "still\n"), appctl("say", "still"), "seed " + seed);
    }
}
