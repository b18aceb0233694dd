package org.skyway.vnf;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import org.skyway.vnf.traffic.ExchangeWork;
import org.skyway.vnf.traffic.SinkOptions;
import org.skyway.vnf.traffic.SourceOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "exchange",
        description = "A source and a sink on one port: the end of a chain with traffic both ways.",
        mixinStandardHelpOptions = true)
final class ExchangeCommand implements Callable<Integer> {
    @Option(names = "--port", required = true, paramLabel = "NAME", description = "The port.")
    String port;

    @Mixin SourceOptions source;
    @Mixin SinkOptions sink;
    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        source.check();
        sink.check();
        return Runner.run(
                "exchange",
                options,
                List.of(port),
                ports ->
                        new ExchangeWork(
                                source.open(ports.getFirst(), options.burst(), false),
                                sink.open(ports.getFirst(), options.burst())));
    }
}
