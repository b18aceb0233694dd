package org.skyway.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.skyway.agent.PortHost;
import org.skyway.agent.libvirt.LibvirtAgent;
import org.skyway.agent.log.Log;
import org.skyway.agent.log.LogFormat;
import org.skyway.agent.log.LogModules;
import org.skyway.agent.log.LogSettings;
import org.skyway.ivshmem.region.RunDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway agent`: runs the agent for virtual machines in the foreground until SIGTERM or SIGINT.
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the agent for virtual machines as a process of its own, in the foreground.",
            "A switch that was started with --agent service in the same run directory uses it."
        })
public final class AgentCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--rundir", paramLabel = "DIR",
            description = "the switch's run directory (default: $SKYWAY_RUNDIR, else /var/run/skyway or /tmp/skyway-UID)")
    private Path runDirectory = RunDirectory.path();
    @Option(names = "--libvirt-uri", paramLabel = "URI", defaultValue = "qemu:///system",
            description = "how libvirt is reached (default: ${DEFAULT-VALUE})")
    private String uri;
    @Option(names = "--domain", paramLabel = "NAME=PORT[,PORT]",
            description = "the ports of a domain whose metadata say nothing, in the order of its channels; repeatable")
    private Map<String, String> domains = Map.of();
    @Option(names = "--log", paramLabel = "MODULE=LEVEL", split = ",",
            description = "from which level on a module is logged, for instance libvirt=debug; repeatable; `skyway ctl log --agent` shows the modules and changes levels while it runs")
    private List<String> log = List.of();
    @Option(names = "--log-format", paramLabel = "text|json", defaultValue = "text",
            description = "how lines of the log look: text (default), or a JSON object each")
    private String logFormat;
    // spotless:on

    /// For picocli.
    public AgentCommand() {}

    /// Runs the command.
    ///
    /// @param args see `--help`
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new AgentCommand());
        line.setExecutionExceptionHandler((e, command, _) -> {
            if (!(e instanceof IOException || e instanceof IllegalArgumentException)) {
                throw e;
            }
            command.getErr().println("skyway agent: " + e.getMessage());
            return 1;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogSettings.parse(LogModules.OF_AGENT, log).apply();
        Log.format(LogFormat.parse(logFormat));
        Map<String, List<String>> mapping = new LinkedHashMap<>();
        domains.forEach((domain, ports) -> mapping.put(domain, Arrays.asList(ports.split(","))));
        Path directory = runDirectory.toAbsolutePath();
        Files.createDirectories(directory);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Path socket = directory.resolve(RunDirectory.AGENT_SOCKET);
        Path control = directory.resolve(RunDirectory.AGENT_CONTROL_SOCKET);
        try (AgentService _ = AgentService.start(socket, host -> agent(mapping, host));
                AgentControl _ = AgentControl.start(control)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop, stopped), "stop"));
            System.out.printf("skyway: the agent is ready at %s%n", socket);
            System.out.flush();
            stop.await();
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    private LibvirtAgent agent(Map<String, List<String>> mapping, PortHost host) {
        return LibvirtAgent.start(uri, mapping, host, LibvirtAgent.DEFAULT_TIMEOUT);
    }

    // SIGTERM and SIGINT start the JVM's shutdown, which waits for its hooks.
    private static void stop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
