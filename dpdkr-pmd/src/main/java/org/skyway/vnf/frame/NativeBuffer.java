package org.skyway.vnf.frame;

import java.lang.foreign.Arena;

/// Memory of this process for packets, zeroed, at an address for
/// [org.skyway.ivshmem.region.Memory]. It lives as long as the buffer is open.
public final class NativeBuffer implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final long address;

    /// Allocates.
    ///
    /// @param sizeBytes 1 or more
    public NativeBuffer(long sizeBytes) {
        address = arena.allocate(sizeBytes, 64).address();
    }

    /// Where it starts.
    ///
    /// @return a multiple of 64
    public long address() {
        return address;
    }

    /// Frees the memory, which no thread may touch any more.
    @Override
    public void close() {
        arena.close();
    }
}
