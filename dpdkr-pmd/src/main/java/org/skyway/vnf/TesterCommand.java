package org.skyway.vnf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vnf.run.RunOptions;
import org.skyway.vnf.run.Runner;
import org.skyway.vnf.tester.Commands;
import org.skyway.vnf.tester.TesterWork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "tester",
        description = {
            "The ends of a chain that is measured: sends, receives and sends back on its ports as it is told, a line",
            "for each command: hello, start PORT exchange|flood|sink|reflect [RATE FLOWS SIZE], go, mark, stop, report, quit."
        },
        mixinStandardHelpOptions = true)
final class TesterCommand implements Callable<Integer> {
    @Option(
            names = "--ports",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "Its ports; commands name them by their places, from 0.")
    List<String> ports;

    @Option(
            names = "--commands",
            paramLabel = "DEVICE",
            description =
                    "In a virtual machine: a virtio-serial port with commands. Default: standard input and output.")
    Path device;

    @Mixin RunOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Commands commands = device == null ? Commands.standard() : Commands.virtioSerial(device);
        return Runner.run("tester", options, ports, counted -> new TesterWork(counted, commands));
    }
}
