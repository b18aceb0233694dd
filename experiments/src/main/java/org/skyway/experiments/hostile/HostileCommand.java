package org.skyway.experiments.hostile;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment hostile`: VNFs that write anything anywhere, beside some that are not to
/// notice.
@Command(
        name = "hostile",
        mixinStandardHelpOptions = true,
        description = {
            "A switch, honest pairs of VNFs with and without a bypass, a controller that changes",
            "rules, and VNFs that write garbage into every word they own and every message. Exits",
            "with 0 if the honest pairs lost nothing and the switch nothing either."
        })
public final class HostileCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--minutes", description = "how long (default: 2)")
    private Double minutes;
    @Option(names = "--seconds", description = "how long, in seconds")
    private Double seconds;
    @Option(names = "--seed", description = "of everything that is left to chance (default: any)")
    private Long seed;
    @Option(names = "--attack", split = ",", description = "only these attacks (default: all): ${COMPLETION-CANDIDATES}")
    private Attack[] attacks = Attack.values();
    @Option(names = "--chronicle", paramLabel = "FILE", description = "where all that all processes say goes (default: a new file)")
    private Path chronicle;
    @Option(names = "--slack", paramLabel = "MILLISECONDS",
            description = "how long a barrier that needs no hostile VNF may take (default: ${DEFAULT-VALUE})")
    private int slackMillis = 500;
    // spotless:on

    /// For picocli.
    public HostileCommand() {}

    @Override
    public Integer call() throws Exception {
        double time = seconds != null ? seconds : 60 * (minutes != null ? minutes : 2);
        long chosen = seed != null ? seed : System.nanoTime() & 0xffff_ffffL;
        Path file =
                chronicle != null
                        ? chronicle
                        : java.nio.file.Files.createTempFile("skyway-hostile-", ".log");
        var plan = new Hostile.Plan(time, chosen, attacks, file, slackMillis);
        return Hostile.run(plan, System.out).good() ? 0 : 1;
    }
}
