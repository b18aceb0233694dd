package org.skyway.experiments.page;

import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment page`: what browsers that watch cost the switch.
@Command(
        name = "page",
        mixinStandardHelpOptions = true,
        description = {
            "A switch through which packets go as fast as it takes them, without and with watchers of its live",
            "page in turn: processor time of the page's threads, and cycles of the poll thread for a packet.",
            "Exits with 0 if the watchers cost no more than 50 ms a second, and a packet beside them no more than",
            "1.1 times what it costs without."
        })
public final class PageCostCommand implements Callable<Integer> {
    private static final int MOST_WATCHERS = 256; // that the page takes

    // spotless:off
    @Option(names = "--watchers", paramLabel = "N", description = "how many browsers watch (default: ${DEFAULT-VALUE})")
    private int watchers = 100;
    @Option(names = "--rounds", paramLabel = "N", description = "of each kind (default: ${DEFAULT-VALUE})")
    private int rounds = 5;
    @Option(names = "--seconds", paramLabel = "SECONDS", description = "of a round (default: ${DEFAULT-VALUE})")
    private double seconds = 5;
    // spotless:on

    /// For picocli.
    public PageCostCommand() {}

    @Override
    public Integer call() {
        if (watchers < 1 || watchers > MOST_WATCHERS) {
            throw new ExperimentException(
                    "--watchers is 1 to %d, not %d".formatted(MOST_WATCHERS, watchers));
        }
        if (rounds < 1 || !(seconds >= 1 && seconds <= 3600)) {
            throw new ExperimentException(
                    "--rounds is 1 or more, not %d; --seconds 1 to 3600, not %s"
                            .formatted(rounds, seconds));
        }
        try (PageCost cost = new PageCost(watchers, seconds, System.out)) {
            return cost.run(rounds).good() ? 0 : 1;
        }
    }
}
