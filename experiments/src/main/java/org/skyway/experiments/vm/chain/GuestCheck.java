package org.skyway.experiments.vm.chain;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.vnf.VnfMain;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Looks at what a chain's file says of a guest before anything is made of it: a guest finds out
/// itself, but it can only say so on its console.
final class GuestCheck {
    private static final Path CORES = Path.of("/sys/devices/system/cpu");

    private GuestCheck() {}

    /// Checks a guest's program and core.
    ///
    /// @throws IllegalArgumentException if there is no such program, it has no such options, or
    ///   this host has no such core
    static void check(ChainConfig.Guest guest) {
        if (!guest.arguments().getFirst().equals(Images.TESTPMD)) {
            checkProgram(guest);
        }
        if (guest.core() != null && !Files.exists(CORES.resolve("cpu" + guest.core()))) {
            throw new IllegalArgumentException(
                    "guest %s can't have core %d: this host has none of that number, see lscpu"
                            .formatted(guest.name(), guest.core()));
        }
    }

    private static void checkProgram(ChainConfig.Guest guest) {
        List<String> arguments = new ArrayList<>(guest.arguments());
        arguments.addAll(List.of("--control", "virtio-serial"));
        CommandLine line = VnfMain.commandLine();
        try {
            line.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(
                    "guest %s can't run \"%s\": %s; see `skyway vnf --help`"
                            .formatted(guest.name(), guest.program(), VnfMain.explain(e)),
                    e);
        }
    }
}
