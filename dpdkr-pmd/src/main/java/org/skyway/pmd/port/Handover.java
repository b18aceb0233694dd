package org.skyway.pmd.port;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// Where the control thread leaves one change at a time for the data thread, which takes it between
/// two bursts. The data thread pays one load for it.
final class Handover {
    /// What the data thread shall do.
    ///
    /// @param kind which change
    /// @param link of [Kind#ATTACH]: the new link; of [Kind#MOVE]: null
    /// @param slot of [Kind#DETACH] and [Kind#DROP]: which
    /// @param channel of [Kind#MOVE]: the new normal channel; else null
    /// @param taken counted down when it is done
    record Change(Kind kind, LinkEnd link, int slot, NormalChannel channel, CountDownLatch taken) {}

    enum Kind {
        ATTACH,
        /// Takes a link away once its sender has done what it was told.
        DETACH,
        /// Takes a link away at once, with its switch.
        DROP,
        MOVE
    }

    private final AtomicReference<Change> pending = new AtomicReference<>();

    /// Waits until the data thread has carried a change out, for as long as that takes. One that is
    /// interrupted stays where it is: the data thread may have begun with it, and whoever closes
    /// the port finds in it what there is to unmap. Nothing is handed over behind it.
    ///
    /// @throws InterruptedException if the thread is interrupted, or an earlier one was
    synchronized void submit(Kind kind, LinkEnd link, int slot, NormalChannel channel)
            throws InterruptedException {
        var change = new Change(kind, link, slot, channel, new CountDownLatch(1));
        if (!pending.compareAndSet(null, change)) {
            throw new InterruptedException("an earlier change was given up, and still waits");
        }
        change.taken.await();
    }

    /// The change that waits, or null.
    Change pending() {
        return pending.get();
    }

    /// The data thread has carried out what [#pending] returned.
    void done(Change change) {
        pending.compareAndSet(change, null); // it may be another by now
        change.taken.countDown();
    }
}
