package org.skyway.pmd.port;

import java.util.concurrent.CountDownLatch;

/// Where the control thread leaves one change at a time for the data thread, which takes it between
/// two bursts. The data thread pays one load for it.
final class Handover {
    /// What the data thread shall do.
    ///
    /// @param kind which change
    /// @param link of [Kind#ATTACH]: the new link; else null
    /// @param slot of [Kind#DETACH]: which
    /// @param channel of [Kind#MOVE]: the new normal channel; else null
    /// @param taken counted down when it is done
    record Change(Kind kind, LinkEnd link, int slot, NormalChannel channel, CountDownLatch taken) {}

    enum Kind {
        ATTACH,
        DETACH,
        MOVE
    }

    private volatile Change pending;

    /// Waits until the data thread has carried a change out, for as long as that takes.
    synchronized void submit(Kind kind, LinkEnd link, int slot, NormalChannel channel)
            throws InterruptedException {
        var change = new Change(kind, link, slot, channel, new CountDownLatch(1));
        pending = change;
        change.taken.await();
    }

    /// The change that waits, or null.
    Change pending() {
        return pending;
    }

    /// The data thread has carried out what [#pending] returned.
    void done(Change change) {
        pending = null;
        change.taken.countDown();
    }
}
