package org.skyway.vswitch.state;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.QueueFile;

/// Remembers what a switch knows. The ofproto thread says what changes, and which changes belong
/// together; a thread of the queue's own makes bytes of it and writes them. A few changes are
/// written by the ofproto thread itself if that asks the file system for nothing.
///
/// That thread has a list of all there is. When the changes have become many more than that, it
/// writes the list to another queue and goes on there. It does the same, as soon as there is room
/// again, after something could not be written: then nobody waits for it meanwhile.
public final class StateQueue implements AutoCloseable {
    private static final int EXCERPT_BYTES = 1 << 18;
    private static final int FEW = 16; // changes that are written at once
    private static final int AT_ONCE_BYTES = 1 << 18;
    private static final int AHEAD_BYTES = 1 << 20;
    private static final int PART = 1024; // changes that are handed over before they are committed
    private static final long SMALL = 16L << 20; // bytes of changes that are not worth a new queue
    private static final int GROWTH = 4;
    private static final int TOO_MANY = 2;
    private static final long QUIET_NANOS = 500_000_000;
    private static final long IDLE_NANOS = 50_000_000;
    private static final long AWAKE_NANOS = 300_000;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final StateStore store;
    private final CounterMemory memory;
    private final String counters;
    private final int threads;
    private final Faults faults;
    private final Thread writer = new Thread(this::run, "state");

    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    private List<Object> changes = new ArrayList<>(); // not handed over yet; ofproto thread
    private boolean open; // some of what is not committed was handed over; ofproto thread
    private long committed; // ofproto thread
    private final ReentrantLock turn = new ReentrantLock(); // to write
    private final ConcurrentLinkedQueue<Batch> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean idle;
    private volatile boolean stopping;
    private volatile boolean completing;
    private volatile boolean isComplete;
    private volatile long written;
    private volatile boolean failing;

    // Of whose turn it is.
    private final Map<Object, Saved> present = new LinkedHashMap<>(); // but for flow entries
    private final Map<Object, Saved> flows = new LinkedHashMap<>();
    private QueueFile file;
    private Path folder;
    private long snapshotBytes;
    private long changeBytes;
    private long changedNanos = System.nanoTime();
    private long retryAt;
    private long workedNanos = System.nanoTime();
    private boolean isPart; // what was taken last is not all that belongs together
    private final Excerpt.Writer excerpt = new Excerpt.Writer();
    private final DataOutputStream out = new DataOutputStream(excerpt);

    /// Changes: what is there now, or a [Removal].
    ///
    /// @param number of the commit
    /// @param last whether no more belong to it; those of one are there all together or not at all
    private record Batch(long number, boolean last, List<Object> changes) {}

    private record Removal(Object key) {}

    StateQueue(
            StateStore store, CounterMemory memory, String counters, int threads, Faults faults) {
        this.store = store;
        this.memory = memory;
        this.counters = counters;
        this.threads = threads;
        this.faults = faults;
    }

    void start() {
        writer.setDaemon(true);
        writer.start();
    }

    /// Waits until it is open. Any thread; what is to be remembered may be told before.
    ///
    /// @throws IOException if there is no room
    public void awaitOpen() throws IOException {
        try {
            opened.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a queue was made", e);
        }
    }

    /// Where counters are to lie.
    ///
    /// @return the memory
    public CounterMemory memory() {
        return memory;
    }

    /// Notes what there is now in the place of its key. Ofproto thread.
    ///
    /// @param item what
    public void put(Saved item) {
        note(item);
    }

    // Of many changes the first are written while the others are still made.
    private void note(Object change) {
        changes.add(change);
        if (changes.size() >= PART) {
            open = true;
            hand(new Batch(committed + 1, false, changes));
            changes = new ArrayList<>();
        }
    }

    private void hand(Batch batch) {
        waiting.add(batch);
        if (idle) {
            LockSupport.unpark(writer);
        }
    }

    /// Notes that there is nothing any more in a place. Ofproto thread.
    ///
    /// @param key the place
    public void remove(Object key) {
        note(new Removal(key));
    }

