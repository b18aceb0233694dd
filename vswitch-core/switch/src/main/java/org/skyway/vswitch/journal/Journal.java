package org.skyway.vswitch.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/// Events in a Chronicle Queue in the run directory, one JSON record each, with the time in
/// nanoseconds since 1970. It survives crashes of the switch; anyone may read while it is written.
/// Writing belongs to one thread.
public final class Journal implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChronicleQueue queue;
    private final ExcerptAppender appender;

    /// Opens or begins a journal.
    ///
    /// @param runDirectory its `journal` folder holds it
    public Journal(Path runDirectory) {
        queue = open(runDirectory, false);
        appender = queue.createAppender();
    }

    private static ChronicleQueue open(Path runDirectory, boolean readOnly) {
        return SingleChronicleQueueBuilder.single(runDirectory.resolve("journal").toFile())
                .rollCycle(RollCycles.FAST_DAILY)
                .readOnly(readOnly)
                .build();
    }

    /// Starts an event.
    ///
    /// @param kind what happened, for instance `flow-add`
    /// @return a record to which fields may be added before it is [#write]n
    public static ObjectNode event(String kind) {
        Instant now = Instant.now();
        return JSON.createObjectNode()
                .put("nanos", now.getEpochSecond() * 1_000_000_000L + now.getNano())
                .put("event", kind);
    }

    /// Appends an event.
    ///
    /// @param event from [#event]
    public void write(ObjectNode event) {
        try {
            appender.writeText(JSON.writeValueAsString(event));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }

    /// Reads a journal from its beginning, whether or not it is being written.
    ///
    /// @param runDirectory where the switch runs or ran
    /// @param follow whether to wait for more at the end, until the thread is interrupted
    /// @param reader gets each event as a line of JSON
    public static void read(Path runDirectory, boolean follow, Consumer<String> reader) {
        try (ChronicleQueue queue = open(runDirectory, true);
                ExcerptTailer tailer = queue.createTailer()) {
            while (!Thread.currentThread().isInterrupted()) {
                String line = tailer.readText();
                if (line != null) {
                    reader.accept(line);
                } else if (follow) {
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                } else {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        appender.close();
        queue.close();
    }
}
