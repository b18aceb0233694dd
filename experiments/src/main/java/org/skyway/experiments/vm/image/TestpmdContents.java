package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.dpdk.DpdkDriver;

/// The host's `testpmd` with the libraries that it is linked with, and the driver in C. It needs
/// neither huge pages nor a driver of the kernel.
///
/// @param places where each file goes in a guest, and where it is on the host
record TestpmdContents(Map<String, Path> places) implements GuestContents {
    private static final Path TESTPMD = Path.of("/usr/bin/dpdk-testpmd");
    private static final Path LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");
    private static final String LIBRARIES = "lib/x86_64-linux-gnu/";
    private static final Pattern LINKED = Pattern.compile("(\\S+) => (/\\S+)");

    /// Not linked with testpmd, but it can make no pools without it.
    private static final String MEMPOOL = "librte_mempool_ring.so";

    /// Those of this host and of the built project.
    ///
    /// @param home its root
    /// @throws IOException if testpmd is not installed or the driver is not built
    /// @throws InterruptedException if interrupted meanwhile
    static TestpmdContents of(Path home) throws IOException, InterruptedException {
        if (!Files.isExecutable(TESTPMD)) {
            throw new IOException("there is no dpdk-testpmd; apt-get install dpdk-dev");
        }
        Path driver = DpdkDriver.folder(home).resolve(DpdkDriver.FILE);
        if (!Files.exists(driver)) {
            throw new IOException(
                    "the driver %s is not built; run `./skyway build --dpdk`".formatted(driver));
        }
        Map<String, Path> places = new TreeMap<>();
        places.put("bin/dpdk-testpmd", TESTPMD);
        places.put(LOADER.toString().substring(1), LOADER);
        places.put(LIBRARIES + DpdkDriver.FILE, driver);
        Matcher linked = LINKED.matcher(Tool.run(Path.of("/"), List.of("ldd", TESTPMD.toString())));
        Path pools = null;
        while (linked.find()) {
            Path library = Path.of(linked.group(2));
            places.put(LIBRARIES + linked.group(1), library);
            if (linked.group(1).startsWith("librte_mempool.so")) {
                pools =
                        library.resolveSibling(
                                linked.group(1).replace("librte_mempool.so", MEMPOOL));
            }
        }
        if (pools == null || !Files.exists(pools)) {
            throw new IOException("dpdk-testpmd has no %s beside its libraries".formatted(MEMPOOL));
        }
        places.put(LIBRARIES + pools.getFileName(), pools);
        return new TestpmdContents(places);
    }

    @Override
    public List<String> identity() {
        return List.copyOf(places.keySet());
    }

    @Override
    public List<Path> files() {
        return List.copyOf(places.values());
    }

    @Override
    public String script() {
        return "start-testpmd";
    }

    /// Debian's DPDK is compiled for SSE4.2.
    @Override
    public String cpuModel() {
        return "Nehalem";
    }

    @Override
    public boolean canRest() {
        return false;
    }

    @Override
    public void install(Path root) throws IOException {
        GuestContents.copy(places, root);
    }
}