    /// What was noted so far belongs together and is to be written. Ofproto thread.
    ///
    /// @return for [#isWritten]
    public long commit() {
        if (open || !changes.isEmpty()) {
            Batch batch = new Batch(++committed, true, changes);
            if (open || changes.size() > FEW || !writeAtOnce(batch)) {
                hand(batch);
            }
            changes = new ArrayList<>();
            open = false;
        }
        return committed;
    }

    // A few changes are written in less time than another thread takes to wake up, and whoever
    // waits
    // for their barrier makes the next ones then. What asks the file system for anything may take
    // long, and is the writer's.
    private boolean writeAtOnce(Batch batch) {
        // Nobody else hands anything over, so whose turn it is finds nothing to be written before.
        if (!waiting.isEmpty() || !turn.tryLock()) {
            return false;
        }
        try {
            if (failing || !isComplete || !file.hasRoomFor(AT_ONCE_BYTES)) {
                return false;
            }
            write(batch);
            return true;
        } catch (Throwable e) {
            fail(e);
            written = batch.number();
            return true;
        } finally {
            turn.unlock();
        }
    }

    /// Whether changes have been handed to the kernel, or nobody is to wait for that because it
    /// can't be done. Any thread.
    ///
    /// @param commit what [#commit] returned
    /// @return true if so
    public boolean isWritten(long commit) {
        return written >= commit || failing;
    }

