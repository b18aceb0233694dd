package org.skyway.experiments.figures;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.vnf.frame.FrameSizes;
import org.skyway.vnf.run.BadInputException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Options that all figures have.
final class FigureOptions {
    private static final Pattern CHAIN = Pattern.compile("(\\d+)(?:\\.\\.(\\d+))?");
    private static final int LEAST_ROUNDS = 5;
    private static final int LONGEST_CHAIN = 8;
    private static final int LARGEST_FRAME = 2048;

    // spotless:off
    @Option(names = "--vnfs", paramLabel = "KIND", defaultValue = "java",
            description = "what the VNFs are: java, dpdk (stock testpmd with net_skyway), vm (guests with the Java driver), vm-dpdk (default: ${DEFAULT-VALUE})")
    private String vnfs;
    @Option(names = "--chain", paramLabel = "N..M",
            description = "numbers of VNFs in a chain, 2 to 8, or 1 to 8 for fig3b (default: 2..8, and 2..4 with --quick)")
    private String chain;
    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "64",
            description = "frame sizes, see `skyway vnf source` (default: ${DEFAULT-VALUE})")
    private String size;
    @Option(names = "--compare", paramLabel = "WHAT", split = ",", description = "compare with: ovs-dpdk, memif, vpp-if-there")
    private List<String> compare = List.of();
    @Option(names = "--out", paramLabel = "DIR", description = "where results go; must not exist (default: results-NAME-TIME)")
    private Path out;
    @Option(names = "--quick", description = "short rounds: to see that it works")
    private boolean quick;
    @Option(names = "--rounds", paramLabel = "N", description = "of each measurement, at least 5 (default: 7, and 5 with --quick)")
    private Integer rounds;
    @Option(names = "--seconds", paramLabel = "S", description = "length of a round (default: 1, and 0.2 with --quick)")
    private Double seconds;
    @Option(names = "--only", paramLabel = "NAME", split = ",", description = "only these rows of bench, or these experiments of all")
    private Set<String> only = Set.of();
    @Option(names = "--minutes", paramLabel = "N", description = "as many rounds as fit into so long, but at least 5")
    private Double minutes;
    @Option(names = "--cycles", paramLabel = "N", description = "cycles of switching over, for setup (default: 20, and 4 with --quick)")
    private Integer cycles;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of everything random (default: ${DEFAULT-VALUE})")
    private long seed;
    // spotless:on

    /// Checks all of them.
    ///
    /// @param spec of the command, for messages
    /// @return what is to be done
    Plan plan(CommandSpec spec) {
        int[] range = range(spec);
        int r = rounds == null ? quick ? LEAST_ROUNDS : 7 : rounds;
        double s = seconds == null ? quick ? 0.2 : 1 : seconds;
        int c = cycles == null ? quick ? 4 : 20 : cycles;
        if (r < LEAST_ROUNDS || r > 1000) {
            throw bad(spec, "--rounds is 5 to 1000, not " + r);
        }
        if (!(s >= 0.05 && s <= 600)) {
            throw bad(spec, "--seconds is 0.05 to 600, not " + s);
        }
        if (c < 1 || c > 10_000) {
            throw bad(spec, "--cycles is 1 to 10000, not " + c);
        }
        if (minutes != null && !(minutes > 0 && minutes <= 24 * 60)) {
            throw bad(spec, "--minutes is more than 0 and at most 1440, not " + minutes);
        }
        try {
            int largest = FrameSizes.parse(size).largest();
            if (largest > LARGEST_FRAME) {
                throw bad(
                        spec,
                        "--size %s has frames of %d bytes, but ports take %d"
                                .formatted(size, largest, LARGEST_FRAME));
            }
        } catch (BadInputException e) {
            throw bad(spec, e.getMessage());
        }
        Set<Plan.Other> others = new TreeSet<>();
        compare.forEach(o -> others.add(named(spec, "--compare", o, Plan.Other.values())));
        return new Plan(
                named(spec, "--vnfs", vnfs, Plan.Vnfs.values()),
                range[0],
                range[1],
                size,
                others,
                quick,
                r,
                s,
                c,
                new LinkedHashSet<>(only),
                seed,
                Runtime.getRuntime().availableProcessors());
    }

    /// How long it may take.
    ///
    /// @return seconds; 0 if nobody said
    double seconds() {
        return minutes == null ? 0 : 60 * minutes;
    }

    private int[] range(CommandSpec spec) {
        String text = chain == null ? quick ? "2..4" : "2..8" : chain;
        Matcher m = CHAIN.matcher(text);
        if (!m.matches()) {
            throw bad(spec, "--chain is a number or FROM..TO, not \"" + text + "\"");
        }
        int from = Integer.parseInt(m.group(1));
        int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
        if (from < 1 || to > LONGEST_CHAIN || from > to) {
            throw bad(spec, "--chain lies within 1..8, not " + text);
        }
        return new int[] {from, to};
    }

    private static <E extends Enum<E>> E named(
            CommandSpec spec, String option, String text, E[] values) {
        for (E value : values) {
            if (value.toString().equals(text.strip().toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        throw bad(spec, "%s is one of %s, not %s".formatted(option, Arrays.toString(values), text));
    }

    /// Where results go.
    ///
    /// @param spec of the command, for messages
    /// @param name of the experiment
    /// @return a folder that is not there yet
    Path out(CommandSpec spec, String name) {
        Path folder =
                out != null
                        ? out
                        : Path.of(
                                "results-%s-%s"
                                        .formatted(
                                                name,
                                                LocalDateTime.now()
                                                        .format(
                                                                DateTimeFormatter.ofPattern(
                                                                        "yyyyMMdd-HHmmss"))));
        if (Files.exists(folder)) {
            throw bad(spec, folder + " exists; name another folder with --out, or remove it");
        }
        return folder;
    }

    private static ParameterException bad(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
