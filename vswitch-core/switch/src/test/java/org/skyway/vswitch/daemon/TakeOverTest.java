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
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
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
        TakeOver.from(folder, folder, Duration.ZERO, manager);
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
            TakeOver.from(folder, folder, Duration.ZERO, manager).awaitEnd();
        } finally {
            before.destroyForcibly();
        }
        assertEquals(List.of("MAINPID=" + SELF), heard);
        assertEquals(heard, said);
        assertTrue(before.waitFor(20, TimeUnit.SECONDS));
    }

    @Test
    void isNotTheMainProcessAfterARefusal() throws Exception {
        Process before = new ProcessBuilder("sleep", "600").start();
        Path lock = Files.writeString(folder.resolve("vswitchd.lock"), before.pid() + "\n");
        ControlServer.Commands commands =
                (_, _) -> {
                    throw new ConfigException("keeps nothing");
                };
        try (var _ = ControlServer.start(folder, owner, commands, new Faults())) {
            // The lock of a directory is another process's, as a switch's is.
            Process holder = holdLock(lock);
            try {
                ConfigException e =
                        assertThrows(
                                ConfigException.class,
                                () -> TakeOver.from(folder, folder, Duration.ZERO, manager));
                assertEquals("can't take over: keeps nothing", e.getMessage());
            } finally {
                holder.destroyForcibly();
                holder.waitFor();
            }
            assertEquals(List.of("MAINPID=" + SELF, "MAINPID=" + before.pid()), said);
            // A lock that nobody holds is a leftover, whoever has that number by now.
            assertTrue(!TakeOver.from(folder, folder, Duration.ZERO, manager).isThere());
        } finally {
            before.destroyForcibly();
        }
    }

    private static Process holdLock(Path file) throws IOException {
        String script =
                "import fcntl,sys,time; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX); print(1,flush=True); time.sleep(600)";
        Process holder =
                new ProcessBuilder("/usr/bin/python3", "-c", script, file.toString()).start();
        assertEquals("1", holder.inputReader().readLine());
        return holder;
    }

    @Test
    void goesOnWhereTheLastWordIsLost() throws Exception {
        Process before = new ProcessBuilder("sleep", "600").start();
        Files.writeString(folder.resolve("vswitchd.lock"), before.pid() + "\n");
        ControlServer.Commands commands =
                (_, _) -> {
                    before.destroyForcibly();
                    throw new ConfigException("anything");
                };
        try (var _ = ControlServer.start(folder, owner, commands, new Faults())) {
            TakeOver over = TakeOver.from(folder, folder, Duration.ZERO, manager);
            assertTrue(over.isThere());
            over.awaitEnd();
        } finally {
            before.destroyForcibly();
        }
        assertEquals(List.of("MAINPID=" + SELF), said);
    }

    @Test
    void whatCouldKeepItFromStartingIsFoundBefore() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        SwitchConfig plain = SwitchConfig.defaults();
        check("is no directory", plain, new StateOptions(file, false, true));
        StateOptions state = new StateOptions(folder.resolve("state"), false, true);
        check("--forget", plain, new StateOptions(folder, true, true));
        check("no interface", with("5:netdev:nosuch0"), state);
        check("of its socket is not there", with("6:memif:m,socket=/nonexistent/x.sock"), state);
        TakeOverCheck.check(folder, with("1:dpdkr:vnf1"), state);
    }

    private static SwitchConfig with(String port) {
        return SwitchConfig.defaults().with(List.of(PortConfig.parse(port)));
    }

    private void check(String words, SwitchConfig config, StateOptions state) {
        ConfigException e =
                assertThrows(
                        ConfigException.class, () -> TakeOverCheck.check(folder, config, state));
        assertTrue(e.getMessage().contains(words), e.getMessage());
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
