package org.skyway.vswitch.journal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.ivshmem.sys.Affinity;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal.FlowEvent;
import org.skyway.vswitch.journal.Journal.FlowEvents;

/// The journal's thread: looks every few milliseconds for what was handed over, and writes all of
/// it as a few excerpts of many lines. Waking it for each event would cost the one who has the
/// event a system call.
///
/// It ends only when told to. What can't be written stays where it is, here and among what waits,
/// while the files are closed and opened anew from time to time: a full disk may have room again.
/// Only what finds no place to wait in is lost, and is counted.
final class JournalWriter implements Runnable {
    private static final JsonStringEncoder JSON = JsonStringEncoder.getInstance();

    /// What it has to write can wait; who waits for a bundle of 100,000 entries can't.
    private static final int GIVES_WAY = 10;

    private static final long LOOK_NANOS = 5_000_000;
    private static final long SELDOM_NANOS = 50_000_000; // when nothing has happened for a while
    private static final int LOOKS_BEFORE = 200;
    private static final long RETRY_NANOS = 100_000_000L;
    private static final long LONGEST_RETRY_NANOS = 5_000_000_000L;
    private static final int EXCERPT_CHARS = 1 << 16;

    /// How often a text is tried that the files refuse for another reason than room.
    private static final int TRIES = 5;

    private final Path runDirectory;
    private final ManyToOneConcurrentArrayQueue<Object> waiting;
    private final Faults faults;
    private final StringBuilder lines = new StringBuilder(EXCERPT_CHARS);
    private final StringBuilder flow = new StringBuilder();
    private final AtomicLong lost = new AtomicLong(); // that nobody was told of
    private final AtomicLong lostInAll = new AtomicLong();
    private int inLines; // events whose text is in lines
    private long lostInLines; // how many losses the text in lines tells of
    private QueueFile file;
    private int refusals; // of what is in lines
    private FlowEvents many; // null if none are being printed
    private int printed; // of those
    private int inVain; // looks since the last event
    private long retryNanos = RETRY_NANOS;
    private long retryAt = System.nanoTime();
    private volatile long written;
    private volatile boolean stopping;
    private volatile boolean failing;
    private volatile Consumer<String> listener;

    JournalWriter(Path runDirectory, ManyToOneConcurrentArrayQueue<Object> waiting, Faults faults) {
        this.runDirectory = runDirectory;
        this.waiting = waiting;
        this.faults = faults;
    }

    void listen(Consumer<String> reader) {
        listener = reader;
    }

    void stop() {
        stopping = true;
    }

    /// Whether what was handed over last could not be written. Any thread.
    boolean isFailing() {
        return failing;
    }

    /// Events that the files have. Any thread.
    long written() {
        return written;
    }

    /// Events that they will never have. Any thread.
    long lostInAll() {
        return lostInAll.get();
    }

    /// Notes that an event found no place. Any thread.
    void lost(long events) {
        lostInAll.addAndGet(events);
        long all = lost.addAndGet(events);
        faults.record(
                "journal",
                "lost",
                "%d event(s) found no place to wait in and are lost".formatted(all));
    }

    @Override
    public void run() {
        Affinity.giveWay(GIVES_WAY);
        boolean last;
        do {
            last = stopping; // what was handed over before is in the queue by now
            try {
                write(last);
            } catch (Throwable e) {
                fail(e);
            }
            if (!last) {
                LockSupport.parkNanos(inVain++ < LOOKS_BEFORE ? LOOK_NANOS : SELDOM_NANOS);
            }
        } while (!last);
        end();
    }

    private void write(boolean last) throws Exception {
        if (failing && !last && System.nanoTime() - retryAt < 0) {
            return;
        }
        if (file == null) {
            file = QueueFile.open(Journal.folder(runDirectory));
        }
        append(); // what could not be written the last time
        while (printMany() || printNext()) {
            inVain = 0;
            if (lines.length() >= EXCERPT_CHARS) {
                append();
            }
        }
        long untold = lost.get();
        if (untold > 0) {
            begin();
            lines.append(Journal.event("lost").put("count", untold));
            lostInLines = untold;
        }
        append();
        failing = false;
        retryNanos = RETRY_NANOS;
    }

    // One at a time: what can't be written is where it was the next time.
    private boolean printMany() {
        if (many == null) {
            return false;
        }
        print(new FlowEvent(many.nanos(), many.kind(), many.rules().get(printed)));
        if (++printed == many.rules().size()) {
            many = null;
        }
        return true;
    }

    private boolean printNext() {
        Object event = waiting.poll();
        if (event instanceof FlowEvents events) {
            many = events.rules().isEmpty() ? null : events;
            printed = 0;
        } else if (event != null) {
            print(event);
        }
        return event != null;
    }

    private void begin() {
        if (!lines.isEmpty()) {
            lines.append('\n');
        }
        inLines++;
    }

    private void print(Object event) {
        int length = lines.length();
        try {
            begin();
            if (event instanceof FlowEvent(long nanos, String kind, var rule)) {
                lines.append("{\"nanos\":").append(nanos).append(",\"event\":\"").append(kind);
                lines.append("\",\"flow\":\"");
                flow.setLength(0);
                FlowText.print(rule, flow);
                JSON.quoteAsString(flow, lines);
                lines.append("\"}");
            } else {
                lines.append(event); // a tree of Jackson's prints itself as JSON
            }
        } catch (Throwable e) {
            lines.setLength(length);
            inLines--;
            lost.incrementAndGet();
            lostInAll.incrementAndGet();
            faults.record("journal: event", e);
        }
    }

    private void append() throws Exception {
        if (!lines.isEmpty()) {
            file.append(lines);
            written += inLines; // this thread alone
            tell();
            lost.addAndGet(-lostInLines);
            clear();
        }
    }

    // Who only wants to see what happens does not make it fail.
    private void tell() {
        Consumer<String> reader = listener;
        if (reader != null) {
            try {
                reader.accept(lines.toString());
            } catch (Throwable e) {
                faults.record("journal: listener", e);
            }
        }
    }

    private void clear() {
        lines.setLength(0);
        inLines = 0;
        lostInLines = 0;
        refusals = 0;
    }

    // An error of memory that is mapped may come a while after what caused it, so nothing of these
    // files is trusted any more.
    private void fail(Throwable e) {
        failing = true;
        faults.record("journal: file", e);
        closeFile();
        if (!(e instanceof IOException) && ++refusals >= TRIES) {
            lost(inLines - Math.min(lostInLines, 1)); // the text may be at fault
            clear();
        }
        retryAt = System.nanoTime() + retryNanos;
        retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    }

    private void closeFile() {
        QueueFile old = file;
        file = null;
        try {
            if (old != null) {
                old.close();
            }
        } catch (Throwable e) {
            faults.record("journal: file", e);
        }
    }

    private void end() {
        closeFile();
        long left = inLines + waiting.size();
        if (left > 0) {
            lost(left);
        }
    }
}
