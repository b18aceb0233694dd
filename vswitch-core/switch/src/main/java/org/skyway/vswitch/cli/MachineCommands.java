package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.skyway.agent.libvirt.DefinedRegions;
import org.skyway.ivshmem.region.Leftovers;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `skyway ctl agent` and `skyway ctl vm`: what the agent knows, and preparing machines for
/// migration.
final class MachineCommands {
    private static final long LOOK_MILLIS = 100;
    private static final Path SYSTEM_LIBVIRT = Path.of("/var/run/libvirt/libvirt-sock");

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
                    List.of(
                            "domain",
                            "state",
                            "port",
                            "driver",
                            "held",
                            "region",
                            "devices",
                            "problems"));
        }
    }

    /// Region files without a user.
    @Command(
            name = "leftovers",
            mixinStandardHelpOptions = true,
            description = {
                "Shows the region files in /dev/shm, whoever's, and which of them nobody uses.",
                "Those are of switches that were killed and whose run directory never came back.",
                "No switch need be running. For root, because it looks into all processes."
            })
    static final class LeftoversCommand implements Callable<Integer> {
        @Option(names = "--remove", description = "remove those that nobody uses")
        private boolean remove;

        @Option(
                names = "--libvirt-uri",
                paramLabel = "URI",
                description =
                        "where machines may be defined that use regions when they run; may be given more than once")
        private List<String> uris = List.of();

        @Spec private CommandSpec spec;

        @Override
        public Integer call() {
            try {
                Set<String> named = new HashSet<>();
                for (String uri : uris.isEmpty() ? systemLibvirt() : uris) {
                    named.addAll(DefinedRegions.names(uri));
                }
                for (Leftovers.File file : Leftovers.ofThisHost().find(named, Leftovers.MIN_AGE)) {
                    show(file);
                }
                return 0;
            } catch (IOException e) {
                throw new ConfigException(e.getMessage(), e);
            }
        }

        private void show(Leftovers.File file) throws IOException {
            String what = file.use();
            if (what == null) {
                what = remove ? "removed" : "nobody uses it";
                if (remove) {
                    Leftovers.remove(file);
                }
            }
            spec.commandLine()
                    .getOut()
                    .printf("%s  %d KiB  %s%n", file.path(), file.sizeBytes() / 1024, what);
        }

        private static List<String> systemLibvirt() {
            return Files.exists(SYSTEM_LIBVIRT) ? List.of("qemu:///system") : List.of();
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
                                    "skyway ctl vm prepare-migrate: after %d s domain %s still has %s; is the guest running, and does libvirt answer `virsh list`?%n",
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
