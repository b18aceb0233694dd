package org.skyway.experiments.switchover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment switchover`: rules that make and break a link while packets go both ways.
@Command(
        name = "switchover",
        mixinStandardHelpOptions = true,
        description = {
            "Two VNFs send to each other, flat out and at a tenth of that, in all sizes, while"
                    + " rules",
            "make and break their links once to a thousand times a second; then a rule is moved"
                    + " from",
            "one receiver to another. Exits with 0 if nothing was lost that no port counts,"
                    + " nothing",
            "came twice or late, nothing came the old way that was sent after a barrier reply, and"
                    + " all",
            "counters agree."
        })
public final class SwitchOverCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--cycles", paramLabel = "N", description = "switch-overs, at all rates together (default: ${DEFAULT-VALUE})")
    private int cycles = 10_000;
    @Option(names = "--out", paramLabel = "DIR", description = "where tables go: switchover.csv, gaps.csv (default: nowhere)")
    private Path folder;
    @Option(names = "--chronicle", paramLabel = "FILE",
            description = "where all that all processes say goes, with .switchover and .barrier behind it (default: new files)")
    private Path chronicle;
    @Option(names = "--barriers", paramLabel = "N",
            description = {
                "then, rule changes with a barrier behind them, for each kind of sender: prompt,"
                        + " slow,",
                "silent, defiant, lying (default: ${DEFAULT-VALUE})"
            })
    private int barriers = 0;
    // spotless:on

    /// For picocli.
    public SwitchOverCommand() {}

    @Override
    public Integer call() throws Exception {
        if (cycles != 0 && cycles < 10 || barriers < 0) {
            throw new ExperimentException(
                    "--cycles is 0, or 10 or more, and --barriers 0 or more, not %d and %d"
                            .formatted(cycles, barriers));
        }
        if (folder != null) {
            Files.createDirectories(folder);
        }
        boolean good = true;
        if (cycles > 0) {
            good = SwitchOverRun.run(cycles, folder, chronicle("switchover"), System.out).good();
        }
        if (barriers > 0) {
            BarrierSender.Kind[] kinds = BarrierSender.Kind.values();
            good &= BarrierRun.run(barriers, kinds, chronicle("barrier"), System.out).good();
        }
        return good ? 0 : 1;
    }

    private Path chronicle(String name) throws IOException {
        return chronicle == null
                ? Files.createTempFile("skyway-" + name + "-", ".log")
                : chronicle.resolveSibling(chronicle.getFileName() + "." + name);
    }
}
