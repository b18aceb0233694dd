package org.skyway.experiments.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.chain.Chain;
import org.skyway.experiments.vm.chain.Images;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.host.Guests;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.daemon.ControlClient;

/// A libvirtd of its own with a guest that sends, and maybe an agent in a process of its own. One
/// thread.
final class GuestSender implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Path directory;
    private final Chronicle chronicle;
    private final List<AutoCloseable> started = new ArrayList<>();
    private final PrivateLibvirt libvirt;
    private AgentRelay relay; // null without an agent of its own

    /// Starts all but the guest. Before the switch.
    ///
    /// @param directory of the switch
    GuestSender(Path directory, Chronicle chronicle, Stage stage) {
        this.directory = directory;
        this.chronicle = chronicle;
        try {
            libvirt = PrivateLibvirt.start(GuestImage.defaultCache().resolve("libvirt-test"));
            started.add(libvirt);
            if (stage == Stage.AGENT) {
                startAgent();
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw new ExperimentException("no guest: " + e.getMessage(), e);
        }
    }

    private void startAgent() throws IOException {
        Path own = Files.createDirectory(directory.resolve("agent"));
        Program agent =
                Program.skyway(
                        "agent",
                        own,
                        chronicle.of("agent"),
                        "agent",
                        "--rundir",
                        own.toString(),
                        "--libvirt-uri",
                        libvirt.uri());
        started.add(agent);
        agent.await(line -> line.contains("is ready"), PATIENCE, "it is ready");
        relay =
                new AgentRelay(
                        directory.resolve(RunDirectory.AGENT_SOCKET),
                        own.resolve(RunDirectory.AGENT_SOCKET),
                        chronicle);
        started.add(relay);
    }

    /// What the switch is to be told.
    List<String> options() {
        return relay == null ? List.of("--libvirt-uri", libvirt.uri()) : List.of();
    }

    /// Boots the guest, and waits for its driver.
    ///
    /// @param port that it drives
    /// @param arguments its program's
    void boot(SwitchProcess vswitch, String port, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--port", port));
        try (ControlClient control = new ControlClient(directory)) {
            Path home = Path.of(System.getProperty("skyway.home", "."));
            Chain chain = new Chain(control, new Images(home), directory.resolve("g"));
            GuestSpec guest = chain.guest("sender", all, List.of(port), -1);
            Guests guests = new Guests(libvirt.uri());
            started.add(guests);
            guests.start(guest);
        } catch (IOException e) {
            throw new ExperimentException("no guest: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while a guest's image was built", e);
        }
        vswitch.await(() -> isDriven(vswitch), PATIENCE, 100, "driver in the guest");
    }

    private static boolean isDriven(SwitchProcess vswitch) {
        for (JsonNode port : vswitch.ask("machines")) {
            if (port.path("driver").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    PrivateLibvirt libvirt() {
        return libvirt;
    }

    AgentRelay relay() {
        return relay;
    }

    @Override
    public void close() {
        Closing.lastFirst(started, line -> chronicle.write("guest", line));
        started.clear();
    }
}
