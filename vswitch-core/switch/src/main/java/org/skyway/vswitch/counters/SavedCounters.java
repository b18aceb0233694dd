package org.skyway.vswitch.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The memory of a process that is no more. One thread.
public final class SavedCounters {
    private final ByteBuffer bytes;

    private SavedCounters(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /// Reads a file.
    ///
    /// @param path what [CounterMemory#create] made; if it is gone, all of it counts as lost
    /// @return what it holds
    /// @throws IOException if it can't be read
    public static SavedCounters read(Path path) throws IOException {
        if (!Files.exists(path)) {
            return new SavedCounters(ByteBuffer.allocate(0));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer all = ByteBuffer.allocateDirect((int) Math.min(channel.size(), 1 << 30));
            while (all.hasRemaining() && channel.read(all) >= 0) {}
            return new SavedCounters(all.flip().order(ByteOrder.nativeOrder()));
        }
    }

    /// A word of a block.
    ///
    /// @param block its number
    /// @param tag that it must have
    /// @param offset of the word in it, bytes
    /// @return the word; 0 if the block is another's by now, or was lost
    public long word(int block, long tag, int offset) {
        return get(block, CounterMemory.TAG) == tag ? get(block, offset) : 0;
    }

    /// Whether a block is there.
    ///
    /// @param block its number
    /// @param tag that it must have
    /// @return true if so
    public boolean has(int block, long tag) {
        return get(block, CounterMemory.TAG) == tag;
    }

    private long get(int block, int offset) {
        long at = (long) block * CounterMemory.LINE + offset;
        return at < 0 || at + Long.BYTES > bytes.limit() ? 0 : bytes.getLong((int) at);
    }
}
