package org.skyway.experiments.conformance;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.skyway.experiments.conformance.generate.Feature;
import org.skyway.experiments.conformance.lab.Lab;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment conformance`.
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a private Open vSwitch beside Skyway, gives both the same random rules and packets,",
            "and compares frames, packet-ins, errors, dumps and counters. Needs root."
        })
public final class ConformanceCommand implements Callable<Integer> {
    @Option(
            names = "--cases",
            paramLabel = "N",
            defaultValue = "100",
            description = "how many cases (default: ${DEFAULT-VALUE})")
    private int cases;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "of the first case; the next have the next numbers (default: the time)")
    private Long seed;

    @Option(
            names = "--differences",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "how many differences to show before it stops (default: ${DEFAULT-VALUE})")
    private int differences;

    @Option(
            names = "--without",
            paramLabel = "FEATURE",
            split = ",",
            description = "leave out: ${COMPLETION-CANDIDATES}")
    private Set<Feature> without = Set.of();

    /// For picocli.
    public ConformanceCommand() {}

    // What goes wrong in Skyway matters; that it started does not.
    private static void log(String line) {
        if (!line.contains(" INFO ") && !line.contains(" is ready")) {
            System.out.println("vswitchd: " + line);
        }
    }

    @Override
    public Integer call() {
        long first = seed == null ? System.currentTimeMillis() : seed;
        EnumSet<Feature> features = EnumSet.allOf(Feature.class);
        features.removeAll(without);
        System.out.printf("seed %d, %d cases, %s%n", first, cases, features);
        try (Lab lab = new Lab(ConformanceCommand::log);
                Conformance conformance = new Conformance(lab, features, System.out)) {
            return conformance.run(cases, first, differences) == 0 ? 0 : 1;
        }
    }
}
