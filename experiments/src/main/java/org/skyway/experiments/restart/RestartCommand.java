package org.skyway.experiments.restart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment restart`: the switch is killed again and again while packets go past it and
/// through it.
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        description = {
            "Two pairs of VNFs, one on a bypass and one whose packets go through the switch. The"
                    + " switch is",
            "killed (SIGKILL) and another started in its place, or asked to hand over to another, in"
                    + " turn. Exits with 0 if nothing was",
            "lost, doubled or reordered on the bypass, nothing but what a port counts was lost on"
                    + " the other",
            "way, rules and groups came back, and counters went on."
        })
public final class RestartCommand implements Callable<Integer> {
    @Option(
            names = "--cycles",
            paramLabel = "N",
            description = "how often the switch is replaced (default: ${DEFAULT-VALUE})")
    private int cycles = 100;

    @Option(
            names = "--chronicle",
            paramLabel = "FILE",
            description = "where all that all processes say goes (default: a new file)")
    private Path chronicle;

    @Option(
            names = "--vnfs",
            paramLabel = "process|vm",
            description =
                    "vm: two guests with a link, without the other pair; each other time libvirtd is killed as well (default: ${DEFAULT-VALUE})")
    private String vnfs = "process";

    /// For picocli.
    public RestartCommand() {}

    @Override
    public Integer call() throws Exception {
        if (cycles < 1) {
            throw new ExperimentException("--cycles is 1 or more, not " + cycles);
        }
        if (vnfs.equals("vm")) {
            return GuestRestartRun.run(cycles, System.out).good() ? 0 : 1;
        }
        if (!vnfs.equals("process")) {
            throw new ExperimentException("--vnfs is process or vm, not " + vnfs);
        }
        Path file = chronicle != null ? chronicle : Files.createTempFile("skyway-restart-", ".log");
        return RestartRun.run(cycles, file, System.out).good() ? 0 : 1;
    }
}
