package org.skyway.vnf;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.skyway.vnf.relay.FlowCensus;
import org.skyway.vnf.relay.RelayWork;
import org.skyway.vnf.run.BadInputException;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "monitor",
        description = "Forwards everything between two ports and counts it by flow.",
        mixinStandardHelpOptions = true)
final class MonitorCommand implements Callable<Integer> {
    @Mixin PortPair pair;

    @Option(
            names = "--max-flows",
            paramLabel = "N",
            defaultValue = "65536",
            description = "Most flows in the table (${DEFAULT-VALUE}).")
    int maxFlows;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "Flows in each report, those with the most packets (${DEFAULT-VALUE}).")
    int top;

    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (maxFlows < 1 || maxFlows > FlowCensus.MAX_FLOWS || top < 0) {
            throw new BadInputException(
                    "--max-flows is 1 to %d and --top not negative, not %d and %d"
                            .formatted(FlowCensus.MAX_FLOWS, maxFlows, top));
        }
        // One table for both directions: one thread polls both.
        FlowCensus flows = new FlowCensus(maxFlows);
        return Runner.run(
                "monitor",
                options,
                pair.check(),
                ports ->
                        new RelayWork(
                                ports.get(0),
                                ports.get(1),
                                flows,
                                flows,
                                options.burst(),
                                report -> flows.describe(report, top)));
    }
}
