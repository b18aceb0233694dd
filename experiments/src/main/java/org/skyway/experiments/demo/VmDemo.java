package org.skyway.experiments.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.chain.Chain;
import org.skyway.experiments.vm.chain.ConsoleView;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.host.Guests;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.daemon.ControlClient;

/// The demo with virtual machines: two guests under a libvirtd of their own, sending to each other
/// through the switch and then past it.
final class VmDemo implements AutoCloseable {
    private static final String BRIDGE = "br0";
    private static final Duration BOOT = Duration.ofSeconds(120);

    private final int seconds;
    private final PrintStream out;
    private final RunFolder folder = new RunFolder();
    private final Path runDirectory = folder.path();
    private final List<AutoCloseable> started = new ArrayList<>();
    private ControlClient control;
    private Guests guests;
    private ConsoleView left;
    private ConsoleView right;

    VmDemo(int seconds, PrintStream out) {
        this.seconds = Math.max(3, seconds);
        this.out = out;
    }

    int run(boolean keep) {
        try {
            PrivateLibvirt libvirt = startSwitch();
            say("Rules come in through OpenFlow: each guest's traffic goes to the other.");
            control.ask(ControlClient.request("bypass").put("on", false));
            ofctl("priority=100,in_port=1,actions=output:2");
            ofctl("priority=100,in_port=2,actions=output:1");
            startGuests(libvirt);
            say("First every packet passes the switch.");
            double normal = phase();
            say("Now bypasses are allowed: ivshmem devices are hot-plugged into both guests.");
            control.ask(ControlClient.request("bypass").put("on", true));
            await("two links", Duration.ofSeconds(30), () -> active() == 2);
            double bypass = phase();
            say("A rule ends one link, without losing a packet, and its deletion brings it back.");
            ofctl("priority=200,in_port=1,udp,tp_dst=7777,actions=drop");
            await("one link", Duration.ofSeconds(30), () -> active() == 1);
            phase();
            Program.output(
                    runDirectory,
                    "ovs-ofctl",
                    "--strict",
                    "del-flows",
                    BRIDGE,
                    "priority=200,in_port=1,udp,tp_dst=7777");
            await("two links", Duration.ofSeconds(30), () -> active() == 2);
            double again = phase();
            say("Once more through the switch, now that all compilers have warmed up.");
            control.ask(ControlClient.request("bypass").put("on", false));
            double last = phase();
            if (keep) {
                control.ask(ControlClient.request("bypass").put("on", true));
                stay();
            }
            return summary(Math.max(normal, last), Math.max(bypass, again));
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private PrivateLibvirt startSwitch() throws IOException {
        String missing = PrivateLibvirt.missing();
        if (missing != null) {
            throw new ExperimentException("guests need: " + missing);
        }
        say("Starting a libvirtd of our own and the switch in " + runDirectory);
        PrivateLibvirt libvirt =
                PrivateLibvirt.start(GuestImage.defaultCache().resolve("libvirt-demo"));
        started.add(libvirt);
        Program vswitchd =
                Program.skyway(
                        "vswitchd",
                        runDirectory,
                        line -> {},
                        "vswitchd",
                        "--rundir",
                        runDirectory.toString(),
                        "--bridge",
                        BRIDGE,
                        "--libvirt-uri",
                        libvirt.uri(),
                        "--port",
                        "1:dpdkr:vnf1",
                        "--port",
                        "2:dpdkr:vnf2");
        started.add(vswitchd);
        vswitchd.await(line -> line.contains("is ready"), Duration.ofSeconds(60), "it is ready");
        control = new ControlClient(runDirectory);
        started.add(control);
        return libvirt;
    }

    private void startGuests(PrivateLibvirt libvirt) throws IOException, InterruptedException {
        say("Building what the guests boot, unless it was built before.");
        Path home = Path.of(System.getProperty("skyway.home", "."));
        GuestImage image = GuestImage.build(home, GuestImage.defaultCache());
        say("Starting two guests.");
        guests = new Guests(libvirt.uri());
        started.add(guests);
        Chain chain = new Chain(control, image, runDirectory.resolve("g"));
        left = boot(chain, "left", "vnf1", 1);
        right = boot(chain, "right", "vnf2", 2);
        long begin = System.nanoTime();
        await("drivers in both guests", BOOT, () -> drivers() == 2);
        out.printf("  both guests poll after %.1f s%n", (System.nanoTime() - begin) / 1e9);
    }

    private ConsoleView boot(Chain chain, String name, String port, int id) throws IOException {
        GuestSpec spec =
                chain.guest(
                        name,
                        List.of(
                                "exchange",
                                "--port",
                                port,
                                "--id",
                                Integer.toString(id),
                                "--json-stats"),
                        List.of(port),
                        -1);
        guests.start(spec);
        return new ConsoleView(spec.console());
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
        guests.kill("left");
        guests.kill("right");
        await("ports without drivers", Duration.ofSeconds(20), () -> drivers() == 0);
        JsonNode ports = control.ask(ControlClient.request("stats")).get("ports");
        String flows = Program.output(runDirectory, "ovs-ofctl", "dump-flows", BRIDGE);
        out.println();
        say("What was seen:");
        out.printf("  through the switch %.3f Mpps, past it %.3f Mpps%n", normal, bypass);
        out.println(
                "  (both directions together; without KVM the processors of the guests are emulated,");
        out.println("   and that is what limits them, not the channel)");
        boolean equal = true;
        for (JsonNode port : ports) {
            String entry = "n_packets=" + port.get("rxPackets").asLong() + ",";
            boolean ok = flows.contains(entry);
            equal &= ok;
            out.printf(
                    "  port %s sent %d packets, %d of them past the switch; its flow entry has %s%n",
                    port.get("name").asText(),
                    port.get("rxPackets").asLong(),
                    port.get("bypassRxPackets").asLong(),
                    ok ? "as many" : "ANOTHER COUNT");
        }
        return equal ? 0 : 1;
    }

    private void stay() throws InterruptedException {
        say("The guests stay up. In another terminal, try for instance:");
        out.printf("  export OVS_RUNDIR=%s SKYWAY_RUNDIR=%s%n", runDirectory, runDirectory);
        out.println("  ovs-ofctl dump-flows br0; ./skyway ctl links; ./skyway ctl agent");
        say("Ctrl-C ends it.");
        while (guests.isRunning("left") && guests.isRunning("right")) {
            Thread.sleep(1000);
        }
    }

    private String way(String from) {
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            if (link.get("from").asText().equals(from)
                    && link.get("state").asText().equals("ACTIVE")) {
                return "bypass";
            }
        }
        return "switch";
    }

    private long active() {
        long active = 0;
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            active += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
        }
        return active;
    }

    private int drivers() {
        int drivers = 0;
        for (JsonNode port : control.ask(ControlClient.request("machines"))) {
            drivers += port.get("driver").asBoolean() ? 1 : 0;
        }
        return drivers;
    }

    private void await(String what, Duration patience, Callable<Boolean> condition)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - end > 0) {
                    throw new ExperimentException(
                            "no %s after %d s: %s %s"
                                    .formatted(
                                            what,
                                            patience.toSeconds(),
                                            control.ask(ControlClient.request("links")),
                                            control.ask(ControlClient.request("machines"))));
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ExperimentException(what + ": " + e.getMessage(), e);
        }
    }

    private void ofctl(String flow) {
        out.println("  $ ovs-ofctl add-flow " + BRIDGE + " '" + flow + "'");
        Program.output(runDirectory, "ovs-ofctl", "add-flow", BRIDGE, flow);
    }

    private void say(String line) {
        out.println(line);
    }

    @Override
    public void close() {
        for (AutoCloseable part : started.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                out.println("while ending: " + e.getMessage());
            }
        }
        folder.close();
    }
}
