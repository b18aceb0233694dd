package org.skyway.experiments.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.skyway.experiments.bed.Spread;
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
    // spotless:off
    @Option(names = "--cases", paramLabel = "N", defaultValue = "100", description = "how many cases (default: ${DEFAULT-VALUE})")
    private int cases;
    @Option(names = "--seed", paramLabel = "S", description = "of the first case; the next have the next numbers (default: the time)")
    private Long seed;
    @Option(names = "--differences", paramLabel = "N", defaultValue = "1",
            description = "how many differences to show before it stops (default: ${DEFAULT-VALUE})")
    private int differences;
    @Option(names = "--without", paramLabel = "FEATURE", split = ",", description = "leave out: ${COMPLETION-CANDIDATES}")
    private Set<Feature> without = Set.of();
    @Option(names = "--commands", description = "instead, run every ovs-ofctl sub-command against both, and print a table")
    private boolean commands;
    @Option(names = "--rate", paramLabel = "N", description = "instead, measure how fast N flows are installed from one file and listed")
    private int rate;
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3",
            description = "how often --rate measures, each time with new switches (default: ${DEFAULT-VALUE})")
    private int rounds;
    // spotless:on

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
        if (commands) {
            return commands();
        }
        if (rate > 0) {
            return rate();
        }
        long first = seed == null ? System.currentTimeMillis() : seed;
        EnumSet<Feature> features = EnumSet.allOf(Feature.class);
        features.removeAll(without);
        System.out.printf("seed %d, %d cases, %s%n", first, cases, features);
        int found =
                Conformance.run(
                        features, cases, first, differences, ConformanceCommand::log, System.out);
        return found == 0 ? 0 : 1;
    }

    private int commands() {
        try (Lab lab = new Lab(ConformanceCommand::log)) {
            List<OfctlCommands.Result> results = OfctlCommands.run(lab.ovs(), lab.skyway());
            System.out.println("| command | OpenFlow | Open vSwitch | Skyway |");
            System.out.println("|---|---|---|---|");
            results.forEach(r -> System.out.println(r.row()));
            return results.stream().allMatch(OfctlCommands.Result::alike) ? 0 : 1;
        }
    }

    // Both are new in each round: a controller installs most of its rules soon after a switch
    // starts.
    private int rate() {
        List<FlowModRate.Seconds> ovs = new ArrayList<>();
        List<FlowModRate.Seconds> skyway = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            try (Lab lab = new Lab(ConformanceCommand::log)) {
                lab.skyway().warmUp();
                ovs.add(FlowModRate.of(lab.ovs(), lab.scratch().resolve("f"), rate));
                skyway.add(FlowModRate.of(lab.skyway(), lab.scratch().resolve("f"), rate));
            }
        }
        print("add-flows", ovs, skyway, FlowModRate.Seconds::add);
        print("--bundle add-flows", ovs, skyway, FlowModRate.Seconds::bundle);
        print("dump-flows", ovs, skyway, FlowModRate.Seconds::dump);
        print("del-flows", ovs, skyway, FlowModRate.Seconds::delete);
        return 0;
    }

    private void print(
            String what,
            List<FlowModRate.Seconds> ovs,
            List<FlowModRate.Seconds> skyway,
            ToDoubleFunction<FlowModRate.Seconds> seconds) {
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = seconds.applyAsDouble(ovs.get(i)) / seconds.applyAsDouble(skyway.get(i));
        }
        Spread ratio = Spread.of(Arrays.stream(ratios));
        System.out.printf(
                "%-18s Open vSwitch %,9.0f/s, Skyway %,9.0f/s, ratio %.2f (%.2f to %.2f)%n",
                what,
                rate / Spread.of(ovs.stream().mapToDouble(seconds)).median(),
                rate / Spread.of(skyway.stream().mapToDouble(seconds)).median(),
                ratio.median(),
                ratio.min(),
                ratio.max());
    }
}
