package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Leftovers;
import org.xml.sax.InputSource;

/// The commands as a user runs them: their reports, their complaints, and what they leave behind.
@Timeout(300)
class FiguresIT {
    @TempDir Path folder;

    /// What a command printed, and its exit status.
    private record Ran(int status, String text) {}

    private static ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("skyway.home", ".."), "skyway").toString());
        command.add("experiment");
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SKYWAY_BUILT", "yes");
        return builder;
    }

    private static Ran run(String... words) throws IOException, InterruptedException {
        Process p = command(words).start();
        String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(p.waitFor(120, TimeUnit.SECONDS));
        return new Ran(p.exitValue(), text);
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private static Set<String> shared() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith("skyway"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void shortestFigureHasTablesPlotsAndPageAndCanBeComparedWithItself() throws Exception {
        String[] figure = {
            "fig3a", "--chain", "2", "--quick", "--seconds", "0.05", "--out", out("a")
        };
        Ran first = run(figure);
        assertEquals(0, first.status, first.text);
        assertTrue(first.text.contains("past the switch by through it"), first.text);
        Path a = folder.resolve("a");
        List<String> raw = Files.readAllLines(a.resolve("raw.csv"));
        assertTrue(
                raw.stream().filter(l -> l.contains("Skyway past the switch")).count() >= 5,
                String.join("\n", raw));
        assertTrue(Files.readString(a.resolve("summary.csv")).contains("median"));
        String svg = Files.readString(a.resolve("fig3a.svg"));
        DocumentBuilderFactory xml = DocumentBuilderFactory.newInstance();
        xml.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        assertEquals(
                "svg",
                xml.newDocumentBuilder()
                        .parse(new InputSource(new StringReader(svg)))
                        .getDocumentElement()
                        .getTagName());
        assertTrue(ImageIO.read(a.resolve("fig3a.png").toFile()).getWidth() > 400);
        String page = Files.readString(a.resolve("report.html"));
        for (String expected :
                List.of("Throughput of a chain", "./skyway experiment fig3a", "median", "paper")) {
            assertTrue(page.contains(expected), expected);
        }
        Ran same = run("compare", out("a"), out("a"));
        assertEquals(0, same.status, same.text);
        assertTrue(same.text.contains("1.00"), same.text);
        Ran again = run(figure);
        assertEquals(2, again.status, again.text);
        assertTrue(again.text.contains("exists; name another folder with --out"), again.text);
    }

    @Test
    void tableOfRatiosHasARowForEachThatWasAskedFor() throws Exception {
        Ran bench =
                run(
                        "bench",
                        "--only",
                        "touched,in-process",
                        "--quick",
                        "--seconds",
                        "0.05",
                        "--out",
                        out("bench"));
        assertEquals(0, bench.status, bench.text);
        String page = Files.readString(folder.resolve("bench/report.html"));
        for (String row :
                List.of("touched", "empty-ring", "allocation-switch", "allocation-driver")) {
            assertTrue(bench.text.contains(row), row + " is missing in\n" + bench.text);
            assertTrue(page.contains(row), row);
        }
    }

    @Test
    void whatCannotBeIsSaidBeforeAnythingStarts() throws Exception {
        Ran chain = run("fig3a", "--chain", "9");
        assertEquals(2, chain.status, chain.text);
        assertTrue(chain.text.contains("--chain lies within 1..8, not 9"), chain.text);
        Ran row = run("bench", "--only", "hopp", "--out", out("row"));
        assertFalse(row.status == 0, row.text);
        assertTrue(row.text.contains("bench has no row hopp; it has hop"), row.text);
        Ran kind = run("isolation", "--vnfs", "dpdk", "--out", out("kind"));
        assertFalse(kind.status == 0, kind.text);
        assertTrue(kind.text.contains("isolation can't be run with --vnfs dpdk"), kind.text);
        assertFalse(Files.exists(folder.resolve("row")));
        assertFalse(Files.exists(folder.resolve("kind")));
    }

    @Test
    void interruptedItLeavesNothing() throws Exception {
        Set<String> before = shared();
        Process p =
                command("fig3a", "--chain", "3", "--out", out("c"))
                        .redirectOutput(folder.resolve("c.log").toFile())
                        .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (p.descendants().filter(d -> isVnf(d)).count() < 2) {
            assertTrue(p.isAlive(), Files.readString(folder.resolve("c.log")));
            assertTrue(System.nanoTime() - end < 0, "no VNF was started");
            Thread.sleep(50);
        }
        List<ProcessHandle> children = p.descendants().toList();
        // As Ctrl-C does, which programs in the background of a shell do not get.
        p.toHandle().destroy();
        assertTrue(p.waitFor(60, TimeUnit.SECONDS));
        assertFalse(p.exitValue() == 0, Files.readString(folder.resolve("c.log")));
        for (ProcessHandle child : children) {
            child.onExit().get(30, TimeUnit.SECONDS);
        }
        Set<String> left = new HashSet<>();
        for (String file : shared()) {
            // What another switch of this host has made meanwhile is in use.
            Path path = Path.of("/dev/shm", file);
            if (!before.contains(file) && !Leftovers.ofThisHost().isUsedByOthers(path)) {
                left.add(file);
            }
        }
        assertEquals(Set.of(), left);
    }

    private static boolean isVnf(ProcessHandle p) {
        return p.info()
                .arguments()
                .map(a -> List.of(a).contains("forward") || List.of(a).contains("tester"))
                .orElse(false);
    }
}
