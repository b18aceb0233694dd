package org.skyway.memif;

import java.util.List;
import org.skyway.ivshmem.sys.ForeignMemory;

/// Where buffers are. A client laid them out itself and asks no descriptor; a server is told by
/// each slot, and checks.
final class MemifBuffers {
    static final long NOWHERE = 0;

    private final long[] bases;
    private final long[] sizes;

    MemifBuffers(List<ForeignMemory> regions) {
        bases = regions.stream().mapToLong(ForeignMemory::address).toArray();
        sizes = regions.stream().mapToLong(ForeignMemory::sizeBytes).toArray();
    }

    /// Where a buffer is that a slot describes.
    ///
    /// @param word0 its first word, read once
    /// @param word1 its second word, read once
    /// @param length of the buffer
    /// @return its address, or [#NOWHERE] if it is not all in one region
    long locate(long word0, long word1, int length) {
        final int region = MemifLayout.region(word0);
        final long offset = word1 & 0xffff_ffffL;
        if (region >= bases.length || length <= 0 || offset + length > sizes[region]) {
            return NOWHERE;
        }
        return bases[region] + offset;
    }

    String describe(long word0, long word1, int length) {
        int region = MemifLayout.region(word0);
        return "region %d, offset %d, %d bytes; there are %s"
                .formatted(
                        region,
                        word1 & 0xffff_ffffL,
                        length & 0xffff_ffffL,
                        region < sizes.length
                                ? sizes[region] + " bytes"
                                : sizes.length + " regions");
    }
}
