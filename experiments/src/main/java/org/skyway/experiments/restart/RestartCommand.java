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
            "doubled or reordered, lost on the bypass, or lost on the other way but what a port counts, every",
            "counter is what the VNFs counted, and rules and groups came back."
        })
public final class RestartCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--cycles", paramLabel = "N", description = "how often the switch is replaced (default: ${DEFAULT-VALUE})")
    private int cycles = 100;
    @Option(names = "--rate", paramLabel = "PPS",
            description = "packets a second through the switch; 0 for flat out: then it is killed in the middle of a burst (default: ${DEFAULT-VALUE})")
    private int rate = RestartRun.RATE;
    @Option(names = "--chronicle", paramLabel = "FILE", description = "where all that all processes say goes (default: a new file)")
    private Path chronicle;
    @Option(names = "--vnfs", paramLabel = "process|vm",
            description = "vm: two guests with a link, without the other pair; each other time libvirtd is killed as well (default: ${DEFAULT-VALUE})")
    private String vnfs = "process";
    // spotless:on

    /// For picocli.
    public RestartCommand() {}

    @Override
    public Integer call() throws Exception {
        if (cycles < 1) {
            throw new ExperimentException("--cycles is 1 or more, not " + cycles);
        }
        if (rate < 0) {
            throw new ExperimentException("--rate is 0 or more, not " + rate);
        }
        if (vnfs.equals("vm")) {
            return GuestRestartRun.run(cycles, System.out).good() ? 0 : 1;
        }
        if (!vnfs.equals("process")) {
            throw new ExperimentException("--vnfs is process or vm, not " + vnfs);
        }
        Path file = chronicle != null ? chronicle : Files.createTempFile("skyway-restart-", ".log");
        return RestartRun.run(cycles, rate, file, System.out).good() ? 0 : 1;
    }
}
