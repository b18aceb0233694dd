package org.skyway.experiments.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway experiment fuzz`: fuzzes for as long as one likes.
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Fuzzes what reads bytes that others wrote, with Jazzer: openflow, frame, control, pcap, state.",
            "Corpora grow in a folder, from the seeds that are kept; exits with 1 if something is found."
        })
public final class FuzzCommand implements Callable<Integer> {
    // spotless:off
    @Parameters(paramLabel = "TARGET", description = "what to fuzz (default: all, one by one)")
    private List<FuzzTarget> targets = List.of(FuzzTarget.values());
    @Option(names = "--seconds", paramLabel = "N", defaultValue = "600", description = "how long each (default: ${DEFAULT-VALUE})")
    private long seconds;
    @Option(names = "--folder", paramLabel = "DIR", defaultValue = "/tmp/skyway-fuzz",
            description = "gets corpora, logs and what is found (default: ${DEFAULT-VALUE})")
    private Path folder;
    // spotless:on

    /// For picocli.
    public FuzzCommand() {}

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(folder);
        boolean clean = true;
        for (FuzzTarget target : targets) {
            clean &= new FuzzRun(target, folder, seconds, 0).run();
        }
        return clean ? 0 : 1;
    }
}
