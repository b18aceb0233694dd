package org.skyway.experiments.vm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether the host's processor can run guests itself. Otherwise QEMU emulates one, which is some
/// ten times slower.
public final class Virtualisation {
    private Virtualisation() {}

    /// The device alone proves nothing: it also exists where the processor lacks what it needs.
    ///
    /// @return true if KVM works here
    public static boolean isUsable() {
        Path device = Path.of("/dev/kvm");
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            return false;
        }
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .anyMatch(line ->
                            line.startsWith("flags")
                                    && (line.contains(" vmx") || line.contains(" svm")));
        } catch (IOException e) {
            return false;
        }
    }
}
