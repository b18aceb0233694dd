package org.skyway.experiments.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.pmd.port.FaultPoint;

/// A switch, the pair that has the fault at ports 1 and 2, and a pair at ports 3 and 4 that is not
/// to notice. One thread, and one more that waits for a barrier.
final class FaultsBed implements AutoCloseable {
    /// How long the switch waits for a VNF.
    static final int OBEY_MILLIS = 500;

    static final String LINK = "priority=100,in_port=1,actions=output:2";
    static final String BREAKER = "priority=200,in_port=1,udp,tp_dst=9,actions=drop";

    private static final List<String> PORTS = List.of("left", "right", "near", "far");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String RATE = "2000";
    private static final String GUEST_RATE = "500";

    final Chronicle chronicle;
    final RunFolder folder = new RunFolder();
    private final Stage stage;
    private final GuestSender guest; // null where all are processes
    final SwitchProcess vswitch;
    final Controller controller;
    private final List<HonestVnf> vnfs = new ArrayList<>();
    private int files;

    FaultsBed(Chronicle chronicle, Stage stage) {
        this.chronicle = chronicle;
        this.stage = stage;
        List<String> options =
                new ArrayList<>(List.of("--obey-millis", Integer.toString(OBEY_MILLIS)));
        options.addAll(stage.options());
        guest = stage.hasGuest() ? new GuestSender(folder.path(), chronicle, stage) : null;
        if (guest != null) {
            options.addAll(guest.options());
        }
        vswitch = start(options);
        controller = vswitch.controller("rules");
        controller.add("priority=100,in_port=3,actions=output:4");
        controller.barrier();
    }

    private SwitchProcess start(List<String> options) {
        try {
            return SwitchProcess.startWithin(
                    stage.within(),
                    folder.path(),
                    chronicle,
                    PORTS,
                    options.toArray(new String[0]));
        } catch (RuntimeException e) {
            if (guest != null) {
                guest.close();
            }
            folder.close();
            throw e;
        }
    }

    /// Starts the sender that is a guest, if there is to be one.
    void boot() {
        if (guest != null) {
            String id = Integer.toString(FaultRow.ID);
            guest.boot(vswitch, "left", "source", "--rate", GUEST_RATE, "--id", id);
        }
    }

    PrivateLibvirt libvirt() {
        return guest.libvirt();
    }

    AgentRelay relay() {
        return guest.relay();
    }

    /// A sender of the pair.
    HonestVnf source(String port, int id, FaultPoint at) {
        return vnf("source", port, at, "--rate", RATE, "--id", Integer.toString(id));
    }

    /// A receiver of the pair.
    HonestVnf sink(String port, FaultPoint at) {
        return vnf("sink", port, at, "--verify");
    }

    private HonestVnf vnf(String verb, String port, FaultPoint at, String... more) {
        HonestVnf vnf =
                at == null
                        ? HonestVnf.startWithin(
                                within(), folder.path(), chronicle, verb, port, more)
                        : HonestVnf.start(
                                folder.path(),
                                chronicle,
                                java.util.Map.of(
                                        "SKYWAY_JAVA_OPTS",
                                        "-Dskyway.fault.point=%s -Dskyway.fault.file=%s"
                                                .formatted(at, holdFile())),
                                verb,
                                port,
                                more);
        vnfs.add(vnf);
        return vnf;
    }

    // VNFs must find what the switch has made.
    private List<String> within() {
        return stage == Stage.SMALL_DISK
                ? List.of(
                        "nsenter",
                        "--mount=/proc/" + vswitch.program().pid() + "/ns/mnt",
                        "--wd=" + Path.of("").toAbsolutePath())
                : List.of();
    }

    /// Where the VNF that is started next stands still when it has come to its point.
    private Path holdFile() {
        return folder.path().resolve("hold-" + ++files);
    }

    /// Waits until the VNF that was started last with a point stands there.
    void awaitPoint() {
        Path file = folder.path().resolve("hold-" + files);
        await(() -> Files.exists(file), "VNF at its fault point");
    }

    /// Lets it go on.
    void release() {
        try {
            Files.deleteIfExists(folder.path().resolve("hold-" + files));
        } catch (IOException e) {
            throw new ExperimentException("can't let the VNF go on: " + e, e);
        }
    }

    JsonNode link(String from, String to) {
        for (JsonNode link : vswitch.ask("links")) {
            if (link.get("from").asText().equals(from) && link.get("to").asText().equals(to)) {
                return link;
            }
        }
        return null;
    }

    boolean isLink(String from, String to, String state) {
        JsonNode link = link(from, to);
        return link != null && link.get("state").asText().equals(state);
    }

    void awaitLink(String from, String to, String state) {
        await(() -> isLink(from, to, state), "link %s->%s that is %s".formatted(from, to, state));
    }

    /// The file of the link between the faulty pair.
    Path linkFile() {
        String names = RegionStore.of(folder.path()).prefix() + "link-*";
        Path newest = null;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/dev/shm"), names)) {
            for (Path file : all) {
                if (newest == null
                        || Files.getLastModifiedTime(file)
                                        .compareTo(Files.getLastModifiedTime(newest))
                                > 0) {
                    newest = file;
                }
            }
        } catch (IOException e) {
            throw new ExperimentException("can't look for link regions: " + e, e);
        }
        if (newest == null) {
            throw new ExperimentException("there is no link region");
        }
        return newest;
    }

    void await(BooleanSupplier condition, String what) {
        vswitch.await(condition, PATIENCE, 20, what);
    }

    /// Ends what was started for a row.
    void endVnfs() {
        for (HonestVnf vnf : vnfs.reversed()) {
            vnf.close();
        }
        vnfs.clear();
    }

    /// Keeps the VNFs that run now until the end.
    void keepVnfs() {
        vnfs.clear();
    }

    @Override
    public void close() {
        for (AutoCloseable c :
                new AutoCloseable[] {this::endVnfs, controller, vswitch, guest, folder}) {
            try {
                if (c != null) {
                    c.close();
                }
            } catch (Exception e) {
                chronicle.write("bed", "while ending: " + e);
            }
        }
    }
}
