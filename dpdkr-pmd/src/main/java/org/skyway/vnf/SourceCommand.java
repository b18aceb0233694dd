package org.skyway.vnf;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import org.skyway.vnf.traffic.SourceOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "source",
        description = "Sends synthetic frames, or those of a capture file.",
        mixinStandardHelpOptions = true)
final class SourceCommand implements Callable<Integer> {
    @Option(names = "--port", required = true, paramLabel = "NAME", description = "The port.")
    String port;

    @Mixin SourceOptions source;
    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        source.check();
        return Runner.run(
                "source",
                options,
                List.of(port),
                ports -> source.open(ports.getFirst(), options.burst(), true));
    }
}
