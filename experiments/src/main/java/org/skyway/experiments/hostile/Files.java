package org.skyway.experiments.hostile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.skyway.ivshmem.region.Region;

/// Attacks on the files of the VNF's own regions.
final class Files {
    private Files() {}

    static void port(HostileStage s) throws IOException {
        cut(s, s.vnf().region());
        s.pause(500);
    }

    static void link(HostileStage s) throws IOException {
        for (RawVnf.Link link : s.vnf().links().values()) {
            cut(s, link.region());
        }
        s.pause(500);
    }

    static void unlink(HostileStage s) throws IOException {
        for (Region region : s.regions()) {
            java.nio.file.Files.deleteIfExists(region.path());
        }
        s.pause(500);
    }

    private static void cut(HostileStage s, Region region) throws IOException {
        long[] sizes = {0, 1, 4095, 4096, 8192, region.sizeBytes() / 2, region.sizeBytes() - 1};
        Path path = region.path();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(sizes[s.random().nextInt(sizes.length)]);
        }
    }
}
