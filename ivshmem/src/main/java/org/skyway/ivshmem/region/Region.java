package org.skyway.ivshmem.region;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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
    private static final int ZEROS = 1 << 20;

    private final Path path;
    private final long sizeBytes;
    private final Arena arena;
    private final MemorySegment segment;
    private final FileChannel file; // null: memory that is shared with nobody

    private Region(
            Path path, long sizeBytes, Arena arena, MemorySegment segment, FileChannel file) {
        this.path = path;
        this.sizeBytes = sizeBytes;
        this.arena = arena;
        this.segment = segment;
        this.file = file;
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
        Region region = null;
        try {
            Files.setPosixFilePermissions(path, mode); // whatever the umask says
            boolean huge = Files.getFileStore(path).type().equals("hugetlbfs");
            if (!huge) {
                checkRoom(path, sizeBytes);
                fill(path, sizeBytes);
            }
            Region mapped = map(path, sizeBytes, true);
            if (huge && !PrivateMemory.populate(mapped.address(), sizeBytes)) {
                mapped.close();
                throw new IOException("region " + path + " was promised pages that are not there");
            }
            region = mapped;
            return region;
        } finally {
            if (region == null) {
                Files.deleteIfExists(path); // or the pages that it has got would be lost
            }
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
        return new Region(path, sizeBytes, arena, arena.allocate(sizeBytes, 4096), null);
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

    /// Whether the file still has all its bytes. Whoever may write it may also cut it short, and to
    /// touch what is cut off is an [InternalError], at the touch or soon after.
    ///
    /// @return false if it is shorter than what is mapped, or can't be looked at
    public boolean isWhole() {
        try {
            return file == null || file.size() >= sizeBytes;
        } catch (IOException e) {
            return false;
        }
    }

    /// Puts memory of this process's own in the file's place, at the same address and zeroed, so
    /// that nothing can fault any more. For a region that is not whole, whoever still uses it.
    public void isolate() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(this + " is not mapped any more");
        }
        PrivateMemory.overlay(segment.address(), sizeBytes);
    }

    /// Unmaps. No thread may touch the region from now on. Does nothing the second time.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing was written through it, so nothing can be lost.
                throw new UncheckedIOException("can't close " + this, e);
            }
        }
    }

    @Override
    public String toString() {
        return "region " + path + " of " + sizeBytes + " bytes";
    }

    private static Region map(Path path, long sizeBytes, boolean grow) throws IOException {
        Arena arena = Arena.ofShared();
        FileChannel channel = null;
        Region region = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!grow && channel.size() < sizeBytes) {
                throw new IOException("region " + path + " shrank while it was opened");
            }
            MemorySegment segment = channel.map(MapMode.READ_WRITE, 0, sizeBytes, arena);
            region = new Region(path, sizeBytes, arena, segment, channel);
            return region;
        } finally {
            if (region == null) { // whatever was thrown: the JDK says some of it with an error
                arena.close();
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private static void checkSize(Path path, long sizeBytes) {
        if (sizeBytes < 4096 || Long.bitCount(sizeBytes) != 1) {
            throw new IllegalArgumentException(
                    "region %s must have a power of two of at least 4096 bytes, not %d"
                            .formatted(path, sizeBytes));
        }
    }

    // A file of holes takes its pages at the first touch, which faults if others have filled the
    // file system by then. On hugetlbfs nothing can be written; see populate.
    private static void fill(Path path, long sizeBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, sizeBytes));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (long at = 0; at < sizeBytes; at += channel.write(zeros.clear(), at)) {}
        }
    }

    // Says how much there would have to be.
    private static void checkRoom(Path path, long sizeBytes) throws IOException {
        long free = Files.getFileStore(path).getUsableSpace();
        if (free < sizeBytes) {
            throw new IOException(
                    "region %s needs %d bytes, but its file system has %d left; free some or enlarge it"
                            .formatted(path, sizeBytes, free));
        }
    }
}
