package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A file descriptor that somebody owns, and closes once. Any thread; who still uses it when it is
/// closed may meet another file under its number, so owners wait for their users first.
public final class Descriptor implements AutoCloseable {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_TYPE_AND_SIZE = 0x201;
    private static final int STATX_BYTES = 256;
    private static final int STATX_MODE_OFFSET = 28;
    private static final int STATX_SIZE_OFFSET = 40;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;
    private static final int STATFS_BYTES = 128;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final long TMPFS_MAGIC = 0x01021994;
    private static final long HUGETLBFS_MAGIC = 0x958458f6L;
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    static Descriptor owning(int number) {
        return new Descriptor(number);
    }

    /// Makes memory that others can map by its descriptor (`memfd_create(2)`); it reads as zeros
    /// and can't be made shorter or longer by anybody.
    ///
    /// @param name for `/proc`
    /// @param sizeBytes how much
    /// @return its descriptor
    /// @throws IOException if the kernel has none
    public static Descriptor memory(String name, long sizeBytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = UnixCalls.memfd(arena.allocateFrom(name), MFD_CLOEXEC | MFD_ALLOW_SEALING);
            if (fd < 0) {
                throw new IOException("can't make shared memory %s: errno %d".formatted(name, -fd));
            }
            Descriptor made = owning(fd);
            int rc = UnixCalls.ftruncate(fd, sizeBytes);
            if (rc == 0) {
                rc = UnixCalls.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
            }
            if (rc < 0) {
                made.close();
                throw new IOException("can't make shared memory %s: errno %d".formatted(name, -rc));
            }
            return made;
        }
    }

    /// Another one of the same file.
    ///
    /// @return the copy, with an owner of its own
    /// @throws IOException if the process has too many descriptors
    public Descriptor copy() throws IOException {
        int fd = UnixCalls.fcntl(number(), F_DUPFD_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("can't copy a descriptor: errno " + -fd);
        }
        return owning(fd);
    }

    /// Its number in this process.
    ///
    /// @return 0 or more
    /// @throws IllegalStateException if it is closed
    public int number() {
        int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return n;
    }

    /// How long the file is.
    ///
    /// @return bytes; 0 for what has no length, -1 if it can't be looked at
    public long sizeBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = status(arena);
            return status == null ? -1 : status.get(ValueLayout.JAVA_LONG, STATX_SIZE_OFFSET);
        }
    }

    private MemorySegment status(Arena arena) {
        MemorySegment result = arena.allocate(STATX_BYTES, 8);
        MemorySegment nothing = arena.allocateFrom("");
        int rc = UnixCalls.statx(number(), nothing, AT_EMPTY_PATH, STATX_TYPE_AND_SIZE, result);
        return rc < 0 ? null : result;
    }

    /// Whether its owner can't make it shorter any more. Memory that is not sealed may be cut short
    /// while it is mapped.
    ///
    /// @return true if it has the seal
    public boolean isSealed() {
        int seals = UnixCalls.fcntl(number(), F_GET_SEALS, 0);
        return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
    }

    /// How large the pages of the memory are that it stands for.
    ///
    /// @return bytes; 0 if it is no memory: a file on a disk, a device, a socket, a file system in
    ///   user space, all of which could keep waiting whoever touches them
    long pageBytes() {
        try (Arena arena = Arena.ofConfined()) {
            // Device files may lie in a tmpfs, too.
            MemorySegment status = status(arena);
            MemorySegment result = arena.allocate(STATFS_BYTES, 8);
            if (status == null
                    || (status.get(ValueLayout.JAVA_SHORT, STATX_MODE_OFFSET) & S_IFMT) != S_IFREG
                    || UnixCalls.fstatfs(number(), result) < 0) {
                return 0;
            }
            long type = result.get(ValueLayout.JAVA_LONG, 0) & 0xffff_ffffL;
            long bytes = result.get(ValueLayout.JAVA_LONG, 8);
            return type == TMPFS_MAGIC || type == HUGETLBFS_MAGIC ? bytes : 0;
        }
    }

    /// What the kernel calls it.
    ///
    /// @return a path, or a name like `anon_inode:[eventfd]`; `?` if it can't be asked
    String target() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number())).toString();
        } catch (IOException e) {
            return "?";
        }
    }

    /// Whether it was closed.
    ///
    /// @return true once [#close] was called
    public boolean isClosed() {
        return number.get() == CLOSED;
    }

    /// Closes it. Does nothing the second time.
    @Override
    public void close() {
        int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            UnixCalls.close(n);
        }
    }

    @Override
    public String toString() {
        int n = number.get();
        return n == CLOSED ? "closed descriptor" : "descriptor " + n;
    }
}
