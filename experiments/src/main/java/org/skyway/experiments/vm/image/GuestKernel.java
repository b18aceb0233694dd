package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A kernel with the few modules that a guest needs.
///
/// @param image what QEMU boots
/// @param modules directory of its modules
record GuestKernel(Path image, Path modules) {
    /// Network devices of virtio, and forwarding between them; to be loaded after the others.
    static final List<String> NETWORK =
            List.of(
                    "net/core/failover",
                    "drivers/net/net_failover",
                    "drivers/net/virtio_net",
                    "net/llc/llc",
                    "net/802/stp",
                    "net/bridge/bridge");

    /// In the order in which they must be loaded: virtio over PCI, and its serial ports. An ivshmem
    /// device needs no driver.
    private static final List<String> WANTED =
            List.of(
                    "drivers/virtio/virtio_ring",
                    "drivers/virtio/virtio",
                    "drivers/virtio/virtio_pci_modern_dev",
                    "drivers/virtio/virtio_pci_legacy_dev",
                    "drivers/virtio/virtio_pci",
                    "drivers/char/virtio_console");

    private static final String METAPACKAGE = "linux-image-cloud-amd64";

    static String packageName(DebianPackages packages) throws IOException, InterruptedException {
        return packages.dependency(METAPACKAGE, "linux-image-");
    }

    static GuestKernel fetch(DebianPackages packages) throws IOException, InterruptedException {
        Path root = packages.unpacked(packageName(packages));
        Path image = only(root.resolve("boot"), "vmlinuz-");
        // Debian 13 moved /lib into /usr.
        Path lib = Files.isDirectory(root.resolve("lib/modules")) ? root : root.resolve("usr");
        return new GuestKernel(image, only(lib.resolve("lib/modules"), ""));
    }

    /// Copies the modules to `/modules` of a guest, with a list of their order.
    ///
    /// @param more modules than every guest needs
    void install(Path root, List<String> more) throws IOException, InterruptedException {
        Path target = Files.createDirectories(root.resolve("modules"));
        List<String> order = new ArrayList<>();
        List<String> all = new ArrayList<>(WANTED);
        all.addAll(more);
        for (String module : all) {
            if (!isBuiltIn(module)) {
                String name = module.substring(module.lastIndexOf('/') + 1) + ".ko";
                copy(module, target.resolve(name));
                order.add(name);
            }
        }
        Files.write(target.resolve("order"), order);
    }

    private boolean isBuiltIn(String module) throws IOException {
        Path list = modules.resolve("modules.builtin");
        return Files.exists(list) && Files.readAllLines(list).contains("kernel/" + module + ".ko");
    }

    private void copy(String module, Path target) throws IOException, InterruptedException {
        Path plain = modules.resolve("kernel/" + module + ".ko");
        Path compressed = modules.resolve("kernel/" + module + ".ko.xz");
        if (Files.exists(plain)) {
            Files.copy(plain, target);
        } else if (Files.exists(compressed)) {
            Path copy = target.resolveSibling(target.getFileName() + ".xz");
            Files.copy(compressed, copy);
            Tool.run(target.getParent(), List.of("xz", "-d", copy.toString()));
        } else {
            throw new IOException("kernel %s has no module %s".formatted(image, module));
        }
    }

    private static Path only(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException(
                                    "no file %s* in %s; is this a kernel package?"
                                            .formatted(prefix, directory)));
        }
    }
}
