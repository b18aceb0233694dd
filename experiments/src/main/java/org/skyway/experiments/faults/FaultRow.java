package org.skyway.experiments.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.pmd.port.FaultPoint;

/// A thing that goes wrong.
///
/// @param name for people
/// @param stage what it needs
/// @param story has it go wrong, and judges
record FaultRow(String name, Stage stage, Story story) {
    private static final int STOPPED_MILLIS = 3000;
    private static final int MOST_BARRIER_MILLIS = 2 * FaultsBed.OBEY_MILLIS + 10_000;

    /// The sender's.
    static final int ID = 1;

    /// What happens.
    interface Story {
        /// @return what was seen
        /// @throws ExperimentException if it was not as it must be
        String run(FaultsBed bed);
    }

    /// All rows.
    ///
    /// @param only words, of which a row's name must contain one; none for all
    static List<FaultRow> all(List<String> only) {
        List<FaultRow> rows = new ArrayList<>();
        for (FaultPoint at : FaultPoint.values()) {
            String step = at.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            add(rows, "killed at: " + step, bed -> killed(bed, at));
            add(rows, "stopped for 3 s at: " + step, bed -> stopped(bed, at));
        }
        for (RawVnf.Answers how : RawVnf.Answers.values()) {
            if (how != RawVnf.Answers.AT_ONCE) {
                add(
                        rows,
                        "VNF answers: " + how.name().toLowerCase(Locale.ROOT),
                        bed -> answers(bed, how));
            }
        }
        add(rows, "region: file is missing", bed -> region(bed, Files::delete));
        add(rows, "region: file is too small", bed -> region(bed, FaultRow::cut));
        add(
                rows,
                "region: file can't be opened",
                bed ->
                        region(
                                bed,
                                file -> {
                                    Files.delete(file);
                                    Files.createSymbolicLink(file, file.getFileName());
                                }));
        rows.addAll(HostFaults.all());
        return only.isEmpty()
                ? rows
                : rows.stream().filter(r -> only.stream().anyMatch(r.name::contains)).toList();
    }

    private static void add(List<FaultRow> rows, String name, Story story) {
        rows.add(new FaultRow(name, Stage.PROCESSES, story));
    }

    private static boolean isReceivers(FaultPoint at) {
        return at.name().startsWith("RX_");
    }

    /// Brings one of the pair to a point.
    ///
    /// @return source and sink, of which one stands still
    private static HonestVnf[] reach(
            FaultsBed bed, FaultPoint at, CompletableFuture<Long> barrier) {
        HonestVnf sink = bed.sink("right", isReceivers(at) ? at : null);
        bed.controller.add(FaultsBed.LINK); // first: what no entry wants is dropped
        bed.controller.barrier();
        HonestVnf source = bed.source("left", ID, isReceivers(at) ? null : at);
        switch (at) {
            case TX_ENDED, TX_LEFT, RX_LIMITED, RX_ENDED, DETACHING, DETACHED -> {
                bed.awaitLink("left", "right", "ACTIVE");
                bed.controller.add(FaultsBed.BREAKER);
                ask(bed, barrier);
            }
            case ATTACHING, ATTACHED, TX_TOLD, TX_MARKED, TX_OBEYED, TX_WRITTEN, RX_BEGUN -> {
                bed.awaitPoint();
                bed.controller.add(FaultsBed.BREAKER);
                ask(bed, barrier);
            }
        }
        bed.awaitPoint();
        return new HonestVnf[] {source, sink};
    }

    // The barrier may have to wait for who stands still.
    private static void ask(FaultsBed bed, CompletableFuture<Long> barrier) {
        Thread.ofPlatform()
                .daemon()
                .name("barrier")
                .start(() -> {
                    try {
                        barrier.complete(bed.controller.barrier() / 1_000_000);
                    } catch (RuntimeException e) {
                        barrier.completeExceptionally(e);
                    }
                });
    }

    private static long judge(CompletableFuture<Long> barrier) {
        long millis = barrier.join();
        if (millis > MOST_BARRIER_MILLIS) {
            throw new ExperimentException("the barrier took " + millis + " ms");
        }
        return millis;
    }

    /// Has the link come, and packets with it.
    static void heal(FaultsBed bed) {
        bed.controller.delete(FaultsBed.BREAKER);
        bed.controller.add(FaultsBed.LINK);
        bed.controller.barrier();
        bed.awaitLink("left", "right", "ACTIVE");
        long before = received(bed);
        bed.await(() -> received(bed) > before + 100, "packets to the receiver");
    }

