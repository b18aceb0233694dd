package org.skyway.experiments.jmh;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway experiment p2p-stream`: how long the detector takes for single flow-mods, with the tail.
@Command(
        name = "p2p-stream",
        mixinStandardHelpOptions = true,
        description = {
            "Prints how long decisions about point-to-point links take, with percentiles.",
            "Without arguments: all of the table in experiments/results/p2p.md.",
            "SKYWAY_JAVA_OPTS=-Dp2p.clock=cpu counts processor time instead of wall-clock time."
        })
public final class P2pStreamCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..5",
            paramLabel = "KIND RULES PORTS flows|links CHANGES",
            description = "one stream, for instance ACL 10000 100 links 100000")
    private List<String> stream = List.of();

    /// For picocli.
    public P2pStreamCommand() {}

    @Override
    public Integer call() {
        P2pStream.main(stream.toArray(new String[0]));
        return 0;
    }
}
