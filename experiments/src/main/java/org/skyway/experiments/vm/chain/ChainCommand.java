package org.skyway.experiments.vm.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.skyway.agent.libvirt.DefinedRegions;
import org.skyway.experiments.vm.host.Guests;
import org.skyway.ivshmem.region.Leftovers;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway chain`: starts and removes chains of virtual machines.
@Command(
        name = "chain",
        description = "Starts and removes chains of virtual machines.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ChainCommand.Up.class, ChainCommand.Down.class})
public final class ChainCommand {
    private ChainCommand() {}

    /// Runs the command.
    ///
    /// @param args see `--help`
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new ChainCommand());
        line.setExecutionExceptionHandler((e, command, _) -> {
            if (!(e instanceof IOException
                    || e instanceof ConfigException
                    || e instanceof IllegalArgumentException)) {
                throw e;
            }
            command.getErr().println("skyway chain: " + e.getMessage());
            return 1;
        });
        System.exit(line.execute(args));
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = {
                "Defines and starts the guests of a chain; adds ports that are missing.",
                "The switch must run, with --vms. What a chain needs is looked at first, and if a guest can't be started, those before it are removed again.",
                "Builds what guests boot if that was not done before, which takes half a minute."
            })
    static final class Up implements Callable<Integer> {
        @Parameters(
                paramLabel = "FILE",
                description =
                        "YAML: libvirt-uri, and guests with name, program, ports and core; see experiments/chain.yaml")
        private Path file;

        @Option(
                names = "--rundir",
                paramLabel = "DIR",
                description = "the switch's run directory (${DEFAULT-VALUE})")
        private Path runDirectory = RunDirectory.path();

        @Override
        public Integer call() throws IOException, InterruptedException {
            ChainConfig config = ChainConfig.read(file);
            config.guests().forEach(GuestCheck::check);
            Path home = Path.of(System.getProperty("skyway.home", "."));
            Images images = new Images(home);
            for (ChainConfig.Guest guest : config.guests()) {
                images.of(guest.arguments());
            }
            try (ControlClient control = new ControlClient(runDirectory);
                    Guests guests = new Guests(config.libvirtUri())) {
                Chain chain =
                        new Chain(control, images, runDirectory.toAbsolutePath().resolve("guests"));
                for (ChainConfig.Guest guest : config.guests()) {
                    chain.checkFree(guest.name(), guest.ports());
                    String added = chain.newPorts(guest.ports());
                    if (added != null) {
                        System.out.println(guest.name() + ": " + added);
                    }
                }
                List<ChainConfig.Guest> started = new ArrayList<>();
                try {
                    for (ChainConfig.Guest guest : config.guests()) {
                        start(chain, guests, guest);
                        started.add(guest);
                    }
                } catch (IOException | InterruptedException e) {
                    undo(guests, started, e);
                    throw e;
                }
            }
            return 0;
        }

        private static void start(Chain chain, Guests guests, ChainConfig.Guest guest)
                throws IOException, InterruptedException {
            guests.define(
                    chain.guest(
                            guest.name(),
                            guest.arguments(),
                            guest.ports(),
                            guest.core() == null ? -1 : guest.core()));
            System.out.printf(
                    "guest %s drives %s%n", guest.name(), String.join(" and ", guest.ports()));
        }

        // Half a chain helps nobody, and would be in the way of the next try.
        private static void undo(Guests guests, List<ChainConfig.Guest> started, Exception reason) {
            for (ChainConfig.Guest guest : started.reversed()) {
                try {
                    guests.undefine(guest.name(), guest.ports());
                    System.out.printf("guest %s is removed again%n", guest.name());
                } catch (IOException e) {
                    reason.addSuppressed(e);
                    System.err.println("skyway chain: " + e.getMessage());
                }
            }
        }
    }

    @Command(
            name = "down",
            mixinStandardHelpOptions = true,
            description = {
                "Ends the guests of a chain and makes libvirt forget them.",
                "Leaves domains alone that have the name of a guest but not its ports. Ports stay."
            })
    static final class Down implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "YAML, as given to up")
        private Path file;

        @Override
        public Integer call() throws IOException {
            ChainConfig config = ChainConfig.read(file);
            int failed = 0;
            Set<String> regions = DefinedRegions.names(config.libvirtUri());
            try (Guests guests = new Guests(config.libvirtUri())) {
                for (ChainConfig.Guest guest : config.guests()) {
                    try {
                        boolean removed = guests.undefine(guest.name(), guest.ports());
                        System.out.printf(
                                "guest %s %s%n",
                                guest.name(), removed ? "is removed" : "was not there");
                    } catch (IOException e) {
                        failed++;
                        System.err.println("skyway chain: " + e.getMessage());
                    }
                }
            }
            regions.removeAll(DefinedRegions.names(config.libvirtUri()));
            removeUnused(regions);
            return failed == 0 ? 0 : 1;
        }

        // A switch that runs has its ports' regions mapped; if it ended before the guests, they
        // were
        // the last.
        private static void removeUnused(Set<String> names) {
            try {
                for (Leftovers.File file : Leftovers.ofThisHost().find(Set.of(), Duration.ZERO)) {
                    boolean theirs = names.contains(file.path().getFileName().toString());
                    if (theirs && file.use() == null) {
                        Leftovers.remove(file);
                    }
                }
            } catch (IOException e) {
                System.err.println(
                        "skyway chain: regions of the guests may be left: %s; `skyway ctl leftovers` shows them"
                                .formatted(e.getMessage()));
            }
        }
    }
}
