package org.skyway.vswitch.counters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;
import org.skyway.ivshmem.region.Memory;

/// Hands out memory for counters, in blocks of whole lines of 64 bytes. That of a file is shared
/// with the file: what a killed process has counted is in there. Any thread.
///
/// The file grows by mebibytes, each of which has its pages before anybody touches it, up to the
/// gibibyte that [SavedCounters] reads; when there are none left, what is handed out then is lost
/// with the process. What is handed out stays mapped as long as the process lives.
///
/// ```
/// offset  bytes  field of a block
///      0     24  its user's
///     24      8  tag: says whose the block is; never the same again in this memory
///     32      …  its user's
/// ```
public final class CounterMemory {
    /// Bytes of a line.
    public static final int LINE = 64;

    /// Where a block's tag is.
    static final int TAG = 24;

    static final int CHUNK = 1 << 20;

    /// Chunks of a file.
    static final int MOST_CHUNKS = SavedCounters.MOST / CHUNK;

    private static final int CHUNK_LINES = CHUNK / LINE;

    private static final Stores DIRECT = Memory::putLongRelease;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final CounterMemory PRIVATE = new CounterMemory(null, 0, DIRECT, _ -> {});

    private final FileChannel file; // null: memory that goes with the process
    private final int most; // chunks of the file
    private final Stores stores;
    private final Consumer<String> log;
    private final RedoLog redo; // of the file
    private final BurstLogs bursts; // in the file; null if there is none
    private final Int2ObjectHashMap<IntArrayList> free = new Int2ObjectHashMap<>(); // by lines
    private final IntArrayList idleLogs = new IntArrayList(); // blocks of threads that have ended
    private final AtomicLong tags = new AtomicLong();
    private volatile long[] chunks = {};
    private volatile int lasting; // chunks, the first ones, are the file's
    private int next; // line
    private boolean full; // the disk is

    /// Writes a word, with everything that was written before it visible to who sees it.
    @FunctionalInterface
    public interface Stores {
        /// Writes it.
        ///
        /// @param address where
        /// @param value what
        void put(long address, long value);
    }

    private CounterMemory(FileChannel file, int most, Stores stores, Consumer<String> log) {
        this.file = file;
        this.most = most;
        this.stores = stores;
        this.log = log;
        if (file != null) {
            grow();
        }
        redo = file == null ? null : new RedoLog(this, !full);
        bursts = file == null || full ? null : bursts();
    }

    private BurstLogs bursts() {
        int block = allocate(BurstLogs.LINES);
        BurstLogs made = new BurstLogs(this, block);
        made.mapped(0, chunks[0]);
        redo.bursts(block);
        return made;
    }

    /// Memory that goes with the process.
    ///
    /// @return the one there is
    public static CounterMemory ofProcess() {
        return PRIVATE;
    }

    /// Memory of a new file.
    ///
    /// @param path the file
    /// @param log is told when the disk is full
    /// @return the memory
    /// @throws IOException if it can't be made
    public static CounterMemory create(Path path, Consumer<String> log) throws IOException {
        return create(path, MOST_CHUNKS, DIRECT, log);
    }

