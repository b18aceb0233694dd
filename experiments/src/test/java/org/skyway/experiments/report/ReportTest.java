package org.skyway.experiments.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir private Path folder;

    private static Results results() {
        Results results = new Results();
        for (int n = 2; n <= 4; n++) {
            for (int round = 1; round <= 5; round++) {
                for (String path : List.of("through <it>", "past it")) {
                    Key key =
                            new Key(
                                    "fig3a",
                                    Method.PER_STAGE,
                                    path,
                                    Integer.toString(n),
                                    "throughput",
                                    "Mpps");
                    results.add(new Measurement(key, round, n + round, Conditions.UNKNOWN));
                }
            }
        }
        return results;
    }

    private static Figure figure(String metric) {
        return new Figure("plot", "fig3a", metric, "Title", "VNFs", "Mpps", false, true);
    }

    @Test
    void pageHasPlotsAndEscapedText() throws IOException {
        Section section = new Section("fig3a", "Figure & more");
        section.figures().add(figure("throughput"));
        section.verdicts().add(RatioRow.missing("hop", "a hop", "C", "gcc is missing"));
        HtmlReport.write(
                folder,
                "Title",
                MachineFacts.read(),
                List.of("./skyway x"),
                List.of(section),
                results());
        String html = Files.readString(folder.resolve(HtmlReport.FILE));
        assertTrue(html.contains("<svg"), "no plot");
        assertTrue(html.contains("through &lt;it&gt;"), "not escaped");
        assertTrue(html.contains("Figure &amp; more"), "not escaped");
        assertTrue(html.contains("not measured: gcc is missing"), "no verdict");
        assertFalse(html.contains("http://") && html.contains("<script"), "fetches something");
        assertEquals(1720, ImageIO.read(folder.resolve("plot.png").toFile()).getWidth());
    }

    @Test
    void nothingMeasuredIsNoPlot() throws IOException {
        assertFalse(Plot.write(figure("latency"), results(), folder));
        assertFalse(Files.exists(folder.resolve("plot.png")));
    }

    @Test
    void progressTellsTheTimeThatIsLeft() {
        var out = new ByteArrayOutputStream();
        Progress progress = new Progress(new PrintStream(out), false, 200);
        assertEquals(
                "[                              ]   0 %, 3:10 left: first",
                progress.text(10, "first"));
        progress.advance(100, "half");
        assertTrue(out.toString().contains("50 %"), out.toString());
        assertEquals(
                "[===============               ]  50 %, 0:40 left: second",
                progress.text(40, "second"));
    }

    @Test
    void verdictsTellTickAndGap() {
        RatioRow good = verdict(2.5, 2, false, true);
        assertTrue(good.good());
        assertEquals("✓", good.gap());
        assertEquals("gap: 0.75 of the goal", verdict(1.5, 2, false, true).gap());
        assertEquals("hidden by the spread", verdict(2.5, 2, false, false).gap());
        assertTrue(verdict(0.4, 0.5, true, true).good());
        assertEquals("≤ 0.50 ×", good.goalText().replace("≥ 2", "≤ 0.50"));
        assertEquals("missed by 3 ×", verdict(3, 0, true, true).gap());
    }

    private static RatioRow verdict(double figure, double goal, boolean atMost, boolean counts) {
        return new RatioRow("n", "work", "other", "1", "2", figure, "×", "", goal, atMost, counts);
    }
}
