package org.skyway.experiments.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Ofctl;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.chain.ConsoleView;
import org.skyway.experiments.vm.chain.VmHost;
import org.skyway.vswitch.daemon.ControlClient;

/// The demo with virtual machines: two guests under a libvirtd of their own, sending to each other
/// through the switch and then past it.
final class VmDemo implements AutoCloseable {
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ENDING = "priority=200,in_port=1,udp,tp_dst=7777";

    private static final int WARM_UP_SECONDS = 15;
    private static final long SETTLING_MILLIS = 500;

    private final int seconds;
    private final int rounds;
    private final PrintStream out;
    private final VmHost host;
    private ConsoleView left;
    private ConsoleView right;
    private int secondsSeen;
    private int secondsAsWanted;

    VmDemo(int seconds, int rounds, PrintStream out) {
        this.seconds = seconds;
        this.rounds = rounds;
        this.out = out;
        host = new VmHost(out, 2);
    }

    int run(boolean keep) {
        try {
            return show(keep);
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private int show(boolean keep) throws IOException, InterruptedException {
        out.println("Rules come in through OpenFlow: each guest's traffic goes to the other.");
        bypass(false);
        ofctl("add-flow", "priority=100,in_port=1,actions=output:2");
        ofctl("add-flow", "priority=100,in_port=2,actions=output:1");
        long begin = System.nanoTime();
        left = host.boot("left", "vnf1", "exchange", "--id", "1");
        right = host.boot("right", "vnf2", "exchange", "--id", "2");
        host.await("drivers in both guests", BOOT, () -> host.drivers() == 2);
        out.printf("Both guests poll after %.1f s.%n", (System.nanoTime() - begin) / 1e9);
        out.printf(
                "Warming up for %d s, both ways: the guests' processors are emulated without KVM, and their%n",
                2 * WARM_UP_SECONDS);
        out.println(
                "compilers take a while; ivshmem devices are hot-plugged into both guests meanwhile.");
        Thread.sleep(1000L * WARM_UP_SECONDS);
        bypass(true);
        Thread.sleep(1000L * WARM_UP_SECONDS);
        out.println("A rule ends one link, and nothing is lost.");
        ofctl("add-flow", ENDING + ",actions=drop");
        awaitLinks(1);
        header();
        watch(3, 1);
        out.println("The rule is deleted, and the link comes back.");
        host.ofctl("--strict", "del-flows", ENDING);
        awaitLinks(2);
        header();
        watch(3, 2);
        out.println("Now in turn, through the switch and past it:");
        header();
        var measured = new Rounds();
        for (int round = 0; round < rounds; round++) {
            bypass(false);
            Rounds.Measured through = watch(seconds, 0);
            bypass(true);
            measured.add(through, watch(seconds, 2));
        }
        if (keep) {
            stay();
        }
        return summary(measured);
    }

    private void header() {
        out.printf("  %-6s %-22s %-22s%n", "second", "left -> right", "right -> left");
    }

    private Rounds.Measured watch(int seconds, long links) throws InterruptedException {
        long begin = System.nanoTime();
        long[] first = delivered();
        long[] before = first;
        long then = begin;
        for (int second = 1; second <= seconds; second++) {
            Thread.sleep(Math.max(1, 1000L * second - (System.nanoTime() - begin) / 1_000_000));
            long[] now = delivered();
            long at = System.nanoTime();
            secondsSeen++;
            secondsAsWanted += host.activeLinks() == links ? 1 : 0;
            out.printf(
                    "  %-6d %8.3f Mpps %-8s %8.3f Mpps %-8s%n",
                    second,
                    1e3 * (now[1] - before[1]) / (at - then),
                    way("vnf1"),
                    1e3 * (now[0] - before[0]) / (at - then),
                    way("vnf2"));
            before = now;
            then = at;
        }
        return Rounds.Measured.of(
                1e3 * (before[0] - first[0] + before[1] - first[1]) / (then - begin));
    }

    // What arrived at both ports, by either way.
    private long[] delivered() {
        JsonNode ports = host.control().ask(ControlClient.request("stats")).get("ports");
        return new long[] {
            ports.get(0).get("txPackets").asLong(), ports.get(1).get("txPackets").asLong()
        };
    }

    private int summary(Rounds measured) throws IOException, InterruptedException {
        JsonNode there = right.last();
        JsonNode back = left.last();
        host.guests().kill("left");
        host.guests().kill("right");
        host.await("ports without drivers", PATIENCE, () -> host.drivers() == 0);
        out.println();
        out.println("What was seen (both directions together, median and range):");
        measured.print(out);
        out.println(
                "  (without KVM the emulated processors of the guests are what limits them, not the channel)");
        out.println();
        out.println("What must hold:");
        var verdicts = new Verdicts();
        verdicts.judge(
                "links",
                secondsAsWanted == secondsSeen,
                "as the rules said in %d of %d seconds".formatted(secondsAsWanted, secondsSeen));
        long disorder = disorder(there) + disorder(back);
        verdicts.judge("order", disorder == 0, disorder + " reordered or duplicated");
        // What a guest had sent when it was killed is still forwarded for a moment.
        host.await("counters at rest", PATIENCE, () -> counts().equals(counts()));
        String flows =
                Program.output(host.runDirectory(), "ovs-ofctl", "dump-flows", VmHost.BRIDGE);
        for (JsonNode port : host.control().ask(ControlClient.request("stats")).get("ports")) {
            long sent = port.get("rxPackets").asLong();
            long entry = Ofctl.packetsOf(flows, port.get("number").asInt());
            verdicts.judge(
                    "counters of port " + port.get("name").asText(),
                    entry == sent,
                    "sent %d packets, %d of them past the switch; its flow entry has %d"
                            .formatted(sent, port.get("bypassRxPackets").asLong(), entry));
        }
        verdicts.print(out);
        return verdicts.good() ? 0 : 1;
    }

    private List<Long> counts() throws InterruptedException {
        Thread.sleep(100);
        List<Long> counts = new ArrayList<>();
        for (JsonNode port : host.control().ask(ControlClient.request("stats")).get("ports")) {
            counts.add(port.get("rxPackets").asLong());
            counts.add(port.get("txPackets").asLong());
        }
        return counts;
    }

    private static long disorder(JsonNode statistics) {
        return statistics.path("reordered").asLong() + statistics.path("duplicates").asLong();
    }

    private void stay() throws InterruptedException {
        out.println("The guests stay up. In another terminal, try for instance:");
        out.printf(
                "  export OVS_RUNDIR=%s SKYWAY_RUNDIR=%s%n",
                host.runDirectory(), host.runDirectory());
        out.println("  ovs-ofctl dump-flows br0; ./skyway ctl links; ./skyway ctl agent");
        out.println("Ctrl-C ends it.");
        while (host.guests().isRunning("left") && host.guests().isRunning("right")) {
            Thread.sleep(1000);
        }
    }

    private String way(String from) {
        for (JsonNode link : host.control().ask(ControlClient.request("links"))) {
            if (link.get("from").asText().equals(from)
                    && link.get("state").asText().equals("ACTIVE")) {
                return "bypass";
            }
        }
        return "switch";
    }

    private void bypass(boolean on) throws InterruptedException {
        host.control().ask(ControlClient.request("bypass").put("on", on));
        awaitLinks(on ? 2 : 0);
        Thread.sleep(SETTLING_MILLIS);
    }

    private void awaitLinks(int wanted) throws InterruptedException {
        host.await(wanted + " links", PATIENCE, () -> host.activeLinks() == wanted);
    }

    private void ofctl(String command, String flow) {
        out.println("  $ ovs-ofctl " + command + " " + VmHost.BRIDGE + " '" + flow + "'");
        host.ofctl(command, flow);
    }

    @Override
    public void close() {
        host.close();
    }
}
