package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.pmd.port.Handover.Change;
import org.skyway.pmd.port.Handover.Kind;

@Timeout(30)
class HandoverTest {
    private final Handover handover = new Handover();

    private Thread submit(AtomicReference<Throwable> failure) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        handover.submit(Kind.DETACH, null, 0, null);
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                });
    }

    private Change awaitOtherThan(Change old) {
        Change change;
        while ((change = handover.pending()) == null || change == old) {
            Thread.onSpinWait();
        }
        return change;
    }

    @Test
    void doneClearsOnlyTheChangeThatWasDone() throws Exception {
        var failure = new AtomicReference<Throwable>();
        Thread first = submit(failure);
        Change old = awaitOtherThan(null);
        handover.done(old);
        first.join();
        Thread second = submit(failure);
        Change change = awaitOtherThan(old);
        handover.done(old);
        assertSame(change, handover.pending(), "who waits for it would wait for ever");
        handover.done(change);
        second.join();
        assertNull(handover.pending());
        assertNull(failure.get());
    }

    @Test
    void changeThatWasGivenUpStaysUntilItIsDone() throws Exception {
        var failure = new AtomicReference<Throwable>();
        Thread thread = submit(failure);
        Change change = awaitOtherThan(null);
        thread.interrupt();
        thread.join();
        assertTrue(failure.get() instanceof InterruptedException);
        assertSame(change, handover.pending());
        assertThrows(InterruptedException.class, () -> handover.submit(Kind.DETACH, null, 1, null));
        assertSame(change, handover.pending());
        handover.done(change);
        assertNull(handover.pending());
    }
}
