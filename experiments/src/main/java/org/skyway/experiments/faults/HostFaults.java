package org.skyway.experiments.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.experiments.faults.AgentRelay.Answers;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;

/// What may go wrong with the host: a file system that is full, libvirt that hangs, an agent that
/// is slow.
final class HostFaults {
    private static final int SHORT_MILLIS = 3000;

    /// Longer than the agent waits for a driver.
    private static final int LONG_MILLIS = 30_000;

    /// Longer than a switch waits for an agent.
    private static final int TOO_LATE_MILLIS = 70_000;

    private static final int MOST_ASK_MILLIS = 2000;
    private static final int ENOUGH = 100;
    private static final int ZEROS = 1 << 16;

    private HostFaults() {}

    // spotless:off
    static List<FaultRow> all() {
        return List.of(
                new FaultRow("file system of regions is full",                  Stage.SMALL_DISK, HostFaults::full),
                new FaultRow("agent: a service that is not there",              Stage.NO_AGENT,   HostFaults::none),
                new FaultRow("libvirt: hangs for 3 s as a link is plugged",     Stage.LIBVIRT,    bed -> plugged(bed, SHORT_MILLIS)),
                new FaultRow("libvirt: hangs for 30 s as a link is plugged",    Stage.LIBVIRT,    bed -> plugged(bed, LONG_MILLIS)),
                new FaultRow("libvirt: hangs for 10 s as a link is unplugged",  Stage.LIBVIRT,    HostFaults::unplugged),
                new FaultRow("agent: answers 3 s later",                        Stage.AGENT,      bed -> answers(bed, new Answers(SHORT_MILLIS, 1))),
                new FaultRow("agent: answers twice",                            Stage.AGENT,      bed -> answers(bed, new Answers(0, 2))),
                new FaultRow("agent: answers twice when nobody waits any more", Stage.AGENT,      bed -> answers(bed, new Answers(TOO_LATE_MILLIS, 2))));
    }
    // spotless:on

    private static String none(FaultsBed bed) {
        bed.sink("right", null);
        bed.source("left", FaultRow.ID, null);
        FaultRow.heal(bed);
        return "the link came";
    }

    private static String full(FaultsBed bed) {
        bed.sink("right", null);
        bed.source("left", FaultRow.ID, null);
        Path filler = bed.vswitch.sharedMemory().resolve("filler");
        try {
            long bytes = fill(filler);
            bed.controller.add(FaultsBed.LINK);
            long millis = bed.controller.barrier() / 1_000_000;
            bed.awaitLink("left", "right", "FAILED");
            String why = bed.link("left", "right").path("reason").asText();
            awaitTraffic(bed);
            Files.delete(filler);
            FaultRow.heal(bed);
            return "%d MiB of others' left no room; barrier after %d ms; \"%s\"; packets went through the switch; the link came"
                    .formatted(bytes >> 20, millis, why);
        } catch (IOException e) {
            throw new ExperimentException("can't fill the file system: " + e, e);
        } finally {
            empty(filler);
        }
    }

    private static void empty(Path filler) {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new ExperimentException("can't remove " + filler + ": " + e, e);
        }
    }

    private static long fill(Path filler) throws IOException {
        long bytes = 0;
        try (var out = Files.newOutputStream(filler)) {
            for (long most = (long) Stage.MEBIBYTES << 20; bytes <= most; bytes += ZEROS) {
                out.write(new byte[ZEROS]);
            }
        } catch (IOException e) {
            return bytes; // there is no more
        }
        throw new IOException("%s took %d bytes: it is no small one".formatted(filler, bytes));
    }

    private static void awaitTraffic(FaultsBed bed) {
        long before = FaultRow.received(bed);
        bed.await(() -> FaultRow.received(bed) > before + ENOUGH, "packets through the switch");
    }

    // What asks the switch, and the switch the agent, must not wait for who hangs.
    private static long ask(FaultsBed bed) {
        long begin = System.nanoTime();
        bed.vswitch.ask("links");
        bed.vswitch.ask("machines");
        long millis = (System.nanoTime() - begin) / 1_000_000;
        if (millis > MOST_ASK_MILLIS) {
            throw new ExperimentException("the switch took " + millis + " ms to answer");
        }
        return millis;
    }

    private static String plugged(FaultsBed bed, int millis) {
        bed.sink("right", null);
        bed.libvirt().pause();
        try {
            bed.controller.add(FaultsBed.LINK);
            long barrier = bed.controller.barrier() / 1_000_000;
            bed.await(() -> bed.link("left", "right") != null, "link");
            awaitTraffic(bed);
            long asked = ask(bed);
            Pause.millis(millis);
            String state = bed.link("left", "right").get("state").asText();
            if (state.equals("ACTIVE")) {
                throw new ExperimentException("libvirt did not hang: the link is there");
            }
            String why = bed.link("left", "right").path("reason").asText();
            bed.controller.add(FaultsBed.BREAKER);
            barrier = Math.max(barrier, bed.controller.barrier() / 1_000_000);
            awaitTraffic(bed);
            bed.libvirt().resume();
            FaultRow.heal(bed);
            return "barriers after %d ms, answers after %d; the link was %s (\"%s\"); packets went through the switch; the link came"
                    .formatted(barrier, asked, state, why);
        } finally {
            bed.libvirt().resume();
        }
    }

    private static String unplugged(FaultsBed bed) {
        bed.sink("right", null);
        FaultRow.heal(bed);
        bed.libvirt().pause();
        try {
            bed.controller.add(FaultsBed.BREAKER);
            long barrier = bed.controller.barrier() / 1_000_000;
            bed.awaitLink("left", "right", "UNPLUGGING");
            awaitTraffic(bed);
            long asked = ask(bed);
            Pause.millis(2 * SHORT_MILLIS);
            bed.libvirt().resume();
            FaultRow.heal(bed);
            return "barrier after %d ms, answers after %d; packets went through the switch; the link came"
                    .formatted(barrier, asked);
        } finally {
            bed.libvirt().resume();
        }
    }

    private static String answers(FaultsBed bed, Answers how) {
        bed.sink("right", null);
        bed.relay().answers(how);
        try {
            long begin = System.nanoTime();
            bed.controller.add(FaultsBed.LINK);
            long barrier = bed.controller.barrier() / 1_000_000;
            awaitTraffic(bed);
            long asked = ask(bed);
            boolean late = how.millis() >= TOO_LATE_MILLIS;
            bed.awaitLink("left", "right", late ? "FAILED" : "ACTIVE");
            String why = bed.link("left", "right").path("reason").asText();
            long after = (System.nanoTime() - begin) / 1_000_000;
            if (late) {
                // What comes now was given up.
                Pause.millis((int) Math.max(0, TOO_LATE_MILLIS + SHORT_MILLIS - after));
            }
            bed.controller.add(FaultsBed.BREAKER);
            barrier = Math.max(barrier, bed.controller.barrier() / 1_000_000);
            bed.relay().answers(Answers.AT_ONCE);
            FaultRow.heal(bed);
            return "barriers after %d ms, answers after %d; %s after %.1f s (\"%s\"); the link came"
                    .formatted(barrier, asked, late ? "given up" : "up", after / 1000.0, why);
        } finally {
            bed.relay().answers(Answers.AT_ONCE);
        }
    }
}
