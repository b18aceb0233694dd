package org.skyway.experiments.vm.chain;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.skyway.vnf.VnfMain;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Looks at what a chain's file says of a guest before anything is made of it: a guest finds out
/// itself, but it can only say so on its console.
final class GuestCheck {
    private static final Path CORES = Path.of("/sys/devices/system/cpu");

    private static final Pattern LINUX_OPTIONS =
            Pattern.compile(
                    "(\\s+(--address\\s+[0-9]+(\\.[0-9]+){3}/[0-9]+|--mtu\\s+[0-9]+|--forward))*");

    private GuestCheck() {}

    /// Checks a guest's program and core.
    ///
    /// @throws IllegalArgumentException if there is no such program, it has no such options, or
    ///   this host has no such core
    static void check(ChainConfig.Guest guest) {
        switch (guest.arguments().getFirst()) {
            case Images.TESTPMD -> {}
            case Images.LINUX -> checkLinux(guest);
            default -> checkProgram(guest);
        }
        if (guest.core() != null && !Files.exists(CORES.resolve("cpu" + guest.core()))) {
            throw new IllegalArgumentException(
                    "guest %s can't have core %d: this host has none of that number, see lscpu"
                            .formatted(guest.name(), guest.core()));
        }
    }

    private static void checkLinux(ChainConfig.Guest guest) {
        String options = guest.program().strip().substring(Images.LINUX.length());
        if (!LINUX_OPTIONS.matcher(options).matches()) {
            throw new IllegalArgumentException(
                    "guest %s can't run \"%s\": linux has the options --address A.B.C.D/N, --mtu BYTES and --forward"
                            .formatted(guest.name(), guest.program()));
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
