package org.skyway.vswitch.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.fault.Faults;

/// Events in a Chronicle Queue in the run directory, one JSON record each, with the time in
/// nanoseconds since 1970. It survives crashes of the switch; anyone may read while it is written.
///
/// Whoever has an event only hands it over. A thread of the journal's own makes text of it and
/// writes, a few milliseconds later and many events at once, so that a controller with many
/// flow-mods does not wait for the journal. Any thread may hand events over; those of one thread
/// keep their order.
///
/// The switch goes on without its journal when a disk is full or the files can't be written for
/// another reason. Events wait until there is room again; those that find no place among the
/// waiting are lost, and an event `lost` with a `count` tells of them in the journal.
public final class Journal implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Events that may wait to be written. Whoever has one more waits a little while the writer is
    /// just busy; else the event is lost.
    private static final int WAITING = 1 << 18;

    private static final long FULL_NANOS = 100_000;
    private static final long LONGEST_WAIT_NANOS = 20_000_000;
    private static final long FOLLOW_NANOS = 20_000_000;

    /// A flow entry that came, went or changed.
    record FlowEvent(long nanos, String kind, FlowRule rule) {}

    /// The same with many, of which each is an event.
    record FlowEvents(long nanos, String kind, List<FlowRule> rules) {}

    private final ManyToOneConcurrentArrayQueue<Object> waiting =
            new ManyToOneConcurrentArrayQueue<>(WAITING);
    private final JournalWriter writer;
    private final Thread thread;
    private volatile boolean stuck;

    /// Opens or begins a journal. Does not fail: what is wrong with the files is recorded, and
    /// tried again.
    ///
    /// @param runDirectory its `journal` folder holds it
    /// @param faults where errors that were survived are counted
    public Journal(Path runDirectory, Faults faults) {
        writer = new JournalWriter(runDirectory, waiting, faults);
        thread = new Thread(writer, "journal");
        thread.setDaemon(true);
        thread.start();
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /// Starts an event.
    ///
    /// @param kind what happened, for instance `link`
    /// @return a record to which fields may be added before it is [#write]n
    public static ObjectNode event(String kind) {
        return JSON.createObjectNode().put("nanos", now()).put("event", kind);
    }

    /// Appends an event.
    ///
    /// @param event from [#event]; must not be changed any more
    public void write(ObjectNode event) {
        hand(event);
    }

    /// Appends what happened to a flow entry.
    ///
    /// @param kind what happened, for instance `flow-add`
    /// @param rule the entry
    public void write(String kind, FlowRule rule) {
        hand(new FlowEvent(now(), kind, rule));
    }

    /// Appends what happened to many flow entries at once, an event for each.
    ///
    /// @param kind what happened, for instance `flow-delete`
    /// @param rules the entries; must not be changed any more
    public void write(String kind, List<FlowRule> rules) {
        hand(new FlowEvents(now(), kind, rules));
    }

    // Once somebody waited in vain, nobody waits until there is place again.
    private void hand(Object event) {
        if (waiting.offer(event)) {
            stuck = false;
            return;
        }
        long end = System.nanoTime() + LONGEST_WAIT_NANOS;
        while (!stuck && !writer.isFailing() && System.nanoTime() - end < 0) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(FULL_NANOS);
            if (waiting.offer(event)) {
                return;
            }
        }
        stuck = true;
        writer.lost(event instanceof FlowEvents e ? e.rules.size() : 1);
    }

    /// How it is.
    ///
    /// @param written events that the files have got from this process
    /// @param lost events that they will never have
    /// @param waiting events that are not written yet
    /// @param failing whether what was handed over last could not be written
    public record Condition(long written, long lost, int waiting, boolean failing) {}

    /// How it is now. Any thread.
    ///
    /// @return its condition
    public Condition condition() {
        return new Condition(
                writer.written(), writer.lostInAll(), waiting.size(), writer.isFailing());
    }

    /// Shows what is written to somebody else, too.
    ///
    /// @param reader gets one or more events as lines of JSON, on the journal's thread; must not
    ///   wait
    public void listen(Consumer<String> reader) {
        writer.listen(reader);
    }

    /// Whether there is a journal.
    ///
    /// @param runDirectory where a switch runs or ran
    /// @return false if none was ever begun there
    public static boolean exists(Path runDirectory) {
        return Files.isDirectory(folder(runDirectory));
    }

    /// Reads a journal from its beginning, whether or not it is being written.
    ///
    /// @param runDirectory where the switch runs or ran
    /// @param follow whether to wait for more at the end, until the thread is interrupted
    /// @param reader gets each event as a line of JSON
    public static void read(Path runDirectory, boolean follow, Consumer<String> reader) {
        try (ChronicleQueue queue = QueueFile.queue(folder(runDirectory), true);
                ExcerptTailer tailer = queue.createTailer()) {
            while (!Thread.currentThread().isInterrupted()) {
                String lines = tailer.readText();
                if (lines != null) {
                    lines.lines().forEach(reader);
                } else if (follow) {
                    LockSupport.parkNanos(FOLLOW_NANOS);
                } else {
                    return;
                }
            }
        }
    }

    /// Writes what was handed over, if it can be written at all, and ends. No more events may come.
    @Override
    public void close() {
        writer.stop();
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static Path folder(Path runDirectory) {
        return runDirectory.resolve("journal");
    }
}
