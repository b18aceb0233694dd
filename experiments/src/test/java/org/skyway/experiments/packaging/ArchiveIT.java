package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.image.Tool;

/// The archive, unpacked and run where there is no network, and nothing in PATH but what every
/// Linux has: no Java, no `ovs-ofctl`, no compiler.
@Timeout(600)
class ArchiveIT {
    private static final long MOST_BYTES = 60L << 20;

    /// What the launcher uses itself.
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "cat",
                    "cksum",
                    "basename",
                    "dirname",
                    "env",
                    "find",
                    "grep",
                    "kill",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "paste",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "tail",
                    "taskset",
                    "touch");

    @TempDir private static Path folder;
    private static Path root;
    private static long size;

    @BeforeAll
    static void unpack() throws Exception {
        Path home = Program.launcher().getParent().toAbsolutePath();
        assumeTrue(
                Files.exists(home.resolve("dpdkr-pmd/target/dpdk/librte_net_skyway.so")),
                "skipped: the driver in C is not built; run `./skyway build --dpdk`");
        assumeTrue(isRoot(), "skipped: only root makes network namespaces");
        new picocli.CommandLine(new PackageCommand())
                .execute("--archive", "--out", folder.toString());
        Path archive;
        try (Stream<Path> files = Files.list(folder)) {
            archive = files.filter(f -> f.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
        }
        size = Files.size(archive);
        Tool.run(folder, List.of("tar", "--extract", "--file=" + archive));
        root = folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path real =
                    Stream.of("/usr/bin/", "/bin/")
                            .map(d -> Path.of(d + tool))
                            .filter(Files::exists)
                            .findFirst()
                            .orElseThrow();
            Files.copy(real, bin.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private record Ran(int status, String text) {}

    private static Ran run(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/unshare", "--net", root + "/skyway"));
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile(folder, "log", "");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", folder + "/bin", "HOME", folder.toString(), "LANG", "C"));
        Process process = builder.start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        if (!ended) {
            process.destroy();
        }
        String text = Files.readString(log);
        assertTrue(ended, text);
        return new Ran(process.exitValue(), text);
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
        try (Stream<Path> caches = Files.walk(folder.resolve(".cache/skyway"))) {
            List<String> names =
                    caches.map(f -> f.getFileName().toString())
                            .filter(n -> n.endsWith(".aot"))
                            .sorted()
                            .toList();
            assertEquals(List.of("ctl.aot", "vnf.aot", "vswitchd.aot"), names, demo.text);
        }
    }

    @Test
    void drawsAFigure() throws Exception {
        Path results = folder.resolve("results");
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
                        results.toString());
        assertEquals(0, figure.status, figure.text);
        try (Stream<Path> files = Files.list(results)) {
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
