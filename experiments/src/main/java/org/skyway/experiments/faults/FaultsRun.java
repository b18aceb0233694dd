package org.skyway.experiments.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.HonestPair;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.hostile.Tolerated;
import org.skyway.experiments.process.ExperimentException;

/// Runs the rows. One thread.
final class FaultsRun {
    private static final int SLACK_MILLIS = 10_000;
    private static final int NAME = 58; // columns

    private final PrintStream out;
    private final Chronicle chronicle;
    private final Verdicts verdicts = new Verdicts();

    private FaultsRun(Chronicle chronicle, PrintStream out) {
        this.chronicle = chronicle;
        this.out = out;
    }

    /// Runs them.
    ///
    /// @param only words, of which a row's name must contain one; none for all
    /// @param chronicle where everything that everybody says goes
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(List<String> only, Path chronicle, PrintStream out) throws IOException {
        out.printf("faults; all that was said: %s%n", chronicle);
        try (Chronicle words = new Chronicle(chronicle)) {
            FaultsRun run = new FaultsRun(words, out);
            List<FaultRow> rows = FaultRow.all(only);
            if (rows.isEmpty()) {
                throw new ExperimentException("no row's name contains any of " + only);
            }
            for (Stage stage : Stage.values()) {
                List<FaultRow> there = rows.stream().filter(r -> r.stage() == stage).toList();
                if (there.isEmpty()) {
                    continue;
                }
                if (stage.missing() == null) {
                    run.rows(stage, there);
                } else {
                    there.forEach(r -> run.without(r, stage.missing()));
                }
            }
            return run.verdicts;
        }
    }

    private void without(FaultRow row, String why) {
        out.printf(("  ---- %-" + NAME + "s  not run: %s%n"), row.name(), why);
    }

    private void rows(Stage stage, List<FaultRow> rows) {
        try (FaultsBed bed = new FaultsBed(chronicle, stage)) {
            HonestVnf far = bed.sink("far", null);
            HonestVnf near = bed.source("near", 3, null);
            bed.keepVnfs();
            HonestPair others = new HonestPair("that is not to notice", near, far, 3, "in_port=3");
            try {
                bed.awaitLink("near", "far", "ACTIVE");
                bed.boot();
                for (FaultRow row : rows) {
                    row(bed, row);
                }
                others.stopSource();
                others.judge(verdicts, bed.vswitch, true);
                print();
                Tolerated.judge(verdicts, bed.vswitch.ask("show").get("faults"));
                print();
            } finally {
                near.close();
                far.close();
            }
        }
    }

    private void row(FaultsBed bed, FaultRow row) {
        chronicle.write("row", row.name());
        Holdings before = Holdings.of(bed.vswitch);
        String seen;
        boolean good = true;
        try {
            seen = row.story().run(bed);
        } catch (ExperimentException e) {
            seen = e.getMessage();
            good = false;
        }
        bed.release();
        bed.endVnfs();
        bed.controller.delete(FaultsBed.LINK);
        bed.controller.delete(FaultsBed.BREAKER);
        long millis = bed.controller.barrier() / 1_000_000;
        good &= millis < SLACK_MILLIS;
        Holdings after = Holdings.of(bed.vswitch);
        try {
            bed.await(() -> Holdings.of(bed.vswitch).isNoMoreThan(before), "end of what it held");
            after = Holdings.of(bed.vswitch);
        } catch (ExperimentException e) {
            after = Holdings.of(bed.vswitch);
            good = false;
        }
        JsonNode near = bed.link("near", "far");
        boolean others = near != null && near.get("state").asText().equals("ACTIVE");
        verdicts.judge(
                row.name(),
                good && others,
                "%s; files/mappings/threads/descriptors %s before, %s after%s"
                        .formatted(
                                seen, before, after, others ? "" : "; the other link is not up"));
        print();
    }

    private void print() {
        out.println(verdicts.last(NAME));
    }
}
