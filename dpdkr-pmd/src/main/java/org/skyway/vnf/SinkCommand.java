package org.skyway.vnf;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import org.skyway.vnf.traffic.SinkOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sink",
        description = "Receives frames and finds losses, duplicates, reordering and latency.",
        mixinStandardHelpOptions = true)
final class SinkCommand implements Callable<Integer> {
    @Option(names = "--port", required = true, paramLabel = "NAME", description = "The port.")
    String port;

    @Mixin SinkOptions sink;
    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        sink.check();
        return Runner.run(
                "sink",
                options,
                List.of(port),
                ports -> sink.open(ports.getFirst(), options.burst()));
    }
}
