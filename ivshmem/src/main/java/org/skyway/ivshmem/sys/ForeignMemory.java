package org.skyway.ivshmem.sys;

import java.io.IOException;

/// Memory of another process that was received as a descriptor and is mapped here, readable and
/// writable, until [#close].
///
/// A page that reads as zeros follows it, so that who reads a packet in blocks may read past its
/// end. Whoever gave it can cut it short, if it is not sealed: see [#isWhole].
public final class ForeignMemory implements AutoCloseable {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final long PAGE = 4096;

    /// More than any host has, and little enough for a thousand of them.
    private static final long MOST_BYTES = 1L << 40;

    private final String name;
    private final Descriptor descriptor;
    private final long reserved;
    private final long reservedBytes;
    private final long address;
    private final long sizeBytes;
    private final boolean sealed;
    private boolean mapped = true;

    private ForeignMemory(
            String name,
            Descriptor descriptor,
            long reserved,
            long reservedBytes,
            long address,
            long sizeBytes) {
        this.name = name;
        this.descriptor = descriptor;
        this.reserved = reserved;
        this.reservedBytes = reservedBytes;
        this.address = address;
        this.sizeBytes = sizeBytes;
        sealed = descriptor.isSealed();
    }

    /// Maps it.
    ///
    /// @param name for messages
    /// @param descriptor whatever was received; owned by the result, or closed
    /// @param sizeBytes how long it is said to be
    /// @return the memory
    /// @throws IOException if it is no memory, is shorter than that, or can't be written
    public static ForeignMemory map(String name, Descriptor descriptor, long sizeBytes)
            throws IOException {
        ForeignMemory made = null;
        try {
            made = mapped(name, descriptor, sizeBytes);
            return made;
        } finally {
            if (made == null) {
                descriptor.close();
            }
        }
    }

    private static ForeignMemory mapped(String name, Descriptor descriptor, long sizeBytes)
            throws IOException {
        long page = descriptor.pageBytes();
        if (page < PAGE || Long.bitCount(page) != 1) {
            throw new IOException(
                    "%s is no memory but %s; only memfd, tmpfs and hugetlbfs can be shared"
                            .formatted(name, descriptor.target()));
        }
        if (sizeBytes <= 0 || sizeBytes > MOST_BYTES) {
            throw new IOException(
                    "%s can't have %d bytes; 1 to %d can be mapped"
                            .formatted(name, sizeBytes, MOST_BYTES));
        }
        long actual = descriptor.sizeBytes();
        if (actual < sizeBytes) {
            throw new IOException(
                    "%s was announced with %d bytes, but its memory has %d"
                            .formatted(name, sizeBytes, actual));
        }
        long bytes = (sizeBytes + page - 1) & -page;
        long reservedBytes = bytes + page + PAGE; // room to align, and the page behind
        long reserved =
                UnixCalls.mmap(
                        0,
                        reservedBytes,
                        PROT_READ,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                        -1,
                        0);
        if (reserved < 0) {
            throw new IOException(
                    "there is no room to map %s of %d bytes: errno %d"
                            .formatted(name, sizeBytes, -reserved));
        }
        long address = (reserved + page - 1) & -page;
        long at =
                UnixCalls.mmap(
                        address,
                        bytes,
                        PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_FIXED,
                        descriptor.number(),
                        0);
        if (at != address) {
            UnixCalls.munmap(reserved, reservedBytes);
            throw new IOException(
                    "can't map %s of %d bytes: errno %d".formatted(name, sizeBytes, -at));
        }
        return new ForeignMemory(name, descriptor, reserved, reservedBytes, address, sizeBytes);
    }

    /// Where it starts in this process.
    ///
    /// @return an address for [org.skyway.ivshmem.region.Memory]; invalid after [#close]
    public long address() {
        return address;
    }

    /// How long it is.
    ///
    /// @return bytes
    public long sizeBytes() {
        return sizeBytes;
    }

    /// Its descriptor, which stays its own: to be passed on.
    ///
    /// @return the descriptor
    public Descriptor descriptor() {
        return descriptor;
    }

    /// Whether nobody can cut it short.
    ///
    /// @return true if it is sealed
    public boolean isSealed() {
        return sealed;
    }

    /// Whether it still has all its bytes. To touch what was cut off is an [InternalError], at the
    /// touch or soon after.
    ///
    /// @return false if it is shorter than what is mapped
    public boolean isWhole() {
        return sealed || descriptor.sizeBytes() >= sizeBytes;
    }

    /// Puts memory of this process's own in its place, at the same address and zeroed, so that
    /// nothing can fault any more. For memory that is not whole, whoever still uses it.
    public synchronized void isolate() {
        if (!mapped) {
            throw new IllegalStateException(name + " is not mapped any more");
        }
        long at =
                UnixCalls.mmap(
                        reserved,
                        reservedBytes,
                        PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
                        -1,
                        0);
        if (at != reserved) {
            throw new OutOfMemoryError("no memory in place of " + name + ": errno " + -at);
        }
    }

    /// Unmaps it and closes its descriptor. No thread may touch it from now on. Does nothing the
    /// second time.
    @Override
    public synchronized void close() {
        if (mapped) {
            mapped = false;
            UnixCalls.munmap(reserved, reservedBytes);
            descriptor.close();
        }
    }

    @Override
    public String toString() {
        return name + " of " + sizeBytes + " bytes";
    }
}
