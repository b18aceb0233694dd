package org.skyway.experiments.dropin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.DebianPackages;
import org.skyway.experiments.vm.image.GuestImage;

/// Programs that drive Open vSwitch, with Skyway in its place, and what came of it.
final class Clients {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> MININET =
            List.of("mininet", "openvswitch-testcontroller", "inetutils-telnet");
    // What its classes for a switch import that os-vif does not; all it depends on is four times as
    // much.
    private static final List<String> NEUTRON =
            Stream.of(
                            "neutron",
                            "neutron-lib",
                            "alembic",
                            "appdirs",
                            "dogpile.cache",
                            "jmespath",
                            "json-pointer",
                            "jsonpatch",
                            "keystoneauth1",
                            "mako",
                            "munch",
                            "openstacksdk",
                            "os-service-types",
                            "os-traits",
                            "oslo.cache",
                            "oslo.db",
                            "oslo.policy",
                            "oslo.rootwrap",
                            "osprofiler",
                            "pecan",
                            "requestsexceptions",
                            "setproctitle",
                            "sqlalchemy")
                    .map("python3-"::concat)
                    .toList();

    private static final Executor BESIDE =
            work -> Thread.ofPlatform().daemon().name("open-vswitch").start(work);

    private final Path folder;

    /// @param folder for scripts and what they leave behind
    Clients(Path folder) {
        this.folder = folder;
    }

    /// What came of something.
    ///
    /// @param client who
    /// @param what it did
    /// @param difference what was not as with Open vSwitch; empty if nothing was
    record Outcome(String client, String what, String difference) {
        boolean isSame() {
            return difference.isEmpty();
        }
    }

    /// The commands of a file, with Open vSwitch and with Skyway.
    ///
    /// @param client who would give them
    /// @param commands a file of this package
    /// @param scripts files of this package that the commands run
    /// @return one outcome for each command
    List<Outcome> session(String client, String commands, String... scripts) {
        Path ovs = directory(commands + "-ovs");
        Path skyway = directory(commands + "-skyway");
        Transcript theirs = session(ovs, commands, scripts, List.of(DropInLab.ovs()));
        Transcript ours =
                session(skyway, commands, scripts, List.of(DropInLab.skyway(), "vswitchd"));
        return compare(client, theirs, ours);
    }

    /// The same, at the same time: nothing in it goes by how fast a switch is.
    ///
    /// @param client who would give them
    /// @param commands a file of this package
    /// @param scripts files of this package that the commands run
    /// @return one outcome for each command
    List<Outcome> sessionAtOnce(String client, String commands, String... scripts) {
        Path ovs = directory(commands + "-ovs");
        Path skyway = directory(commands + "-skyway");
        return atOnce(
                client,
                () -> session(ovs, commands, scripts, List.of(DropInLab.ovs())),
                () -> session(skyway, commands, scripts, List.of(DropInLab.skyway(), "vswitchd")));
    }

    private static List<Outcome> atOnce(
            String client, Supplier<Transcript> theirs, Supplier<Transcript> ours) {
        CompletableFuture<Transcript> beside = CompletableFuture.supplyAsync(theirs, BESIDE);
        Transcript here;
        try {
            here = ours.get();
        } finally {
            beside.exceptionally(_ -> null).join(); // its files are not removed under it
        }
        return compare(client, beside.join(), here);
    }

    private static Transcript session(
            Path directory, String commands, String[] scripts, List<String> daemon) {
        DropInLab lab = new DropInLab(directory);
        List.of(scripts).forEach(lab::file);
        List<String> arguments = new ArrayList<>();
        arguments.add(directory.toString());
        arguments.add(lab.file(commands).toString());
        arguments.addAll(daemon);
        return Transcript.of(lab.run("session.sh", PATIENCE, arguments));
    }

    private static List<Outcome> compare(String client, Transcript theirs, Transcript ours) {
        if (theirs.steps().isEmpty()) {
            throw new ExperimentException(client + ": Open vSwitch did nothing");
        }
        Map<String, String> differences = theirs.differences(ours);
        return theirs.steps().keySet().stream()
                .map(command -> new Outcome(client, command, differences.getOrDefault(command, "")))
                .toList();
    }

    /// Debian's service scripts, with Open vSwitch and with Skyway.
    ///
    /// @return one outcome for each command
    List<Outcome> service() {
        return installed("ovs-ctl", "service.sh", lab -> List.of());
    }

