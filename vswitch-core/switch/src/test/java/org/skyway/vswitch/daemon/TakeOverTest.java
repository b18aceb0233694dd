package org.skyway.vswitch.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.fault.Faults;

/// What a service manager hears, and when.
@Timeout(60)
class TakeOverTest {
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir private Path folder;
    private final List<String> said = new ArrayList<>();
    private final ServiceManager manager =
            new ServiceManager(message -> said.add(new String(message, StandardCharsets.UTF_8)));
    private final ExecutorService owner = Executors.newSingleThreadExecutor();

    @AfterEach
    void close() {
        owner.close();
    }

    @Test
    void saysNothingWhereNothingRuns() {
        TakeOver.from(folder, Duration.ZERO, manager);
        assertEquals(List.of(), said);
    }

    @Test
    void isTheMainProcessBeforeTheOtherOneEnds() throws Exception {
        Process before = new ProcessBuilder("sleep", "600").start();
        Files.writeString(folder.resolve("vswitchd.lock"), before.pid() + "\n");
        List<String> heard = new ArrayList<>();
        ControlServer.Commands commands =
                (command, _) -> {
                    assertEquals(TakeOver.COMMAND, command);
                    heard.addAll(said);
                    before.destroyForcibly();
                    return CompletableFuture.completedStage(
                            new ObjectMapper().createObjectNode().put("pid", before.pid()));
                };
        try (var _ = ControlServer.start(folder, owner, commands, new Faults())) {
            TakeOver.from(folder, Duration.ZERO, manager).awaitEnd();
        } finally {
            before.destroyForcibly();
        }
        assertEquals(List.of("MAINPID=" + SELF), heard);
        assertEquals(heard, said);
        assertTrue(before.waitFor(20, TimeUnit.SECONDS));
    }

    @Test
    void isNotTheMainProcessAfterARefusal() throws Exception {
        Files.writeString(folder.resolve("vswitchd.lock"), "4711\n");
        ControlServer.Commands commands =
                (_, _) -> {
                    throw new ConfigException("keeps nothing");
                };
        try (var _ = ControlServer.start(folder, owner, commands, new Faults())) {
            TakeOver.from(folder, Duration.ZERO, manager);
        }
        assertEquals(List.of("MAINPID=" + SELF, "MAINPID=4711"), said);
    }

    @Test
    void aManagerThatDoesNotListenIsNoError() {
        List<String> tried = new ArrayList<>();
        ServiceManager deaf =
                new ServiceManager(message -> {
                    tried.add(new String(message, StandardCharsets.UTF_8));
                    throw new IOException("nobody receives there");
                });
        deaf.ready("bridge br0, 2 port(s)");
        deaf.stopping();
        assertEquals(
                List.of(
                        "READY=1\nMAINPID=" + SELF + "\nSTATUS=bridge br0, 2 port(s)",
                        "STOPPING=1"),
                tried);
        new ServiceManager(null).stopping();
    }

    @Test
    void whoHasADirectoryIsRead() throws Exception {
        assertEquals(0, RunLock.owner(folder));
        Files.writeString(folder.resolve("vswitchd.lock"), "no number");
        assertEquals(0, RunLock.owner(folder));
        try (RunLock _ = RunLock.take(folder)) {
            assertEquals(SELF, RunLock.owner(folder));
            assertThrows(ConfigException.class, () -> RunLock.take(folder));
        }
    }
}
