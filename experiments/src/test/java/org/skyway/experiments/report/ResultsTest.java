package org.skyway.experiments.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.report.Summary.Placement;

class ResultsTest {
    private static final Key KEY =
            new Key("fig3a", Method.TIME_SHARED, "a, \"b\"", "4", "throughput", "Mpps");

    @TempDir private Path folder;

    private static Measurement measured(int round, double value, double yardstick) {
        return new Measurement(KEY, round, value, new Conditions(yardstick, 0.25, 0, 3));
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Results written = new Results();
        written.add(measured(1, 2.5, 100));
        written.add(new Measurement(KEY.of("line\nbreak"), 2, 0.125, Conditions.UNKNOWN));
        written.write(folder);
        assertEquals(written.all(), Results.read(folder).all());
    }

    @Test
    void groupsRoundsByTheYardstick() {
        Results results = new Results();
        results.add(measured(1, 10, 100));
        results.add(measured(2, 12, 80));
        results.add(measured(3, 3, 20));
        List<Summary> rows = results.summaries(_ -> true);
        assertEquals(
                List.of(Placement.ALL, Placement.NEAR, Placement.FAR),
                rows.stream().map(Summary::placement).toList());
        assertEquals(
                List.of(10.0, 11.0, 3.0), rows.stream().map(r -> r.spread().median()).toList());
        assertEquals(0.15, rows.get(0).toYardstick(), 1e-9); // of 0.10, 0.15, 0.15
    }

    @Test
    void doesNotGroupWhereAllAreNear() {
        Results results = new Results();
        results.add(measured(1, 10, 100));
        results.add(measured(2, 12, 90));
        assertEquals(1, results.summaries(_ -> true).size());
    }

    @Test
    void saysThatAFolderIsNone() {
        IOException e = assertThrows(IOException.class, () -> Results.read(folder));
        assertTrue(e.getMessage().contains("raw.csv"), e.getMessage());
    }

    @Test
    void saysThatATableIsNone() throws IOException {
        Files.writeString(folder.resolve(Results.RAW), "a,b\n1,2\n");
        IOException e = assertThrows(IOException.class, () -> Results.read(folder));
        assertTrue(e.getMessage().contains("no table of an experiment"), e.getMessage());
    }

    @Test
    void ratioIsOfTheSameRounds() {
        Key other = KEY.of("other");
        List<Measurement> of = List.of(measured(1, 4, 1), measured(2, 90, 1), measured(3, 8, 1));
        List<Measurement> by =
                List.of(
                        new Measurement(other, 1, 2, Conditions.UNKNOWN),
                        new Measurement(other, 2, 30, Conditions.UNKNOWN),
                        new Measurement(other, 4, 1, Conditions.UNKNOWN));
        Ratio ratio = Ratio.of(of, by);
        assertEquals(2, ratio.rounds());
        assertEquals(2.5, ratio.spread().median(), 1e-9);
        assertTrue(ratio.counts());
    }

    @Test
    void ratioThatItsSpreadHidesDoesNotCount() {
        List<Measurement> of = List.of(measured(1, 1, 1), measured(2, 4, 1), measured(3, 4, 1));
        List<Measurement> by = List.of(measured(1, 4, 1), measured(2, 1, 1), measured(3, 4, 1));
        Ratio ratio = Ratio.of(of, by);
        assertFalse(ratio.counts());
        assertTrue(ratio.text().contains("hidden"), ratio.text());
    }
}