    /// Memory of a new file, of which the size and the way to write are given.
    ///
    /// @param path the file
    /// @param mebibytes that it has at most
    /// @param stores how words are written that are changed one after the other for who comes after
    ///   this process; a process that is killed stops between two of them
    /// @param log is told when the disk is full
    /// @return the memory
    /// @throws IOException if it can't be made
    public static CounterMemory create(
            Path path, int mebibytes, Stores stores, Consumer<String> log) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        CounterMemory memory = new CounterMemory(channel, mebibytes, stores, log);
        if (memory.full) {
            channel.close();
            throw new IOException("%s has no room for %d bytes".formatted(path, CHUNK));
        }
        return memory;
    }

    /// Hands out a block to an object, and takes it back when nobody can reach that any more.
    ///
    /// @param owner whose it is; must be reachable whenever the block is used
    /// @param lines how many, up to a chunk's
    /// @return its number; all zeros but for its tag
    public int allocate(Object owner, int lines) {
        int block = allocate(lines);
        CLEANER.register(owner, new Release(this, block, lines));
        return block;
    }

    private record Release(CounterMemory memory, int block, int lines) implements Runnable {
        @Override
        public void run() {
            memory.free(block, lines);
        }
    }

    /// Hands out a block for good.
    ///
    /// @param lines how many, up to a chunk's
    /// @return its number; all zeros but for its tag
    public int allocate(int lines) {
        int block = take(lines);
        long address = address(block);
        Memory.clear(address, (long) lines * LINE);
        Memory.putLong(address + TAG, tags.incrementAndGet());
        return block;
    }

    private synchronized int take(int lines) {
        IntArrayList given = free.get(lines);
        if (given != null && !given.isEmpty()) {
            return given.removeAt(given.size() - 1);
        }
        if (lines > CHUNK_LINES) {
            throw new IllegalArgumentException("a block of %d lines".formatted(lines));
        }
        if (next + lines > chunks.length * CHUNK_LINES) {
            next = chunks.length * CHUNK_LINES;
            grow();
        }
        next += lines;
        return next - lines;
    }

    private synchronized void free(int block, int lines) {
        free.computeIfAbsent(lines, _ -> new IntArrayList()).addInt(block);
    }

    /// Where a block is.
    ///
    /// @param block its number
    /// @return an address, on a multiple of 64
    public long address(int block) {
        return chunks[block / CHUNK_LINES] + (long) (block % CHUNK_LINES) * LINE;
    }

    /// What tells a block from those that its memory was handed out as before and after.
    ///
    /// @param block its number
    /// @return its tag
    public long tag(int block) {
        return Memory.getLong(address(block) + TAG);
    }

    /// Whether a block is in the file.
    ///
    /// @param block its number
    /// @return false if it goes with the process
    public boolean isLasting(int block) {
        return offset(address(block)) >= 0;
    }

    /// Whether there is a file.
    ///
    /// @return false if all goes with the process
    public boolean hasFile() {
        return file != null;
    }

    /// Changes several words at once. Of the one thread that changes what is not a counter of a
    /// poll thread.
    ///
    /// @return the log of this memory's file, or another one if it has none
    public RedoLog redo() {
        return file == null ? new RedoLog(this, false) : redo;
    }

    /// Where a poll thread notes what it is at. Each thread has one.
    ///
    /// @param thread index of the thread
    /// @return a log in the file; if there is none, or no room in it, one that notes nothing
    public synchronized BurstLog burstLog(int thread) {
        if (bursts == null) {
            return BurstLog.none(thread);
        }
        if (!idleLogs.isEmpty()) {
            return bursts.over(thread, idleLogs.removeAt(idleLogs.size() - 1));
        }
        int block = allocate(BurstLog.LINES);
        return isLasting(block) ? bursts.create(thread, block) : BurstLog.none(thread);
    }

    /// Takes a log back whose thread has ended.
    ///
    /// @param log from [#burstLog]
    public synchronized void giveBack(BurstLog log) {
        if (log.isOn()) {
            idleLogs.addInt(log.block());
        }
    }

    /// Whether words are written otherwise than by a plain store.
    boolean isStepped() {
        return stores != DIRECT;
    }

    /// Writes a word that a process that comes after this one makes something of.
    ///
    /// @param address of the word, in a block
    /// @param value what
    public void store(long address, long value) {
        stores.put(address, value);
    }

    /// Where a word is in the file.
    ///
    /// @return bytes from its beginning; negative if it is not in there
    long offset(long address) {
        long[] all = chunks;
        for (int i = 0; i < all.length; i++) {
            long in = address - all[i];
            if (in >= 0 && in < CHUNK) {
                return i < lasting ? (long) i * CHUNK + in : -1;
            }
        }
        return -1;
    }

    // Pages are asked for by a plain write: a hole that is touched on a full disk faults.
    private void grow() {
        long[] more = Arrays.copyOf(chunks, chunks.length + 1);
        more[chunks.length] = file == null || full ? ofProcessOnly() : ofFile(chunks.length);
        if (file != null && !full) {
            lasting = more.length;
        }
        chunks = more;
        if (bursts != null && lasting == more.length) {
            bursts.mapped(more.length - 1, more[more.length - 1]);
        }
    }

    private static long ofProcessOnly() {
        return Arena.global().allocate(CHUNK, LINE).address();
    }

    private long ofFile(int chunk) {
        long at = (long) chunk * CHUNK;
        try {
            if (chunk >= most) {
                throw new IOException("the file has %d MiB".formatted(chunk));
            }
            ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            while (zeros.hasRemaining()) {
                file.write(zeros, at + zeros.position());
            }
            return file.map(MapMode.READ_WRITE, at, CHUNK, Arena.global()).address();
        } catch (IOException e) {
            full = true;
            log.accept(
                    "no room for more counters (%s): those of new entries are lost with the process; free some and restart the switch"
                            .formatted(e.getMessage()));
            return ofProcessOnly();
        }
    }
}
