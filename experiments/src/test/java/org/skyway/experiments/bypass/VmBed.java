package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.host.Guests;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.config.SwitchConfig;

/// A real switch, a real libvirtd of its own, and real guests.
final class VmBed implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RING_CELLS = 8192;

    private static final String LINK_DEVICE = "ua-skyway-link-";

    /// A loaded machine is slow; what does not happen at all is what these tests are to find.
    private static final int PATIENCE_SECONDS = 120;

    final PrivateLibvirt libvirt;
    final SwitchBed bed;
    final Guests guests;
    private final GuestImage image;
    private final Path directory;
    private final Undertaker undertaker = new Undertaker(); // in case this process is killed
    private Program events;
    private final AtomicInteger removals = new AtomicInteger();

    /// Starts everything but the guests.
    ///
    /// @param ports how many; named vnf1 and so on
    /// @param agent `libvirt`, or `service` for the agent in a process of its own
    VmBed(int ports, String agent) throws Exception {
        this(ports, agent, GuestImage::build);
    }

    /// How an image is built, of the project's root and for a cache.
    interface Builder {
        GuestImage build(Path home, Path cache) throws IOException, InterruptedException;
    }

    /// Starts everything but the guests.
    ///
    /// @param ports how many; named vnf1 and so on
    /// @param agent `libvirt`, or `service` for the agent in a process of its own
    /// @param builder of what the guests boot
    VmBed(int ports, String agent, Builder builder) throws Exception {
        String missing = PrivateLibvirt.missing();
        assumeTrue(missing == null, () -> "guests need: " + missing);
        Path home = Path.of(System.getProperty("skyway.home", ".."));
        image = image(home, builder);
        // Kept, so that libvirt need not ask QEMU each time what it can do.
        Path daemon = GuestImage.defaultCache().resolve("libvirt-test");
        libvirt = PrivateLibvirt.start(daemon);
        directory = Files.createTempDirectory("skyway-vm");
        undertaker.atEnd("rm -rf '" + directory + "'");
        bed = new SwitchBed(ports, config(agent, libvirt.uri()));
        undertaker.atEnd("rm -rf '" + bed.directory() + "' /dev/shm/" + bed.regionPrefix() + "*");
        guests = new Guests(libvirt.uri());
        watch();
    }

    private static GuestImage image(Path home, Builder builder) throws InterruptedException {
        try {
            return builder.build(home, GuestImage.defaultCache());
        } catch (IOException e) {
            assumeTrue(false, "the guest image can't be built: " + e.getMessage());
            throw new AssertionError(e);
        }
    }

    // libvirt's own client, so that what is seen is what libvirt says.
    private void watch() {
        events =
                Program.start(
                        "virsh",
                        directory,
                        this::event,
                        List.of(
                                "virsh",
                                "-c",
                                libvirt.uri(),
                                "event",
                                "--event",
                                "device-removed",
                                "--loop"));
    }

    private void event(String line) {
        if (line.contains("'device-removed'") && line.contains(LINK_DEVICE)) {
            removals.incrementAndGet();
        }
    }

    /// How often libvirt has reported that a link device has left a guest.
    int removals() {
        return removals.get();
    }

    /// Lets libvirtd die and come back.
    void restartLibvirtd() throws IOException {
        events.close();
        libvirt.restart();
        guests.reconnect();
        watch();
    }

    /// Whether a guest has a link device.
    boolean isPlugged(String guest) throws IOException {
        return guests.describe(guest).contains(LINK_DEVICE);
    }

    private static SwitchConfig config(String agent, String uri) {
        return new SwitchConfig(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                RING_CELLS,
                RING_CELLS,
                agent,
                uri,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    GuestSpec spec(String name, List<String> ports, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (image.canRest()) { // the others have no such options
            all.addAll(List.of("--json-stats", "--stats-interval", "0.5"));
        }
        return new GuestSpec(
                name,
                image,
                all,
                ports.stream().map(p -> new GuestSpec.Port(p, bed.portRegion(p))).toList(),
                directory,
                -1);
    }

    GuestSpec source(String name, String port, int rate, int id) {
        return spec(
                name,
                List.of(port),
                "source",
                "--port",
                port,
                "--rate",
                Integer.toString(rate),
                "--id",
                Integer.toString(id));
    }

    GuestSpec sink(String port) {
        return spec("sink", List.of(port), "sink", "--port", port);
    }

    void awaitDriver(String port) throws Exception {
        await("driver of port " + port, () -> isDriven(port));
    }

    boolean isDriven(String port) throws Exception {
        try {
            return bed.agent().machines().toCompletableFuture().get().stream()
                    .flatMap(m -> m.ports().stream())
                    .anyMatch(p -> p.name().equals(port) && p.driver());
        } catch (ExecutionException e) {
            return false; // there is no agent yet
        }
    }

    /// The last line of statistics that a guest has printed.
    JsonNode statistics(GuestSpec guest) throws IOException {
        JsonNode last = null;
        if (Files.exists(guest.console())) {
            for (String line : Files.readString(guest.console()).split("\r?\n")) {
                if (line.startsWith("{") && line.endsWith("}")) {
                    last = JSON.readTree(line);
                }
            }
        }
        return last == null ? JSON.createObjectNode() : last;
    }

    /// Waits until a sink has received so many more packets.
    JsonNode awaitReceived(GuestSpec sink, long more) throws Exception {
        long before = received(statistics(sink));
        await(more + " packets after " + before, () -> received(statistics(sink)) >= before + more);
        return statistics(sink);
    }

    static long received(JsonNode statistics) {
        return statistics.path("ports").path(0).path("rxPackets").asLong();
    }

    void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "no %s after %d s: links %s, machines %s, consoles %s"
                                .formatted(
                                        what,
                                        PATIENCE_SECONDS,
                                        bed.links(),
                                        bed.agent().machines().toCompletableFuture().get(),
                                        consoles()));
            }
            Thread.sleep(20);
        }
    }

    private String consoles() throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.newDirectoryStream(directory, "*.console")) {
            for (Path file : files) {
                String all = Files.readString(file);
                text.append(file.getFileName())
                        .append(": ")
                        .append(all.substring(Math.max(0, all.length() - 1500)))
                        .append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws Exception {
        events.close();
        guests.close();
        bed.close();
        libvirt.close();
        undertaker.close(); // deletes the directory
    }
}
