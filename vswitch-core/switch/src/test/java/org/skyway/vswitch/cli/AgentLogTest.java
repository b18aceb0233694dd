package org.skyway.vswitch.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogFormat;
import org.skyway.agent.log.LogLevel;
import org.skyway.agent.service.AgentCommand;
import org.skyway.ivshmem.region.RunDirectory;
import picocli.CommandLine;

/// The log of an agent is changed while it runs, by who runs it.
@Timeout(60)
class AgentLogTest {
    private static final String LIBVIRT = "org.skyway.agent.libvirt";

    @TempDir private Path folder;
    private final LogLevel before = Log.level(LIBVIRT);
    private final LogFormat format = Log.format();
    private Thread agent;

    @AfterEach
    void close() throws InterruptedException {
        if (agent != null) {
            agent.interrupt(); // what SIGTERM does in its process
            agent.join();
        }
        Log.level(LIBVIRT, before);
        Log.format(format);
    }

    private void start(String... options) throws InterruptedException {
        String[] all = new String[options.length + 2];
        all[0] = "--rundir";
        all[1] = folder.toString();
        System.arraycopy(options, 0, all, 2, options.length);
        CommandLine command =
                new CommandLine(new AgentCommand())
                        .setExecutionExceptionHandler((_, _, _) -> 1); // its interrupt
        agent = Thread.ofPlatform().start(() -> command.execute(all));
        while (!answers()) {
            Thread.sleep(5);
        }
    }

    private boolean answers() {
        try (SocketChannel _ =
                LocalSocket.connect(folder.resolve(RunDirectory.AGENT_CONTROL_SOCKET))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private int ctl(StringWriter errors, String... arguments) {
        String[] all = new String[arguments.length + 5];
        String[] first = {"ctl", "log", "--agent", "--rundir", folder.toString()};
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(arguments, 0, all, first.length, arguments.length);
        return SkywayMain.run(new PrintWriter(errors, true), all);
    }

    @Test
    void levelsAndFormatChange() throws InterruptedException {
        start("--log", "libvirt=warn");
        assertEquals(LogLevel.WARN, Log.level(LIBVIRT));
        assertEquals(0, ctl(new StringWriter(), "libvirt=debug", "--format", "json"));
        assertEquals(LogLevel.DEBUG, Log.level(LIBVIRT));
        assertEquals(LogFormat.JSON, Log.format());
        assertEquals(0, ctl(new StringWriter(), "--json"));
    }

    @Test
    void whatIsNoModuleOfTheAgentIsRefused() throws InterruptedException {
        start();
        StringWriter errors = new StringWriter();
        assertEquals(1, ctl(errors, "libvirt=debug", "ofproto=debug"));
        assertEquals(
                "skyway: there is no log module \"ofproto\"; there are agent, libvirt, service, and any for all of the agent"
                        + System.lineSeparator(),
                errors.toString());
        assertEquals(before, Log.level(LIBVIRT));
    }

    @Test
    void withoutAnAgentItSaysHowToStartOne() {
        StringWriter errors = new StringWriter();
        assertEquals(1, ctl(errors));
        assertTrue(errors.toString().contains("start one with `skyway agent`"), errors::toString);
    }

    @Test
    void theSocketGoesWithTheAgent() throws InterruptedException {
        start();
        agent.interrupt();
        agent.join();
        assertFalse(Files.exists(folder.resolve(RunDirectory.AGENT_CONTROL_SOCKET)));
    }
}
