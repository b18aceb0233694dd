package org.skyway.vswitch.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway ctl capture`.
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        description = {
            "Captures what a port sends and receives, as pcapng, until Ctrl-C. Its bypasses are"
                    + " taken",
            "back before the first packet and come back afterwards. For instance:",
            "  skyway ctl capture vnf1 -w - udp,tp_dst=53 | tcpdump -nr -"
        })
final class CaptureCommand extends CtlCommand.Request {
    private static final long STOP_SECONDS = 5;

    // spotless:off
    @Parameters(index = "0", paramLabel = "PORT", description = "name or number of the port")
    private String port;
    @Parameters(index = "1..*", paramLabel = "MATCH",
            description = {
                "only packets that match, as ovs-ofctl writes it, for instance"
                        + " tcp,nw_dst=10.0.0.1;",
                "in_port is the captured port in both directions"
            })
    private List<String> match = List.of();
    @Option(names = {"-w", "--write"}, paramLabel = "FILE", required = true, description = "where to write; - for standard output")
    private String file;
    @Option(names = {"-s", "--snaplen"}, paramLabel = "BYTES", description = "most bytes of a packet that are kept (default: ${DEFAULT-VALUE})")
    private int snapLength = 65_535;
    @Option(names = {"-c", "--count"}, paramLabel = "N", description = "end after so many packets, or a few more")
    private long count = Long.MAX_VALUE;
    // spotless:on

    private volatile boolean stopped;

    CaptureCommand() {}

    @Override
    public Integer call() {
        CountDownLatch done = new CountDownLatch(1);
        // Ctrl-C: what was captured is written, and said, before the process ends.
        Thread hook =
                new Thread(
                        () -> {
                            stopped = true;
                            await(done);
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return capture();
        } finally {
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                spec.commandLine()
                        .getErr()
                        .flush(); // the process is ending, which is why it is here
            }
        }
    }

    private static void await(CountDownLatch done) {
        try {
            done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int capture() {
        JsonNode last = null;
        try (ControlClient client = client()) {
            ObjectNode request =
                    ControlClient.request("capture")
                            .put("port", port)
                            .put("match", String.join(",", match))
                            .put("snapLength", snapLength)
                            .put("more", true);
            try (CaptureFile out = CaptureFile.open(file, () -> client.ask(request))) {
                last = out.first();
                while (!stopped
                        && last.path("captured").asLong() < count
                        && !last.hasNonNull("ended")) {
                    last = out.take(client.ask(request));
                }
                last = out.take(client.ask(request.put("more", false)));
            } catch (CaptureFile.NobodyReadsException e) {
                return summary(e.last(), null);
            } catch (IOException e) {
                return summary(
                        last,
                        "can't write %s: %s; what is in it is whole"
                                .formatted(file, e.getMessage()));
            }
        }
        return summary(last, last.path("ended").asText(null));
    }

    private int summary(JsonNode last, String why) {
        if (last != null) {
            long dropped = last.path("dropped").asLong();
            spec.commandLine()
                    .getErr()
                    .printf(
                            "%d packets captured of %d at port %s%s%n",
                            last.path("captured").asLong(),
                            last.path("seen").asLong(),
                            port,
                            dropped == 0
                                    ? ""
                                    : ", %d dropped because they were read too slowly"
                                            .formatted(dropped));
        }
        if (why != null) {
            throw new ConfigException(why);
        }
        return 0;
    }
}