    /// Packets that the receiver was given so far.
    static long received(FaultsBed bed) {
        return bed.vswitch.port("right").get("txPackets").asLong();
    }

    private static String killed(FaultsBed bed, FaultPoint at) {
        CompletableFuture<Long> barrier = new CompletableFuture<>();
        HonestVnf[] pair = reach(bed, at, barrier);
        (isReceivers(at) ? pair[1] : pair[0]).program().kill();
        long millis = judge(barrier);
        bed.release();
        if (isReceivers(at)) {
            bed.sink("right", null);
        } else {
            bed.source("left", ID, null);
        }
        heal(bed);
        return "barrier after %d ms; started anew, the link came back".formatted(millis);
    }

    private static String stopped(FaultsBed bed, FaultPoint at) {
        long rx = bed.vswitch.port("left").get("rxPackets").asLong();
        long dropsBefore = drops(bed);
        CompletableFuture<Long> barrier = new CompletableFuture<>();
        HonestVnf[] pair = reach(bed, at, barrier);
        HonestVnf stopped = isReceivers(at) ? pair[1] : pair[0];
        stopped.program().pause();
        Pause.millis(STOPPED_MILLIS);
        bed.release();
        stopped.program().resume();
        long millis = judge(barrier);
        heal(bed);
        pair[0].stop();
        pair[1].stop();
        HonestVnf.Stream s = pair[1].from(ID);
        long sent = pair[0].sent();
        long counted = bed.vswitch.port("left").get("rxPackets").asLong() - rx;
        long drops = drops(bed) - dropsBefore;
        long lost = sent - s.packets() + s.duplicates() - drops;
        String seen =
                "barrier after %d ms; %,d sent, %,d came, %d dropped and counted, %d lost, %d twice, %d reordered; port counted %,d"
                        .formatted(
                                millis,
                                sent,
                                s.packets(),
                                drops,
                                lost,
                                s.duplicates(),
                                s.reordered(),
                                counted);
        // Who sends loses nothing by having been stopped; who receives may have had too little
        // room.
        boolean all = isReceivers(at) || drops == 0;
        if (!all || lost != 0 || s.duplicates() + s.reordered() != 0) {
            throw new ExperimentException(seen);
        }
        return seen;
    }

    private static long drops(FaultsBed bed) {
        return bed.vswitch.port("left").get("rxDropped").asLong()
                + bed.vswitch.port("right").get("txDropped").asLong();
    }

    private static String answers(FaultsBed bed, RawVnf.Answers how) {
        bed.source("left", ID, null);
        long millis;
        String state;
        try (RawVnf right = RawVnf.open(bed.folder.path(), "right")) {
            right.answers(how);
            bed.controller.add(FaultsBed.LINK);
            millis = bed.controller.barrier() / 1_000_000;
            bed.await(() -> bed.link("left", "right") != null, "link");
            Pause.millis(STOPPED_MILLIS);
            state = bed.link("left", "right").get("state").asText();
            bed.controller.add(FaultsBed.BREAKER);
            millis = Math.max(millis, bed.controller.barrier() / 1_000_000);
        } catch (IOException e) {
            throw new ExperimentException("the port can't be taken: " + e.getMessage(), e);
        }
        if (millis > MOST_BARRIER_MILLIS) {
            throw new ExperimentException("a barrier took " + millis + " ms");
        }
        bed.sink("right", null);
        heal(bed);
        return "the link was %s after 3 s, barriers took %d ms at most; another VNF's link came"
                .formatted(state, millis);
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    private static void cut(Path file) throws IOException {
        try (var f =
                java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            f.truncate(4096);
        }
    }

    private static String region(FaultsBed bed, Damage damage) {
        bed.sink("right", null);
        bed.source("left", ID, FaultPoint.ATTACHING);
        bed.controller.add(FaultsBed.LINK);
        long millis = bed.controller.barrier() / 1_000_000;
        bed.awaitPoint();
        try {
            damage.to(bed.linkFile());
        } catch (IOException e) {
            throw new ExperimentException("the region can't be damaged: " + e, e);
        }
        bed.release();
        bed.await(
                () ->
                        bed.isLink("left", "right", "FAILED")
                                || bed.isLink("left", "right", "ACTIVE"),
                "link that failed");
        String why = bed.link("left", "right").path("reason").asText();
        heal(bed);
        return "barrier after %d ms; \"%s\"; the link came".formatted(millis, why);
    }
}
