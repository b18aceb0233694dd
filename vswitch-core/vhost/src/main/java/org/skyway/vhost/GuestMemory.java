package org.skyway.vhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// A guest's memory: where its addresses, and those of its front end, are in this process.
final class GuestMemory implements AutoCloseable {
    static final long NOWHERE = 0;

    private static final int MOST_REGIONS = 8;

    private final List<ForeignMemory> mapped;
    private final long[] guest; // address in the guest
    private final long[] user; // address in the front end
    private final long[] bytes;
    private final long[] base; // address here
    private volatile String cutShort;

    private GuestMemory(List<ForeignMemory> mapped, long[][] table) {
        this.mapped = mapped;
        guest = table[0];
        bytes = table[1];
        user = table[2];
        base = table[3];
    }

    /// Maps what a front end has told of.
    ///
    /// @param m SET_MEM_TABLE
    /// @param attached a descriptor for each region; the result's, or closed
    /// @throws VhostException if it can't be
    static GuestMemory map(VhostMessage m, List<Descriptor> attached) throws VhostException {
        List<ForeignMemory> mapped = new ArrayList<>();
        List<Descriptor> unused = new ArrayList<>(attached);
        GuestMemory made = null;
        try {
            int n = m.u32(0);
            if (n < 1 || n > MOST_REGIONS || n != attached.size()) {
                throw new VhostException(
                        "a memory table has %d regions and %d descriptors; 1 to %d of both can be"
                                .formatted(n & 0xffff_ffffL, attached.size(), MOST_REGIONS));
            }
            long[][] table = new long[4][n];
            for (int i = 0; i < n; i++) {
                int at = 8 + 32 * i;
                long size = m.u64(at + 8);
                long offset = m.u64(at + 24);
                if (size <= 0 || offset < 0 || offset > Long.MAX_VALUE - size) {
                    throw new VhostException(
                            "region %d of the memory table has %d bytes at offset %d of its file"
                                    .formatted(i, size, offset));
                }
                // From the file's start: huge pages can't be mapped from an offset within one.
                ForeignMemory memory =
                        ForeignMemory.map(
                                "region %d of the guest's memory".formatted(i),
                                unused.removeFirst(),
                                offset + size);
                mapped.add(memory);
                table[0][i] = m.u64(at);
                table[1][i] = size;
                table[2][i] = m.u64(at + 16);
                table[3][i] = memory.address() + offset;
            }
            made = new GuestMemory(mapped, table);
            return made;
        } catch (IOException e) {
            throw new VhostException(e.getMessage(), e);
        } finally {
            unused.forEach(Descriptor::close);
            if (made == null) {
                mapped.forEach(ForeignMemory::close);
            }
        }
    }

    /// Where a buffer is.
    ///
    /// @param address in the guest
    /// @param length unsigned
    /// @return its address here; [#NOWHERE] if it is not all in one region
    long locate(long address, int length) {
        for (int i = 0; i < guest.length; i++) {
            final long offset = address - guest[i];
            // Holds for all 64-bit addresses: an offset that is none is negative, or too large.
            if (offset >= 0 && offset <= bytes[i] - (length & 0xffff_ffffL)) {
                return base[i] + offset;
            }
        }
        return NOWHERE;
    }

    /// Where a part of a queue is.
    ///
    /// @param address in the front end
    /// @param length of it, below 2^31
    /// @return its address here; [#NOWHERE] if it is not all in one region
    long locateOfFrontEnd(long address, long length) {
        for (int i = 0; i < user.length; i++) {
            final long offset = address - user[i];
            if (offset >= 0 && offset <= bytes[i] - length) {
                return base[i] + offset;
            }
        }
        return NOWHERE;
    }

    void checkMemory() {
        for (ForeignMemory region : mapped) {
            if (cutShort == null && !region.isWhole()) {
                cutShort = region + " was cut short; only its front end could do that";
            }
        }
        if (cutShort != null) {
            mapped.forEach(ForeignMemory::isolate);
        }
    }

    String cutShort() {
        return cutShort;
    }

    String describe() {
        long sum = 0;
        for (long b : bytes) {
            sum += b;
        }
        return "%d region(s) of %d MiB".formatted(bytes.length, sum >> 20);
    }

    @Override
    public void close() {
        mapped.forEach(ForeignMemory::close);
    }
}