    /// What was committed is all that there was to be remembered of the switch before: what that
    /// has left is removed. Waits until all is written. Ofproto thread, once.
    ///
    /// @throws IOException if it can't be written; what the switch before has left is still there
    public void complete() throws IOException {
        completing = true;
        LockSupport.unpark(writer);
        while (!isComplete) {
            if (failing || !writer.isAlive()) {
                throw new IOException(
                        "what the switch has to remember can't be written; its log says why");
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private void run() {
        try {
            open(); // here, as Chronicle wants to see one thread only
            opened.complete(null);
        } catch (Throwable e) {
            opened.completeExceptionally(e);
            return;
        }
        boolean last;
        do {
            last = stopping; // what was committed before is among what waits by now
            turn.lock();
            try {
                work();
            } catch (Throwable e) {
                fail(e);
            } finally {
                turn.unlock();
            }
            rest(last);
        } while (!last);
        closeFile();
    }

    private void rest(boolean last) {
        if (!last && System.nanoTime() - workedNanos < AWAKE_NANOS) {
            // Who has just made a change most often makes another, and waits for this thread.
            Thread.yield();
        } else if (!last) {
            idle = true;
            if (waiting.isEmpty() && !completing || failing) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
            idle = false;
        }
    }

    private void work() throws IOException {
        if (failing) {
            takeAll();
            if ((isPart || System.nanoTime() - retryAt < 0) && !stopping) {
                return;
            }
            rewrite();
            failing = false;
            return;
        }
        for (Batch batch; (batch = waiting.poll()) != null; ) {
            write(batch);
            workedNanos = System.nanoTime();
        }
        file.prepareFor(AHEAD_BYTES);
        if (completing) {
            excerpt.begin();
            end(Excerpt.Kind.COMPLETE);
            store.removeOthers(folder, counters);
            completing = false;
            isComplete = true;
            snapshotBytes = changeBytes;
            changeBytes = 0;
        } else if (isComplete && !isPart && isTimeToRewrite()) {
            rewrite();
        }
    }

    // Whoever waits for a change meanwhile waits long, so it is done when nothing has changed for a
    // moment, if there is one before the changes have become too many.
    private boolean isTimeToRewrite() {
        long most = SMALL + GROWTH * snapshotBytes;
        boolean quiet = System.nanoTime() - changedNanos > QUIET_NANOS;
        return changeBytes > (quiet ? most : TOO_MANY * most);
    }

    private void write(Batch batch) throws IOException {
        take(batch);
        changedNanos = System.nanoTime();
        write(batch.changes().iterator(), batch.last());
        if (batch.last()) {
            written = batch.number();
        }
    }

    private void takeAll() {
        for (Batch batch; (batch = waiting.poll()) != null; ) {
            take(batch);
            if (batch.last()) {
                written = batch.number();
            }
        }
    }

    private void take(Batch batch) {
        isPart = !batch.last();
        for (Object change : batch.changes()) {
            switch (change) {
                case Removal(Saved.AllFlows _) -> flows.clear();
                case Removal(Saved.FlowKey flow) -> flows.remove(flow);
                case Removal(Object key) -> present.remove(key);
                case Saved.Flow flow -> flows.put(flow.key(), flow);
                case Saved item -> present.put(item.key(), item);
                default -> throw new IllegalStateException("no change: " + change);
            }
        }
    }

    // All there is into another queue. If that can't be, the one before is as it was.
    private void rewrite() throws IOException {
        closeFile();
        Path old = folder;
        boolean done = false;
        try {
            open();
            write(present.values().iterator(), false);
            write(flows.values().iterator(), true);
            if (isComplete) {
                excerpt.begin();
                end(Excerpt.Kind.COMPLETE);
            }
            done = true;
        } finally {
            if (!done) {
                discard(old);
            }
        }
        if (isComplete) {
            store.removeOthers(folder, counters);
        } else if (old != null) {
            StateStore.remove(old);
        }
        snapshotBytes = changeBytes;
        changeBytes = 0;
    }

    // Tries come every second, and what one leaves behind takes room that others wait for.
    private void discard(Path old) {
        closeFile();
        try {
            if (!folder.equals(old)) {
                StateStore.remove(folder);
            }
        } catch (IOException e) {
            faults.record("state: file", e);
        }
        folder = old;
    }

    private void open() throws IOException {
        folder = store.nextQueue();
        file = QueueFile.open(folder);
        changeBytes = 0;
        excerpt.begin();
        new Excerpt.Header(
                        StateStore.FORMAT,
                        StateStore.boot(),
                        System.nanoTime(),
                        System.currentTimeMillis(),
                        counters,
                        threads)
                .put(out);
        end(Excerpt.Kind.HEADER);
    }

    private void write(Iterator<?> items, boolean last) throws IOException {
        excerpt.begin();
        while (items.hasNext()) {
            print(items.next());
            if (excerpt.size() >= EXCERPT_BYTES && items.hasNext()) {
                end(Excerpt.Kind.MORE);
                excerpt.begin();
            }
        }
        end(last ? Excerpt.Kind.LAST : Excerpt.Kind.MORE);
    }

    // What has no form in bytes is not remembered; the others are.
    private void print(Object what) throws IOException {
        int before = excerpt.size();
        try {
            if (what instanceof Removal(Object key)) {
                SavedCodec.remove(out, key);
            } else {
                SavedCodec.put(out, (Saved) what);
            }
        } catch (RuntimeException e) {
            excerpt.backTo(before);
            faults.record("state: what can't be remembered", e);
        }
    }

    private void end(Excerpt.Kind kind) throws IOException {
        file.append(excerpt.end(kind), excerpt.size());
        changeBytes += excerpt.size();
    }

    // An error of memory that is mapped may come a while after what caused it, so nothing of these
    // files is trusted any more.
    private void fail(Throwable e) {
        if (e instanceof IOException) {
            faults.record("state: file", "IOException", String.valueOf(e.getMessage())); // no room
        } else {
            faults.record("state: file", e);
        }
        takeAll();
        closeFile();
        failing = true;
        retryAt = System.nanoTime() + RETRY_NANOS;
    }

    private void closeFile() {
        QueueFile old = file;
        file = null;
        try {
            if (old != null) {
                old.close();
            }
        } catch (Throwable e) {
            faults.record("state: file", e);
        }
    }

    /// Writes what was committed and ends. If it was never [#complete], what the switch before has
    /// left is still there, and nothing else.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(writer);
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!isComplete) {
            try {
                if (folder != null) {
                    StateStore.remove(folder);
                }
                store.removeCounters(counters);
            } catch (IOException e) {
                faults.record("state: file", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