    /// `ovs-docker`, the scripts of Debian's ifupdown, ovsdbapp, and a machine of libvirt's, with
    /// Open vSwitch and with Skyway.
    ///
    /// @return one outcome for each command
    List<Outcome> programs() {
        GuestImage image = image();
        return installed(
                "programs",
                "programs.sh",
                lab ->
                        List.of(
                                PrivateLibvirt.script(lab.folder()).toString(),
                                image.kernel().toString(),
                                image.initrd().toString(),
                                image.cpuModel(),
                                lab.file("ovsdbapp-calls.py").toString()));
    }

    private static GuestImage image() {
        try {
            return GuestImage.linux(GuestImage.defaultCache());
        } catch (IOException e) {
            throw new ExperimentException("can't make a guest: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    // What a script does that finds the switch where a distribution has it.
    private List<Outcome> installed(
            String client, String script, Function<DropInLab, List<String>> more) {
        Transcript theirs = installed(client + "-ovs", script, more, DropInLab.ovs());
        Transcript ours = installed(client + "-skyway", script, more, DropInLab.skyway());
        return compare(client, theirs, ours);
    }

    private Transcript installed(
            String folder, String script, Function<DropInLab, List<String>> more, String daemon) {
        DropInLab lab = new DropInLab(directory(folder));
        List<String> arguments = new ArrayList<>();
        arguments.add(lab.file("private.sh").toString());
        arguments.add(daemon);
        arguments.addAll(more.apply(lab));
        arguments.addAll(lab.kept());
        List<String> said = lab.run(script, PATIENCE, arguments);
        if (said.stream().anyMatch(l -> l.startsWith("# Skyway"))
                == daemon.equals(DropInLab.ovs())) {
            throw new ExperimentException("the wrong switch was started: " + said);
        }
        return Transcript.of(said);
    }

    /// Neutron's own classes for bridges, and its driver for the ports of DHCP and routers, with
    /// Open vSwitch and with Skyway.
    ///
    /// @return one outcome for each call
    List<Outcome> neutron() {
        Path packages = packages(NEUTRON);
        Function<DropInLab, List<String>> more =
                lab -> List.of(packages.toString(), lab.file("neutron-calls.py").toString());
        return atOnce( // each call waits for its switch, and nothing goes by the clock
                "neutron",
                () -> installed("neutron-ovs", "neutron.sh", more, DropInLab.ovs()),
                () -> installed("neutron-skyway", "neutron.sh", more, DropInLab.skyway()));
    }

    /// Mininet, with Skyway alone: its default switch class wants the kernel's datapath of Open
    /// vSwitch, which a host may not have.
    ///
    /// @param note is told of each line
    /// @return one outcome for each topology
    List<Outcome> mininet(Consumer<String> note) {
        DropInLab lab = new DropInLab(directory("mininet"));
        List<String> arguments = new ArrayList<>();
        arguments.add(lab.file("private.sh").toString());
        arguments.add(DropInLab.skyway());
        arguments.add(packages(MININET).toString());
        arguments.add(lab.file("learning_switch_13.py").toString());
        arguments.addAll(lab.kept());
        List<String> said = lab.run("mininet.sh", PATIENCE, arguments);
        said.forEach(note);
        List<Outcome> all = new ArrayList<>();
        Transcript.of(said)
                .steps()
                .forEach((command, output) -> {
                    boolean fine =
                            output.contains("  status 0")
                                    && output.stream()
                                            .anyMatch(l -> l.contains("Results: 0% dropped"));
                    all.add(new Outcome("mininet", command, fine ? "" : output.toString()));
                });
        return all;
    }

    // In one tree, as if they were installed.
    private Path packages(List<String> names) {
        Path root = directory("packages");
        try {
            DebianPackages packages =
                    new DebianPackages(GuestImage.defaultCache().resolve("packages"));
            for (String name : names) {
                copy(packages.unpacked(name), root);
            }
        } catch (IOException e) {
            throw new ExperimentException(
                    "can't get %s: %s; apt-get update".formatted(names.getFirst(), e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
        return root;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(
                            file,
                            target,
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
    }

    private Path directory(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new ExperimentException("can't make " + name + " in " + folder, e);
        }
    }
}
