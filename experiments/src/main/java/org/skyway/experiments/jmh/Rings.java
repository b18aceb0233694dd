package org.skyway.experiments.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// Regions and packets for benchmarks, in a directory that is removed afterwards.
final class Rings implements AutoCloseable {
    private final Path directory;

    Rings() {
        try {
            directory = Files.createTempDirectory(Path.of("/dev/shm"), "skyway-jmh-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path create(String name, int magic) throws IOException {
        RegionHeader header = RegionHeader.of(magic, 1, RegionHeader.DEFAULT_LINK_CELLS);
        try (Region region = Region.create(directory.resolve(name), header.sizeBytes())) {
            header.create(region.address());
            return region.path();
        }
    }

    static Region map(Path file) throws IOException {
        return Region.open(file, Files.size(file));
    }

    /// Packets that lie apart, as those of a real program do.
    Region packets(int count, int length, long[] addresses, int[] lengths) throws IOException {
        Region region =
                Region.create(
                        directory.resolve("packets"), Long.highestOneBit(count * 2048L - 1) << 1);
        for (int i = 0; i < count; i++) {
            addresses[i] = region.address() + 2048L * i;
            lengths[i] = length;
            Memory.putLong(addresses[i], i);
        }
        return region;
    }

    @Override
    public void close() {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
