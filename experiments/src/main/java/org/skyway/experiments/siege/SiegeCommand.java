package org.skyway.experiments.siege;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment siege`: everything that a controller or a sender can ask for too much of.
@Command(
        name = "siege",
        mixinStandardHelpOptions = true,
        description = {
            "A switch, an honest pair of VNFs and an honest controller, while others ask for more",
            "than there can be: rules that go round in circles, floods of packets, addresses and",
            "connections, controllers that do not read. Every assault is made once, or again and",
            "again for so many minutes. Exits with 0 if nobody else noticed."
        })
public final class SiegeCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--minutes", description = "how long (default: one round)")
    private double minutes;
    @Option(names = "--seed", description = "of everything that is left to chance (default: any)")
    private Long seed;
    @Option(names = "--scale", description = "1 for the sizes that are meant, less for less (default: ${DEFAULT-VALUE})")
    private double scale = 1;
    @Option(names = "--rate", paramLabel = "PPS", description = "of the honest pair (default: ${DEFAULT-VALUE})")
    private int rate = 200_000;
    @Option(names = "--assault", split = ",", description = "only these (default: all): ${COMPLETION-CANDIDATES}")
    private Assault[] assaults = Assault.values();
    @Option(names = "--chronicle", paramLabel = "FILE", description = "where all that all processes say goes (default: a new file)")
    private Path chronicle;
    @Option(names = "--slack", paramLabel = "MILLISECONDS", description = "how long the honest controller may wait (default: ${DEFAULT-VALUE})")
    private int slackMillis = 2000;
    // spotless:on

    /// For picocli.
    public SiegeCommand() {}

    @Override
    public Integer call() throws Exception {
        long chosen = seed != null ? seed : System.nanoTime() & 0xffff_ffffL;
        Path file = chronicle != null ? chronicle : Files.createTempFile("skyway-siege-", ".log");
        var plan = new Siege.Plan(60 * minutes, chosen, scale, rate, assaults, file, slackMillis);
        return Siege.run(plan, System.out).good() ? 0 : 1;
    }
}
