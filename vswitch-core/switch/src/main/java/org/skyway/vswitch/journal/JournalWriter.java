package org.skyway.vswitch.journal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.concurrent.locks.LockSupport;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.journal.Journal.FlowEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal's thread: looks every few milliseconds for what was handed over, and writes all of
/// it as a few excerpts of many lines. Waking it for each event would cost the one who has the
/// event a system call.
final class JournalWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final JsonStringEncoder JSON = JsonStringEncoder.getInstance();
    private static final long LOOK_NANOS = 5_000_000;
    private static final int EXCERPT_CHARS = 1 << 16;

    private final ChronicleQueue queue;
    private final ManyToOneConcurrentArrayQueue<Object> waiting;
    private final StringBuilder lines = new StringBuilder(EXCERPT_CHARS);
    private volatile boolean stopping;
    private boolean failed;

    JournalWriter(ChronicleQueue queue, ManyToOneConcurrentArrayQueue<Object> waiting) {
        this.queue = queue;
        this.waiting = waiting;
    }

    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try (queue;
                ExcerptAppender appender = queue.createAppender()) {
            boolean last;
            do {
                last = stopping; // what was handed over before is in the queue by now
                drain(appender);
                if (!last) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
            } while (!last);
        }
    }

    private void drain(ExcerptAppender appender) {
        for (Object event; (event = waiting.poll()) != null; ) {
            if (!lines.isEmpty()) {
                lines.append('\n');
            }
            print(event);
            if (lines.length() >= EXCERPT_CHARS) {
                append(appender);
            }
        }
        if (!lines.isEmpty()) {
            append(appender);
        }
    }

    private void print(Object event) {
        if (event instanceof FlowEvent(long nanos, String kind, var rule)) {
            lines.append("{\"nanos\":").append(nanos).append(",\"event\":\"").append(kind);
            lines.append("\",\"flow\":\"");
            JSON.quoteAsString(FlowText.print(rule), lines);
            lines.append("\"}");
        } else {
            lines.append(event); // a tree of Jackson's prints itself as JSON
        }
    }

    // The switch goes on without its journal when a disk is full.
    private void append(ExcerptAppender appender) {
        try {
            appender.writeText(lines);
            failed = false;
        } catch (RuntimeException e) {
            if (!failed) {
                failed = true;
                LOG.error("the journal can't be written; events are lost", e);
            }
        } finally {
            lines.setLength(0);
        }
    }
}
