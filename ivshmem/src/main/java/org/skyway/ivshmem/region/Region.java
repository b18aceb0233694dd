package org.skyway.ivshmem.region;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A mapped region: a file on tmpfs or hugetlbfs, or a guest's BAR2. It stays mapped until
/// [#close].
///
/// Sizes are powers of two from 4 KiB up, because a PCI BAR is (QEMU ends the virtual machine over
/// a size that is not).
public final class Region implements AutoCloseable {
    private final Path path;
    private final long sizeBytes;
    private final Arena arena;
    private final MemorySegment segment;

    private Region(Path path, long sizeBytes, Arena arena, MemorySegment segment) {
        this.path = path;
        this.sizeBytes = sizeBytes;
        this.arena = arena;
        this.segment = segment;
    }

    /// Makes a file and maps it; it reads as zeros.
    ///
    /// @param path where; nothing may be there yet
    /// @param sizeBytes a power of two, 4096 or more
    /// @return the region, readable and writable by the owner and its group only
    /// @throws IOException if the file exists, there is no room, or the directory is not writable
    /// @throws IllegalArgumentException if the size is not a power of two
    public static Region create(Path path, long sizeBytes) throws IOException {
        checkSize(path, sizeBytes);
        var mode = PosixFilePermissions.fromString("rw-rw----");
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException e) {
            throw new IOException("region " + path + " exists already; remove it or use it", e);
        }
        try {
            checkRoom(path, sizeBytes);
            return map(path, sizeBytes, true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /// Maps an existing file or PCI resource.
    ///
    /// @param path where
    /// @param sizeBytes how much of it, a power of two, 4096 or more
    /// @return the region
    /// @throws IOException if there is no such file, it is smaller, or it may not be written
    /// @throws IllegalArgumentException if the size is not a power of two
    public static Region open(Path path, long sizeBytes) throws IOException {
        checkSize(path, sizeBytes);
        long actual;
        try {
            actual = Files.size(path);
        } catch (NoSuchFileException e) {
            throw new IOException("region " + path + " does not exist", e);
        }
        if (actual < sizeBytes) {
            throw new IOException(
                    "region %s has %d bytes, but %d were announced; recreate it"
                            .formatted(path, actual, sizeBytes));
        }
        return map(path, sizeBytes, false);
    }

    /// Makes a region that this process shares with nobody; it reads as zeros.
    ///
    /// @param name for messages
    /// @param sizeBytes a power of two, 4096 or more
    /// @return the region
    /// @throws IllegalArgumentException if the size is not a power of two
    public static Region scratch(String name, long sizeBytes) {
        Path path = Path.of(name);
        checkSize(path, sizeBytes);
        Arena arena = Arena.ofShared();
        return new Region(path, sizeBytes, arena, arena.allocate(sizeBytes, 4096));
    }

    /// Where the region starts in this process.
    ///
    /// @return an address for [Memory]; invalid after [#close]
    public long address() {
        return segment.address();
    }

    /// How long it is.
    ///
    /// @return bytes
    public long sizeBytes() {
        return sizeBytes;
    }

    /// What is mapped.
    ///
    /// @return the file
    public Path path() {
        return path;
    }

    /// Removes the file; whoever has it mapped keeps it. Does nothing if it is gone.
    ///
    /// @throws IOException if it may not be removed
    public void unlink() throws IOException {
        Files.deleteIfExists(path);
    }

    /// Unmaps. No thread may touch the region from now on. Does nothing the second time.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Override
    public String toString() {
        return "region " + path + " of " + sizeBytes + " bytes";
    }

    private static Region map(Path path, long sizeBytes, boolean grow) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (!grow && channel.size() < sizeBytes) {
                throw new IOException("region " + path + " shrank while it was opened");
            }
            MemorySegment segment = channel.map(MapMode.READ_WRITE, 0, sizeBytes, arena);
            return new Region(path, sizeBytes, arena, segment);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static void checkSize(Path path, long sizeBytes) {
        if (sizeBytes < 4096 || Long.bitCount(sizeBytes) != 1) {
            throw new IllegalArgumentException(
                    "region %s must have a power of two of at least 4096 bytes, not %d"
                            .formatted(path, sizeBytes));
        }
    }

    // Without this a full tmpfs would show only later, as a fault at the first touch.
    private static void checkRoom(Path path, long sizeBytes) throws IOException {
        long free = Files.getFileStore(path).getUsableSpace();
        if (free < sizeBytes) {
            throw new IOException(
                    "region %s needs %d bytes, but its file system has %d left; free some or enlarge it"
                            .formatted(path, sizeBytes, free));
        }
    }
}
