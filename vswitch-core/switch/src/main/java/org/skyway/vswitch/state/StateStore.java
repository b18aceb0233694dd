package org.skyway.vswitch.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.fault.Faults;

/// The directory in which a switch keeps what it knows: `queue-N`, a Chronicle Queue of all there
/// is and of each change since, and `counters-N`. What is in a queue that is complete takes the
/// place of all with a lower number. It belongs to one process at a time.
///
/// Nothing is synced: what the kernel has taken survives the end of the process, and of a power cut
/// what the kernel had written by then, some seconds less than all. What is read is as much as is
/// whole.
public final class StateStore implements AutoCloseable {
    /// The format that is written and read here.
    static final int FORMAT = 3;

    private static final int OLDEST = 2; // that is read here

    private static final String QUEUE = "queue-";
    private static final String COUNTERS = "counters-";

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private StateStore(Path directory, FileChannel channel, FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    /// Makes the directory if need be, and takes it.
    ///
    /// @param directory where
    /// @return the store
    /// @throws IOException if it can't be made or written, or another switch has it
    public static StateStore open(Path directory) throws IOException {
        check(directory);
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Path file = directory.resolve("lock");
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, Files.readString(file).strip());
            }
            channel.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
            return new StateStore(directory, channel, lock);
        } catch (OverlappingFileLockException e) {
            throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    /// Checks what can be checked without taking it.
    ///
    /// @param directory where
    /// @throws IOException if there is something else
    public static void check(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException(
                    "state directory %s is no directory; choose another with --statedir"
                            .formatted(directory));
        }
    }

    private static IOException inUse(Path directory, String pid) {
        return new IOException(
                "state directory %s is in use by the switch with process id %s; stop that, or choose another with --statedir"
                        .formatted(directory, pid));
    }

    /// Writes and reads an entry, for nothing: the first time, that is slow.
    public static void preload() {
        FlowRule rule = new FlowRule(0, 1, Match.ANY, Instructions.apply(new Action.Output(1, 0)));
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try {
            SavedCodec.put(
                    new DataOutputStream(written),
                    new Saved.Flow(rule, 0, 0, 0, new Saved.Block(0, 0)));
            SavedCodec.flow(
                    new DataInputStream(
                            new ByteArrayInputStream(written.toByteArray(), 1, written.size())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads what the last switch has left.
    ///
    /// @return what it knew; null if there was none
    /// @throws IOException if it can't be read, or was written in a newer format
    public SavedState recover() throws IOException {
        return recover(newestFirst(QUEUE));
    }

    /// The same, by whatever thread runs it, also while something new is begun.
    ///
    /// @return a task that reads what there is now
    /// @throws IOException if that can't be found out
    public FutureTask<SavedState> recovery() throws IOException {
        List<Path> queues = newestFirst(QUEUE);
        return new FutureTask<>(() -> recover(queues));
    }

    private SavedState recover(List<Path> queues) throws IOException {
        StateReader.Content best = null;
        for (Path queue : queues) {
            StateReader.Content content = StateReader.read(queue);
            if (content.header() == null) {
                continue;
            }
            if (!isRead(content.header().format())) {
                throw new IOException(
                        "state directory %s was written in format %d, but this release reads %d to %d; use the release that wrote it, or begin empty with --forget"
                                .formatted(directory, content.header().format(), OLDEST, FORMAT));
            }
            best = best == null ? content : best;
            if (content.complete()) {
                best = content;
                break;
            }
        }
        return best == null ? null : recovered(best);
    }

    private SavedState recovered(StateReader.Content content) throws IOException {
        Excerpt.Header h = content.header();
        boolean sameBoot = h.boot().equals(boot());
        long elapsedMillis = Math.max(0, System.currentTimeMillis() - h.wallMillis());
        long shift = System.nanoTime() - elapsedMillis * 1_000_000 - h.nanos();
        return new SavedState(
                List.copyOf(content.items().values()),
                content.refused(),
                SavedCounters.read(directory.resolve(h.counters()), sameBoot),
                h.threads(),
                sameBoot,
                sameBoot ? 0 : shift,
                !h.counters().startsWith(COUNTERS));
    }

    /// Whether what was written in a format can be read.
    static boolean isRead(int format) {
        return format >= OLDEST && format <= FORMAT;
    }

    static String boot() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /// Begins to remember anew. What was there stays until [StateQueue#complete]. Returns before
    /// the queue is open, which takes its time: [StateQueue#awaitOpen].
    ///
    /// @param threads how many poll threads there are
    /// @param faults where what can't be written is counted
    /// @return the queue, running
    /// @throws IOException if there is no room
    public StateQueue begin(int threads, Faults faults) throws IOException {
        return begin(threads, faults, counters(faults));
    }

    /// Begins to remember anew, with counters that others use, too, or nobody else. What was there
    /// stays until [StateQueue#complete].
    ///
    /// @param threads how many poll threads there are
    /// @param faults where what can't be written is counted
    /// @param counters where counters lie
    /// @return the queue, running
    /// @throws IOException if there is no room
    public StateQueue begin(int threads, Faults faults, Counters counters) throws IOException {
        String name = directory.relativize(counters.file()).toString();
        StateQueue queue = new StateQueue(this, counters.memory(), name, threads, faults);
        queue.start();
        return queue;
    }

    /// A new file of counters.
    ///
    /// @param memory what is in it
    /// @param file where it is
    public record Counters(CounterMemory memory, Path file) {}

    /// Makes a new file of counters here.
    ///
    /// @param faults where is noted that it is full
    /// @return the file
    /// @throws IOException if there is no room
    public Counters counters(Faults faults) throws IOException {
        Path file = directory.resolve(COUNTERS + number(COUNTERS));
        return new Counters(
                CounterMemory.create(file, why -> faults.record("counters", "full", why)), file);
    }

    /// Removes all files of counters here but one.
    ///
    /// @param kept that one
    /// @throws IOException if they can't be removed
    public void removeOthers(Counters kept) throws IOException {
        for (Path other : newestFirst(COUNTERS)) {
            if (!other.equals(kept.file())) {
                Files.delete(other);
            }
        }
    }

    /// A folder for another queue.
    Path nextQueue() throws IOException {
        return directory.resolve(QUEUE + number(QUEUE));
    }

    private String number(String prefix) throws IOException {
        List<Path> there = newestFirst(prefix);
        long last = there.isEmpty() ? 0 : number(there.getFirst());
        return "%010d".formatted(last + 1);
    }

    private static long number(Path file) {
        String name = file.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }

    private List<Path> newestFirst(String prefix) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(f -> f.getFileName().toString().matches(prefix + "[0-9]{10}"))
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .toList();
        }
    }

    /// Removes all but one queue and its counters.
    void removeOthers(Path queue, String counters) throws IOException {
        for (Path other : newestFirst(QUEUE)) {
            if (!other.equals(queue)) {
                remove(other);
            }
        }
        for (Path other : newestFirst(COUNTERS)) {
            if (!other.getFileName().toString().equals(counters)) {
                Files.delete(other);
            }
        }
    }

    /// Removes a queue.
    static void remove(Path queue) throws IOException {
        if (Files.isDirectory(queue, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(queue)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(queue);
        }
    }

    /// Removes the counters of a queue that was never complete, if they are in this directory and
    /// so nobody else's.
    void removeCounters(String name) throws IOException {
        if (name.startsWith(COUNTERS)) {
            Files.deleteIfExists(directory.resolve(name));
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
