package org.skyway.vswitch.journal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.skyway.ivshmem.region.RunDirectory;

/// A tmpfs of a few megabytes that can be filled to the last page.
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    private final Path directory;
    private final Path filler;

    private SmallDisk(Path directory) {
        this.directory = directory;
        filler = directory.resolve("filler");
    }

    static SmallDisk mount(Path directory, int megabytes) throws Exception {
        assumeTrue(RunDirectory.uid() == 0, "needs to run as root, to mount a small tmpfs");
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "none", directory.toString());
        return new SmallDisk(directory);
    }

    /// Takes all that is left.
    void fill() throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        filler,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND,
                        StandardOpenOption.WRITE)) {
            for (int size = BLOCK; size > 0; ) {
                try {
                    file.write(ByteBuffer.allocate(size));
                } catch (IOException e) {
                    size /= 2;
                }
            }
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(filler);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    @Override
    public void close() throws Exception {
        free();
        run("umount", "-l", directory.toString());
    }
}
