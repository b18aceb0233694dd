package org.skyway.experiments.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private final int seconds;
    private final PrintStream out;
    private final VmHost host;
    private ConsoleView left;
    private ConsoleView right;

    VmDemo(int seconds, PrintStream out) {
        this.seconds = Math.max(3, seconds);
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
        out.println("First every packet passes the switch.");
        double first = phase();
        out.println("Now bypasses are allowed: ivshmem devices are hot-plugged into both guests.");
        bypass(true);
        awaitLinks(2);
        double bypass = phase();
        out.println("A rule ends one link, and nothing is lost.");
        ofctl("add-flow", ENDING + ",actions=drop");
        awaitLinks(1);
        phase();
        out.println("The rule is deleted, and the link comes back.");
        host.ofctl("--strict", "del-flows", ENDING);
        awaitLinks(2);
        double again = phase();
        out.println("Once more through the switch, now that all compilers have warmed up.");
        bypass(false);
        double last = phase();
        if (keep) {
            bypass(true);
            stay();
        }
        return summary(Math.max(first, last), Math.max(bypass, again));
    }

    private double phase() throws IOException, InterruptedException {
        double sum = 0;
        int counted = 0;
        out.printf("  %-6s %-22s %-22s%n", "second", "left -> right", "right -> left");
        for (int second = 1; second <= seconds; second++) {
            Thread.sleep(1000);
            double there = right.port("rxMpps");
            double back = left.port("rxMpps");
            out.printf(
                    "  %-6d %8.3f Mpps %-8s %8.3f Mpps %-8s%n",
                    second, there, way("vnf1"), back, way("vnf2"));
            if (second > seconds / 2) {
                sum += there + back;
                counted++;
            }
        }
        return sum / counted;
    }

    private int summary(double normal, double bypass) throws IOException, InterruptedException {
        JsonNode there = right.last();
        JsonNode back = left.last();
        host.guests().kill("left");
        host.guests().kill("right");
        host.await("ports without drivers", PATIENCE, () -> host.drivers() == 0);
        out.println();
        out.println("What was seen:");
        out.printf("  through the switch %.3f Mpps, past it %.3f Mpps%n", normal, bypass);
        out.println(
                "  (both directions together; without KVM the processors of the guests are emulated,");
        out.println("   and that is what limits them, not the channel)");
        out.printf("  reordered or duplicated: %d%n", disorder(there) + disorder(back));
        boolean good = disorder(there) + disorder(back) == 0;
        // What a guest had sent when it was killed is still forwarded for a moment.
        host.await("counters at rest", PATIENCE, () -> counts().equals(counts()));
        String flows =
                Program.output(host.runDirectory(), "ovs-ofctl", "dump-flows", VmHost.BRIDGE);
        for (JsonNode port : host.control().ask(ControlClient.request("stats")).get("ports")) {
            long sent = port.get("rxPackets").asLong();
            long entry = Demo.packetsOf(flows, port.get("number").asInt());
            good &= entry == sent;
            out.printf(
                    "  port %s sent %d packets, %d of them past the switch; its flow entry has %s%n",
                    port.get("name").asText(),
                    sent,
                    port.get("bypassRxPackets").asLong(),
                    entry == sent ? "as many" : entry + ", WHICH IS NOT EQUAL");
        }
        return good ? 0 : 1;
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

    private void bypass(boolean on) {
        host.control().ask(ControlClient.request("bypass").put("on", on));
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
