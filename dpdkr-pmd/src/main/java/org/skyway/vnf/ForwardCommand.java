package org.skyway.vnf;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.skyway.vnf.relay.PacketFilter;
import org.skyway.vnf.relay.RelayWork;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "forward",
        description = "Forwards everything between two ports, both ways.",
        mixinStandardHelpOptions = true)
final class ForwardCommand implements Callable<Integer> {
    @Mixin PortPair pair;
    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PacketFilter all = (_, _, count) -> count;
        return Runner.run(
                "forward",
                options,
                pair.check(),
                ports ->
                        new RelayWork(
                                ports.get(0), ports.get(1), all, all, options.burst(), _ -> {}));
    }
}
