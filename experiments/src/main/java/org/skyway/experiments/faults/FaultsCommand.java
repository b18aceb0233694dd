package org.skyway.experiments.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment faults`: one row for each thing that may go wrong with a link.
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        description = {
            "A link of two VNFs, and what may go wrong with it: either VNF is killed or stopped at"
                    + " each",
            "step of the link's life, answers late or twice or never; its memory is missing, cut"
                    + " short or",
            "not to be had, as the file system is full; libvirt hangs; the agent is not there, or"
                    + " answers late",
            "or twice. One row for each. Exits with 0 if barriers were answered, other VNFs lost"
                    + " nothing, the",
            "link came back, and nothing was left."
        })
public final class FaultsCommand implements Callable<Integer> {
    @Option(
            names = "--only",
            paramLabel = "WORDS",
            description = "only rows whose name contains this; may be given more than once")
    private List<String> only = List.of();

    @Option(
            names = "--chronicle",
            paramLabel = "FILE",
            description = "where all that all processes say goes (default: a new file)")
    private Path chronicle;

    /// For picocli.
    public FaultsCommand() {}

    @Override
    public Integer call() throws Exception {
        Path file = chronicle != null ? chronicle : Files.createTempFile("skyway-faults-", ".log");
        return FaultsRun.run(only, file, System.out).good() ? 0 : 1;
    }
}
