package org.skyway.vswitch.journal;

import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.core.io.Closeable;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/// The files of a Chronicle Queue while it is being written. One thread at a time.
///
/// Chronicle maps files that are mostly holes, and the first touch of a hole faults when the disk
/// is full by then: not as an exception at the line that did it, but as an error a while later,
/// with the queue half written. So before an excerpt goes out, the file system is asked by a plain
/// write for the pages that it can reach; that fails in words, and nothing is harmed. Only where a
/// file begins is there no place to write to: then it must do to ask how much room there is, and
/// should that go in the same moment, a file is harmed in which nothing was written yet.
public final class QueueFile implements AutoCloseable {
    /// What is left of a disk for others: the switch itself has sockets and regions to make.
    private static final long LEFT_FOR_OTHERS = 4L << 20;

    /// What a queue touches when it is opened or begins another day: headers, an index of each
    /// level.
    private static final long OPENING = 2L << 20;

    private static final int STEP = 1 << 20;
    private static final int SLACK = 1 << 18; // an index of each level, and headers
    private static final int UTF8_BYTES = 3; // of a char, at most

    /// How long an excerpt may be unfinished before it is passed over: its writer died in it.
    private static final long UNFINISHED_MILLIS = 1000;

    private final Path folder;
    private final ChronicleQueue queue;
    private final ExcerptAppender appender;
    private final ByteBuffer block = ByteBuffer.allocateDirect(STEP);
    private FileChannel channel; // of the file that is appended to
    private File file;
    private long end; // behind the last excerpt
    private long reserved; // all bytes before this one have pages

    private QueueFile(Path folder, ChronicleQueue queue, ExcerptAppender appender) {
        this.folder = folder;
        this.queue = queue;
        this.appender = appender;
    }

    /// Has the library initialise itself, which is slow. By one thread, while others wait, because
    /// initialisers of classes that need each other and run on two threads could wait for each
    /// other for ever.
    public static synchronized void preload() {
        try {
            MethodHandles.lookup().ensureInitialized(SingleChronicleQueueBuilder.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Opens or begins a queue.
    ///
    /// @param folder where its files are
    /// @return the queue, for appending
    /// @throws IOException if there is no room
    public static QueueFile open(Path folder) throws IOException {
        Files.createDirectories(folder);
        checkRoom(folder, OPENING);
        ChronicleQueue queue = queue(folder, false);
        QueueFile journal = null;
        try {
            ExcerptAppender appender = queue.createAppender();
            appender.singleThreadedCheckDisabled(true); // its users take turns
            journal = new QueueFile(folder, queue, appender);
            journal.findEnd();
            return journal;
        } finally {
            if (journal == null) {
                Closeable.closeQuietly(queue);
            }
        }
    }

    /// Opens a queue as Chronicle has it.
    ///
    /// @param folder where its files are
    /// @param readOnly whether nobody writes to it here
    /// @return the queue
    public static ChronicleQueue queue(Path folder, boolean readOnly) {
        preload();
        return SingleChronicleQueueBuilder.single(folder.toFile())
                .rollCycle(RollCycles.FAST_DAILY)
                .timeoutMS(UNFINISHED_MILLIS)
                .readOnly(readOnly)
                .build();
    }

    /// Appends one excerpt.
    ///
    /// @param text what it says
    /// @throws IOException if there is no room for it; nothing was written then
    public void append(CharSequence text) throws IOException {
        reserve((long) text.length() * UTF8_BYTES + SLACK);
        appender.writeText(text);
        appended();
    }

    /// Appends one excerpt.
    ///
    /// @param bytes what is in it, at the beginning of an array
    /// @param length how many of them
    /// @throws IOException if there is no room for it; nothing was written then
    public void append(byte[] bytes, int length) throws IOException {
        reserve(length + (long) SLACK);
        appender.writeBytes(out -> out.write(bytes, 0, length));
        appended();
    }

    /// Whether an excerpt can go out without asking the file system for anything.
    ///
    /// @param bytes in it
    /// @return true if there are pages for it
    public boolean hasRoomFor(int bytes) {
        return channel != null && reserved >= end + bytes + SLACK;
    }

    /// Asks the file system for pages that later excerpts will need.
    ///
    /// @param bytes in these
    /// @throws IOException if there is no room
    public void prepareFor(int bytes) throws IOException {
        if (channel != null) {
            reserve(bytes + (long) SLACK);
        }
    }

    private void appended() throws IOException {
        long position = appender.wire().bytes().writePosition();
        if (appender.currentFile().equals(file)) {
            end = position;
        } else {
            turnTo(appender.currentFile(), position); // another day, or the first excerpt of all
        }
    }

    private void findEnd() throws IOException {
        if (appender.wire() != null && appender.currentFile() != null) {
            turnTo(appender.currentFile(), appender.wire().bytes().writePosition());
        }
    }

    private void turnTo(File next, long position) throws IOException {
        Closeable.closeQuietly(channel);
        file = next;
        channel =
                FileChannel.open(next.toPath(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        end = position;
        reserved = position;
    }

    // What is there is written back, so that nothing depends on where exactly the queue ends: holes
    // read as zeros, and nobody else writes.
    private void reserve(long bytes) throws IOException {
        if (channel == null) {
            checkRoom(folder, OPENING + bytes);
            return;
        }
        while (reserved < end + bytes) {
            checkRoom(folder, STEP);
            block.clear();
            while (block.hasRemaining() && channel.read(block, reserved + block.position()) >= 0) {}
            while (block.hasRemaining()) {
                block.put((byte) 0);
            }
            block.flip();
            while (block.hasRemaining()) {
                channel.write(block, reserved + block.position());
            }
            reserved += STEP;
        }
    }

    private static void checkRoom(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes + LEFT_FOR_OTHERS) {
            throw new IOException(
                    "%s has %d bytes left, but the queue needs %d, and %d are left for others; free some"
                            .formatted(folder, free, bytes, LEFT_FOR_OTHERS));
        }
    }

    @Override
    public void close() {
        Closeable.closeQuietly(appender, queue, channel);
    }
}
