package org.skyway.experiments.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `skyway demo`.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a chain of three VNFs with traffic in both directions, first through the switch and then",
            "past it; ends and brings back the bypass by OpenFlow rules; and compares all counters."
        })
public final class DemoCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--keep", description = "leave the chain up until Ctrl-C, to play with ovs-ofctl")
    private boolean keep;
    @Option(names = "--vms", description = "two virtual machines under a libvirtd of their own instead of processes")
    private boolean machines;
    @Option(names = "--dpdk", description = "DPDK's testpmd, with the driver in C, as the VNF in the middle")
    private boolean dpdk;
    @Option(names = "--seconds", paramLabel = "N", description = "length of each half of a round, 1 to 3600 (default: 3, and 8 with --vms)")
    private Integer seconds;
    @Option(names = "--rounds", paramLabel = "N",
            description = "rounds, each through the switch and then past it, 1 to 1000 (default: 5, and 3 with --vms)")
    private Integer rounds;
    // spotless:on

    @Spec private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "frame sizes, see `skyway vnf exchange` (default: ${DEFAULT-VALUE})")
    private String size;

    /// For picocli.
    public DemoCommand() {}

    @Override
    public Integer call() {
        int length = within("--seconds", seconds, machines ? 8 : 3, 3600);
        int turns = within("--rounds", rounds, machines ? 3 : 5, 1000);
        if (machines && dpdk) {
            throw new ParameterException(spec.commandLine(), "--vms and --dpdk exclude each other");
        }
        if (machines) {
            try (VmDemo demo = new VmDemo(length, turns, System.out)) {
                return demo.run(keep);
            }
        }
        try (Demo demo = new Demo(length, turns, size, System.out, dpdk)) {
            return demo.run(keep);
        }
    }

    private int within(String option, Integer value, int ifMissing, int most) {
        int n = value == null ? ifMissing : value;
        if (n < 1 || n > most) {
            throw new ParameterException(
                    spec.commandLine(), "%s is 1 to %d, not %d".formatted(option, most, n));
        }
        return n;
    }
}
