package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The interfaces of this process's network namespace.
public final class HostInterfaces {
    // java.net.NetworkInterface knows only those that have an address, which one that is down, or
    // on a host without IPv6, may not have; and sysfs answers for the namespace it was mounted in.
    private static final Path LIST = Path.of("/proc/self/net/dev");

    private HostInterfaces() {}

    /// Whether there is an interface of a name.
    ///
    /// @param name its name
    /// @return true if there is, whatever its state
    /// @throws IOException if the kernel's list can't be read
    public static boolean have(String name) throws IOException {
        try (Stream<String> lines = Files.lines(LIST, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(l -> l.strip().startsWith(name + ":"));
        }
    }
}
