package org.skyway.experiments.vm.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.host.Guests;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;

/// A switch in a process of its own, a libvirtd of our own, and guests, for demos and experiments.
public final class VmHost implements AutoCloseable {
    /// The bridge's name.
    public static final String BRIDGE = "br0";

    private final PrintStream out;
    private final RunFolder folder = new RunFolder();
    private final Undertaker undertaker = new Undertaker(); // works even if this process is killed
    private final List<AutoCloseable> started = new ArrayList<>();
    private final Map<String, GuestSpec> specs = new HashMap<>();
    private final PrivateLibvirt libvirt;
    private final int ports;
    private final String uri;
    private Program vswitchd;
    private ControlClient control;
    private Guests guests;
    private Chain chain;

    /// Starts libvirtd and the switch.
    ///
    /// @param out told what happens
    /// @param ports how many; named vnf1 and so on
    public VmHost(PrintStream out, int ports) {
        this.out = out;
        this.ports = ports;
        buryAtEnd(folder.path());
        String missing = PrivateLibvirt.missing();
        if (missing != null) {
            throw new ExperimentException("guests need: " + missing);
        }
        try {
            out.println("Starting a libvirtd of our own and the switch in " + runDirectory());
            libvirt = PrivateLibvirt.start(GuestImage.defaultCache().resolve("libvirt-demo"));
            started.add(libvirt);
            uri = libvirt.uri();
            startSwitch();
        } catch (IOException | RuntimeException e) {
            close();
            throw new ExperimentException(e.getMessage(), e);
        }
    }

    private void startSwitch() {
        vswitchd = vswitchd();
        started.add(vswitchd);
        undertaker.endProcess(vswitchd.pid(), runDirectory().toString());
        vswitchd.await(
                line -> line.contains("has warmed up"), Duration.ofSeconds(60), "it is ready");
        control = new ControlClient(runDirectory());
        started.add(control);
    }

    /// Kills the switch (SIGKILL) and starts another in its place.
    ///
    /// @param libvirtdToo whether libvirtd is killed and started again meanwhile
    public void replaceSwitch(boolean libvirtdToo) {
        started.remove(control);
        control.close();
        vswitchd.kill();
        started.remove(vswitchd);
        vswitchd.close();
        try {
            if (libvirtdToo) {
                libvirt.restart();
            }
            startSwitch();
            if (libvirtdToo) {
                guests.reconnect();
            }
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        }
    }

    private Program vswitchd() {
        String directory = runDirectory().toString();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "vswitchd",
                                "--rundir",
                                directory,
                                "--bridge",
                                BRIDGE,
                                "--libvirt-uri",
                                uri));
        for (int i = 1; i <= ports; i++) {
            command.add("--port");
            command.add("%d:dpdkr:vnf%d".formatted(i, i));
        }
        return Program.skyway(
                "vswitchd", runDirectory(), line -> {}, command.toArray(String[]::new));
    }

    // Guests leave with their libvirtd, but regions of ports outlive a switch on purpose.
    private void buryAtEnd(Path directory) {
        undertaker.atEnd("rm -rf '" + directory + "'");
        undertaker.atEnd("rm -f /dev/shm/" + RegionStore.of(directory).prefix() + "*");
    }

    /// The switch's run directory.
    ///
    /// @return the directory
    public Path runDirectory() {
        return folder.path();
    }

    /// The switch.
    ///
    /// @return a client of it
    public ControlClient control() {
        return control;
    }

    /// The guests.
    ///
    /// @return those that were booted
    public Guests guests() {
        return guests;
    }

    /// The programs on the host: the switch.
    ///
    /// @return running programs
    public List<Program> programs() {
        return List.of(vswitchd);
    }

    /// Packets that both VNFs have been given, by whatever way.
    ///
    /// @return packets so far, of all ports
    public long delivered() {
        long sum = 0;
        for (JsonNode port : control.ask(ControlClient.request("stats")).get("ports")) {
            sum += port.get("txPackets").asLong();
        }
        return sum;
    }

    /// Boots a guest.
    ///
    /// @param name the guest's
    /// @param port the port that it drives
    /// @param program the VNF program and its options, but not its port
    /// @return what it prints
    /// @throws IOException if it can't be started
    /// @throws InterruptedException if interrupted while the image is built
    public ConsoleView boot(String name, String port, String... program)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(program));
        arguments.addAll(List.of("--port", port, "--json-stats"));
        return start(name, port, arguments.toArray(String[]::new));
    }

    /// Boots a guest with a program whose options are given whole.
    ///
    /// @param name the guest's
    /// @param port the port that it drives
    /// @param program the program and all of its options
    /// @return what it prints
    /// @throws IOException if it can't be started
    /// @throws InterruptedException if interrupted while the image is built
    public ConsoleView start(String name, String port, String... program)
            throws IOException, InterruptedException {
        if (guests == null) {
            out.println("Building what the guests boot, unless it was built before.");
            Path home = Path.of(System.getProperty("skyway.home", "."));
            guests = new Guests(uri);
            started.add(guests);
            chain = new Chain(control, new Images(home), runDirectory().resolve("g"));
        }
        GuestSpec spec = chain.guest(name, List.of(program), List.of(port), -1);
        guests.start(spec);
        specs.put(name, spec);
        return new ConsoleView(spec.console());
    }

    /// The socket by which a guest's program is told what to do.
    ///
    /// @param guest its name
    /// @return see [GuestSpec#commands]
    public Path commands(String guest) {
        return specs.get(guest).commands();
    }

    /// Changes flow entries with `ovs-ofctl`.
    ///
    /// @param arguments options, sub-command; the bridge and the flow come last
    public void ofctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(arguments));
        command.add(command.size() - 1, BRIDGE);
        Program.output(runDirectory(), command.toArray(String[]::new));
    }

    /// How many links are active.
    ///
    /// @return links
    public long activeLinks() {
        long active = 0;
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            active += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
        }
        return active;
    }

    /// How many ports of guests have a driver.
    ///
    /// @return ports
    public int drivers() {
        int drivers = 0;
        for (JsonNode port : control.ask(ControlClient.request("machines"))) {
            drivers += port.get("driver").asBoolean() ? 1 : 0;
        }
        return drivers;
    }

    /// Waits.
    ///
    /// @param what is waited for, for the message
    /// @param patience how long
    /// @param condition true when it is there
    /// @throws InterruptedException if interrupted meanwhile
    public void await(String what, Duration patience, Callable<Boolean> condition)
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
                Thread.sleep(20);
            }
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ExperimentException(what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Closing.lastFirst(started, out::println);
        folder.close();
        undertaker.close();
    }
}
