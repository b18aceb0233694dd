package org.skyway.experiments.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway demo`.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a chain of three VNFs with traffic in both directions, first through the switch and then",
            "past it; ends and brings back the bypass by OpenFlow rules; and compares all counters."
        })
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--keep",
            description = "leave the chain up until Ctrl-C, to play with ovs-ofctl")
    private boolean keep;

    @Option(
            names = "--vms",
            description = "two virtual machines under a libvirtd of their own instead of processes")
    private boolean machines;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "length of each phase (default: 8, and 15 with --vms)")
    private Integer seconds;

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
        if (machines) {
            try (VmDemo demo = new VmDemo(seconds == null ? 15 : seconds, System.out)) {
                return demo.run(keep);
            }
        }
        try (Demo demo = new Demo(seconds == null ? 8 : seconds, size, System.out)) {
            return demo.run(keep);
        }
    }
}
