package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.vm.image.Tool;

/// The archive, in what its Containerfile describes and nothing else: no Java, no `ovs-ofctl`, no
/// compiler, no network. So it runs from scratch, and on any Linux that has as much.
@Timeout(600)
class ArchiveIT {
    private static final long MOST_BYTES = 60L << 20;

    @TempDir private static Path folder;
    private static Path script;
    private static Path root;
    private static long size;
    private static final List<String> environment = new ArrayList<>();
    private static String entry;

    /// Does what the Containerfile says, as far as it says anything.
    @BeforeAll
    static void build() throws Exception {
        Path packages = Packages.folder();
        size = Files.size(packages.resolve("skyway-" + Packages.version() + ".tar.gz"));
        script = Packages.script("run-container.sh", folder);
        root = Files.createDirectory(folder.resolve("root"));
        for (String line : Files.readAllLines(packages.resolve("Containerfile"))) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "#" -> {}
                case "FROM" -> assertEquals("FROM scratch", line);
                case "ADD" -> {
                    Path target = Files.createDirectories(root.resolve("." + words[2]));
                    Tool.run(
                            packages,
                            List.of(
                                    "tar",
                                    "--extract",
                                    "--file=" + words[1],
                                    "--directory=" + target));
                }
                case "ENV" -> environment.add(words[1]);
                case "ENTRYPOINT" -> entry = words[1].replaceAll("[\\[\\]\"]", "");
                default -> throw new IOException("what does this say? " + line);
            }
        }
    }

    private record Ran(int status, String text) {}

    private static Ran run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString(), root.toString()));
        command.addAll(environment);
        command.add(entry);
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile(folder, "log", "");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        if (!ended) {
            process.destroy();
        }
        String text = Files.readString(log);
        assertTrue(ended, text);
        return new Ran(process.exitValue(), text);
    }

    @Test
    void saysWhichItIs() throws Exception {
        Ran version = new Ran(0, "skyway " + Packages.version() + "\n");
        assertEquals(version, run("--version"));
        assertEquals(version, run("vswitchd", "--version"));
    }

    @Test
    void isSmall() {
        assertTrue(size <= MOST_BYTES, size + " bytes");
    }

    @Test
    void showsTheDemo() throws Exception {
        Ran demo = run("demo", "--rounds", "1", "--seconds", "1");
        // Whether the switch was idle beside so many others is not asked here.
        assertTrue(demo.text.contains("ok   counters of ports, flow entries and VNFs"), demo.text);
        assertTrue(demo.text.contains("ok   order"), demo.text);
        assertTrue(demo.text.contains("(OpenFlow) add-flow br0"), demo.text);
        try (Stream<Path> caches = Files.walk(root.resolve("root/.cache/skyway"))) {
            List<String> names =
                    caches.map(f -> f.getFileName().toString())
                            .filter(n -> n.endsWith(".aot") || n.endsWith(".jsa"))
                            .sorted()
                            .toList();
            assertEquals(List.of("ctl.aot", "vnf.aot", "vswitchd.jsa"), names, demo.text);
        }
    }

    @Test
    void drawsAFigure() throws Exception {
        Ran figure =
                run(
                        "experiment",
                        "fig3a",
                        "--quick",
                        "--chain",
                        "2..2",
                        "--seconds",
                        "0.05",
                        "--out",
                        "/root/results");
        assertEquals(0, figure.status, figure.text);
        try (Stream<Path> files = Files.list(root.resolve("root/results"))) {
            List<String> names = files.map(f -> f.getFileName().toString()).toList();
            for (String kind : List.of(".csv", ".svg", ".png", ".html")) {
                assertTrue(names.stream().anyMatch(n -> n.endsWith(kind)), names.toString());
            }
        }
    }

    @Test
    void saysWhatItCannotDo() throws Exception {
        for (String verb : List.of("build", "test", "package", "guest-image", "chain")) {
            Ran refused = run(verb);
            assertEquals(2, refused.status, refused.text);
            assertTrue(refused.text.contains("\"" + verb + "\" builds something"), refused.text);
            assertFalse(refused.text.contains("usage"), refused.text);
        }
    }
}
