package org.skyway.experiments.dpdk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// The driver in C: where it was built, and how programs are started with it.
public final class DpdkDriver {
    /// The driver's file.
    public static final String FILE = "librte_net_skyway.so";

    private static final Path TESTPMD = Path.of("/usr/bin/dpdk-testpmd");

    private DpdkDriver() {}

    /// Why there is no driver.
    ///
    /// @return what is missing, and what to do; null if all is there
    public static String missing() {
        if (!Files.isExecutable(TESTPMD)) {
            return "there is no dpdk-testpmd; apt-get install dpdk-dev";
        }
        Path driver = folder().resolve(FILE);
        return Files.exists(driver)
                ? null
                : "the driver %s is not built; run `./skyway build --dpdk`".formatted(driver);
    }

    /// Where the driver, the library and the examples were built.
    ///
    /// @return the folder
    public static Path folder() {
        return folder(Program.launcher().getParent());
    }

    /// Where the driver and the library of an installation are, or where those of a checkout were
    /// built.
    ///
    /// @param home the root of either
    /// @return the folder
    public static Path folder(Path home) {
        Path installed = home.toAbsolutePath().resolve("lib").normalize();
        return Files.exists(installed.resolve(FILE))
                ? installed
                : home.toAbsolutePath().resolve("dpdkr-pmd/target/dpdk").normalize();
    }

    /// What a program needs in its environment to find them.
    ///
    /// @return variables
    public static Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", folder().toString());
    }

    /// The beginning of the command line of a DPDK program that needs neither huge pages nor
    /// devices of the host nor a place for shared files.
    ///
    /// @param program path
    /// @param core what all of its threads run on
    /// @param devices a `--vdev` each
    /// @return the command, up to where the program's own arguments begin
    public static List<String> command(String program, int core, String... devices) {
        return command(program, core, List.of("--no-huge", "-m", "192", "--no-shconf"), devices);
    }

    /// The beginning of the command line of a DPDK program without devices of the host.
    ///
    /// @param program path
    /// @param core what all of its threads run on
    /// @param memory options about memory
    /// @param devices a `--vdev` each
    /// @return the command, up to where the program's own arguments begin
    public static List<String> command(
            String program, int core, List<String> memory, String... devices) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of("--lcores", "0@%d,1@%d".formatted(core, core), "--no-pci"));
        command.addAll(memory);
        // The bare name: DPDK takes no path below a folder that everybody may write, like /tmp.
        command.addAll(List.of("--no-telemetry", "-d", FILE));
        for (String device : devices) {
            command.add("--vdev");
            command.add(device);
        }
        return command;
    }

    /// Fails if the driver is not there.
    public static void require() {
        String missing = missing();
        if (missing != null) {
            throw new ExperimentException(missing);
        }
    }
}
