package org.skyway.experiments.vm.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.chain.VmHost;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;
import org.skyway.vswitch.journal.Journal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway experiment setup`: the time from a flow-mod to the first bypassed packet, by step. The
/// paper's section on the set-up time says about 100 ms with KVM.
@Command(
        name = "setup",
        mixinStandardHelpOptions = true,
        description = "Measures the time from a flow-mod to the first bypassed packet, by step.")
public final class SetupCommand implements Callable<Integer> {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";
    private static final String MATCH = "priority=100,in_port=1";
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WARM_UP_ROUNDS = 30; // guests compile for a quarter of a minute
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What is in between two points in time.
    private enum Step {
        DETECTED("flow-mod received, link detected"),
        PLUGGING("region made, both sides asked"),
        PLUGGED_ONE("device plugged into one guest"),
        PLUGGED_BOTH("device plugged into the other guest"),
        MAPPED_ONE("found and mapped by one driver"),
        MAPPED_BOTH("found and mapped by the other driver"),
        READY("sender told to use it"),
        ACTIVE("sender obeyed the command"),
        PACKET("first bypassed packet seen"),
        TOTAL("flow-mod to first bypassed packet");

        private final String text;

        Step(String text) {
            this.text = text;
        }
    }

    /// What the VNFs run in; processes are measured by the demo.
    private enum Vnfs {
        VM
    }

    @Option(
            names = "--vnfs",
            paramLabel = "KIND",
            defaultValue = "VM",
            description = "vm, the default")
    private Vnfs vnfs;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "rounds after the warm-up (${DEFAULT-VALUE})")
    private int rounds;

    /// For picocli.
    public SetupCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        List<Long> firstPackets = new ArrayList<>();
        try (VmHost host = new VmHost(System.out, 2)) {
            host.boot("sink", "vnf2", "sink");
            host.boot("source", "vnf1", "source", "--rate", "1000");
            host.await("drivers in both guests", BOOT, () -> host.drivers() == 2);
            System.out.printf("%d rounds of warm-up, then %d rounds%n", WARM_UP_ROUNDS, rounds);
            // The sender's own counter, in its port's region: to ask the switch for it all the time
            // would cost a fifth of a core, and the guests need both.
            Path port = RegionStore.of(host.runDirectory()).lastingPath("port-vnf1");
            try (Region region = Region.open(port, Files.size(port))) {
                StatisticsBlock sender = new StatisticsBlock(region.address());
                for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                    firstPackets.add(round(host, sender));
                }
            }
            List<String> events = new ArrayList<>();
            Journal.read(host.runDirectory(), false, events::add);
            print(steps(events, firstPackets));
            return 0;
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        }
    }

    /// @return when the first bypassed packet was seen, in nanoseconds of the journal's clock
    private static long round(VmHost host, StatisticsBlock sender) throws InterruptedException {
        long before = sender.txPackets();
        host.ofctl("add-flow", FLOW);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (sender.txPackets() == before) {
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException(
                        "no packet took the bypass: "
                                + host.control().ask(ControlClient.request("links")));
            }
            Thread.sleep(0, 200_000);
        }
        Instant now = Instant.now();
        host.await("active link", PATIENCE, () -> host.activeLinks() == 1);
        host.ofctl("--strict", "del-flows", MATCH);
        host.control().ask(ControlClient.request("vm-hold").put("domain", "source"));
        host.await("unplugged devices", PATIENCE, () -> devices(host).isEmpty());
        host.control().ask(ControlClient.request("vm-release").put("domain", "source"));
        Thread.sleep(200);
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static String devices(VmHost host) {
        StringBuilder devices = new StringBuilder();
        for (JsonNode row : host.control().ask(ControlClient.request("machines"))) {
            devices.append(row.get("devices").asText());
        }
        return devices.toString();
    }

    /// @return milliseconds of each step, by round
    private static List<Map<Step, Double>> steps(List<String> events, List<Long> firstPackets)
            throws JsonProcessingException {
        List<Map<Step, Double>> result = new ArrayList<>();
        long begin = 0;
        long last = 0;
        Map<Step, Double> current = null;
        for (String line : events) {
            JsonNode event = JSON.readTree(line);
            long nanos = event.path("nanos").asLong();
            String kind = event.path("event").asText();
            if (kind.equals("flow-add")) {
                begin = nanos;
                last = nanos;
                current = new EnumMap<>(Step.class);
            } else if (current != null) {
                Step step = step(event, current);
                if (step != null && !current.containsKey(step)) {
                    current.put(step, (nanos - last) / 1e6);
                    last = nanos;
                }
                if (step == Step.ACTIVE) {
                    long packet = firstPackets.get(result.size());
                    current.put(Step.PACKET, (packet - last) / 1e6);
                    current.put(Step.TOTAL, (packet - begin) / 1e6);
                    result.add(current);
                    current = null;
                }
            }
        }
        return result;
    }

    private static Step step(JsonNode event, Map<Step, Double> before) {
        return switch (event.path("event").asText()) {
            case "link" -> linkStep(event.path("state").asText());
            case "link-step" ->
                    event.path("step").asText().equals("plugged")
                            ? before.containsKey(Step.PLUGGED_ONE)
                                    ? Step.PLUGGED_BOTH
                                    : Step.PLUGGED_ONE
                            : before.containsKey(Step.MAPPED_ONE)
                                    ? Step.MAPPED_BOTH
                                    : Step.MAPPED_ONE;
            default -> null;
        };
    }

    private static Step linkStep(String state) {
        return switch (state) {
            case "DETECTED" -> Step.DETECTED;
            case "PLUGGING" -> Step.PLUGGING;
            case "READY" -> Step.READY;
            case "ACTIVE" -> Step.ACTIVE;
            default -> null;
        };
    }

    private static void print(List<Map<Step, Double>> all) {
        List<Map<Step, Double>> measured = all.subList(WARM_UP_ROUNDS, all.size());
        System.out.printf(
                "%-45s %8s %8s %8s %8s %8s%n", "step, ms", "min", "25 %", "median", "75 %", "max");
        for (Step step : Step.values()) {
            double[] sorted = measured.stream().mapToDouble(r -> r.get(step)).sorted().toArray();
            System.out.printf(
                    "%-45s %8.2f %8.2f %8.2f %8.2f %8.2f%n",
                    step.text,
                    sorted[0],
                    sorted[sorted.length / 4],
                    sorted[sorted.length / 2],
                    sorted[sorted.length * 3 / 4],
                    sorted[sorted.length - 1]);
        }
        System.out.printf(
                "%d rounds, two guests, %d cores; the link is looked at every 0.25 ms or so%n",
                measured.size(), Runtime.getRuntime().availableProcessors());
    }
}
