package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A plain Linux with the kernel's own network drivers, a shell, and Debian's `iperf3`, which is
/// not installed on the host.
///
/// @param versions of the packages
/// @param places where each file goes in a guest, and where it is on the host
record LinuxContents(List<String> versions, Map<String, Path> places) implements GuestContents {
    /// With the libraries that hosts mostly lack. The others are the host's.
    private static final List<String> PACKAGES = List.of("iperf3", "libiperf0", "libsctp1");

    private static final String PROGRAM = "usr/bin/iperf3";
    private static final String LIBRARIES = "lib/x86_64-linux-gnu";
    private static final Path LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");
    private static final Pattern LINKED = Pattern.compile("(\\S+) => (/\\S+)");

    /// Those of this host's distribution.
    ///
    /// @param cache where packages are kept
    /// @throws IOException if one can't be had
    /// @throws InterruptedException if interrupted meanwhile
    static LinuxContents of(Path cache) throws IOException, InterruptedException {
        DebianPackages packages = new DebianPackages(cache.resolve("packages"));
        Map<String, Path> places = new TreeMap<>();
        StringBuilder path = new StringBuilder();
        Path iperf = null;
        for (String name : PACKAGES) {
            Path root = packages.unpacked(name);
            path.append(path.isEmpty() ? "" : ":").append(root.resolve("usr").resolve(LIBRARIES));
            if (Files.exists(root.resolve(PROGRAM))) {
                iperf = root.resolve(PROGRAM);
            }
        }
        if (iperf == null) {
            throw new IOException("no package of %s has %s".formatted(PACKAGES, PROGRAM));
        }
        places.put("bin/iperf3", iperf);
        places.put(LOADER.toString().substring(1), LOADER);
        String linked =
                Tool.run(
                        Path.of("/"),
                        List.of("env", "LD_LIBRARY_PATH=" + path, "ldd", iperf.toString()));
        Matcher library = LINKED.matcher(linked);
        while (library.find()) {
            places.put(LIBRARIES + "/" + library.group(1), Path.of(library.group(2)));
        }
        if (linked.contains("not found")) {
            throw new IOException(
                    "iperf3 needs libraries that this host lacks; apt-get install libssl3: "
                            + linked);
        }
        List<String> versions = new ArrayList<>();
        for (String name : PACKAGES) {
            versions.add(name + " " + packages.version(name));
        }
        return new LinuxContents(List.copyOf(versions), places);
    }

    @Override
    public List<String> identity() {
        return versions;
    }

    @Override
    public List<Path> files() {
        return List.copyOf(places.values());
    }

    @Override
    public List<String> modules() {
        return GuestKernel.NETWORK;
    }

    @Override
    public String script() {
        return "start-linux";
    }

    @Override
    public String cpuModel() {
        return "qemu64";
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
