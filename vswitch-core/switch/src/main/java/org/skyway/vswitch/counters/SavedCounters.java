package org.skyway.vswitch.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The memory of a process that is no more. One thread.
public final class SavedCounters {
    /// Bytes that are read at most.
    static final int MOST = 1 << 30;

    private final ByteBuffer bytes;
    private List<RingCursor> cursors = List.of();

    private SavedCounters(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /// Reads a file, and ends what its process was at when it was killed: a change ([RedoLog]), and
    /// the bursts of its poll threads ([BurstLog]).
    ///
    /// @param path what [CounterMemory#create] made; if it is gone, all of it counts as lost
    /// @param sameBoot whether the host was not started anew since. If it was, parts of the file
    ///   may be older than others, and a burst too short to matter
    /// @return what it holds
    /// @throws IOException if it can't be read
    public static SavedCounters read(Path path, boolean sameBoot) throws IOException {
        if (!Files.exists(path)) {
            return new SavedCounters(ByteBuffer.allocate(0));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer all = ByteBuffer.allocateDirect((int) Math.min(channel.size(), MOST));
            while (all.hasRemaining() && channel.read(all) >= 0) {}
            SavedCounters saved = new SavedCounters(all.flip().order(ByteOrder.nativeOrder()));
            saved.redo();
            if (sameBoot && saved.get(0, 0) == RedoLog.MAGIC) {
                saved.cursors =
                        new SavedBursts(saved.bytes)
                                .end(
                                        saved.get(0, RedoLog.BURSTS),
                                        saved.get(0, RedoLog.BURSTS_TAG));
            }
            return saved;
        }
    }

    // See RedoLog. What is not whole was never begun to be written.
    private void redo() {
        long count = get(0, RedoLog.COUNT);
        long block = get(0, RedoLog.NOTES);
        long notes = block * CounterMemory.LINE + RedoLog.FIRST;
        if (get(0, 0) != RedoLog.MAGIC
                || block < 0
                || block > MOST
                || get((int) block, CounterMemory.TAG) != get(0, RedoLog.NOTES_TAG)
                || count <= 0
                || count > (bytes.limit() - notes) / RedoLog.NOTE) {
            return;
        }
        long sum = 0;
        boolean inside = true;
        for (int i = 0; i < 2 * count; i++) {
            long word = bytes.getLong((int) notes + 8 * i);
            sum = RedoLog.mix(sum, word);
            inside &= i % 2 != 0 || word >= 0 && word % 8 == 0 && word < bytes.limit();
        }
        if (sum != get(0, RedoLog.SUM) || !inside) {
            return;
        }
        for (int at = (int) notes; at < notes + RedoLog.NOTE * count; at += RedoLog.NOTE) {
            bytes.putLong((int) bytes.getLong(at), bytes.getLong(at + 8));
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

    /// The tag of a block, whosever it is.
    ///
    /// @param block its number
    /// @return the tag; 0 if there is no such block
    public long tag(int block) {
        return get(block, CounterMemory.TAG);
    }

    /// Whether a block is there.
    ///
    /// @param block its number
    /// @param tag that it must have
    /// @return true if so
    public boolean has(int block, long tag) {
        return get(block, CounterMemory.TAG) == tag;
    }

    /// What bursts were about to show, whose packets are counted already.
    ///
    /// @return how far rings of port regions were read and written
    public List<RingCursor> cursors() {
        return cursors;
    }

    private long get(int block, int offset) {
        long at = (long) block * CounterMemory.LINE + offset;
        return at < 0 || at + Long.BYTES > bytes.limit() ? 0 : bytes.getLong((int) at);
    }
}
