package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway ctl agent` and `skyway ctl vm`: what the agent knows, and preparing machines for
/// migration.
final class MachineCommands {
    private static final long LOOK_MILLIS = 100;

    private MachineCommands() {}

    /// Domains, ports and devices.
    @Command(
            name = "agent",
            mixinStandardHelpOptions = true,
            description = "Shows the domains that have ports, their drivers and link devices.")
    static final class AgentCommand extends CtlCommand.Request {
        @Override
        public Integer call() throws JsonProcessingException {
            return print(
                    ask(ControlClient.request("machines")),
                    List.of("domain", "state", "port", "driver", "held", "region", "devices"));
        }
    }

    /// Virtual machines.
    @Command(
            name = "vm",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND",
            description = "Prepares virtual machines for migration, saving or pausing.",
            subcommands = {PrepareMigrate.class, ResumeLinks.class})
    static final class Vm {}

    /// Takes a machine's links back and unplugs them.
    @Command(
            name = "prepare-migrate",
            mixinStandardHelpOptions = true,
            description = {
                "Takes the links of a domain back and unplugs their devices, losing nothing.",
                "Waits until the devices are gone; libvirt migrates or saves no machine before."
            })
    static final class PrepareMigrate extends CtlCommand.Request {
        @Parameters(paramLabel = "DOMAIN", description = "the domain's name")
        private String domain;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "30",
                description = "how long to wait (${DEFAULT-VALUE})")
        private int timeoutSeconds;

        @Override
        public Integer call() throws JsonProcessingException, InterruptedException {
            JsonNode ports = ask(ControlClient.request("vm-hold").put("domain", domain));
            long end = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
            for (String left = devices(); !left.isEmpty(); left = devices()) {
                if (System.nanoTime() - end >= 0) {
                    spec.commandLine()
                            .getErr()
                            .printf(
                                    "skyway ctl vm prepare-migrate: after %d s domain %s still has %s; is the guest running?%n",
                                    timeoutSeconds, domain, left);
                    return 1;
                }
                Thread.sleep(LOOK_MILLIS);
            }
            return json ? print(ports, List.of()) : 0;
        }

        private String devices() {
            for (JsonNode row : ask(ControlClient.request("machines"))) {
                if (row.get("domain").asText().equals(domain)) {
                    return row.get("devices").asText();
                }
            }
            return "";
        }
    }

    /// Allows a machine's links again.
    @Command(
            name = "resume-links",
            mixinStandardHelpOptions = true,
            description = "Allows the links of a domain again.")
    static final class ResumeLinks extends CtlCommand.Request {
        @Parameters(paramLabel = "DOMAIN", description = "the domain's name")
        private String domain;

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode ports = ask(ControlClient.request("vm-release").put("domain", domain));
            return json ? print(ports, List.of()) : 0;
        }
    }
}
