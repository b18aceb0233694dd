package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway guest-image`: builds what guests boot.
@Command(
        name = "guest-image",
        description =
                "Builds kernel and initial file system for guests that run VNF programs, unless it was built before.",
        mixinStandardHelpOptions = true)
public final class GuestImageCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--cache", paramLabel = "DIR", description = "Where images are kept. Default: skyway in the user's cache directory.")
    Path cache;
    @Option(names = "--testpmd", description = "The one with DPDK's testpmd and the driver in C, which `skyway build --dpdk` builds first.")
    boolean testpmd;
    @Option(names = "--linux", description = "A plain Linux with virtio network devices.")
    boolean linux;
    // spotless:on

    /// For picocli.
    public GuestImageCommand() {}

    /// Runs the command.
    ///
    /// @param args see `--help`
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new GuestImageCommand());
        line.setExecutionExceptionHandler((e, command, _) -> {
            if (!(e instanceof IOException)) {
                throw e;
            }
            command.getErr().println("skyway guest-image: " + e.getMessage());
            return 1;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("skyway.home", "."));
        Path place = cache == null ? GuestImage.defaultCache() : cache;
        GuestImage image =
                linux
                        ? GuestImage.linux(place)
                        : testpmd ? GuestImage.testpmd(home, place) : GuestImage.build(home, place);
        System.out.println("kernel " + image.kernel());
        System.out.println("initrd " + image.initrd());
        return 0;
    }
}
