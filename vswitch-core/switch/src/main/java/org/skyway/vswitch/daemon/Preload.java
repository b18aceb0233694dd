package org.skyway.vswitch.daemon;

import java.util.List;
import org.skyway.vswitch.journal.QueueFile;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.state.StateStore;

/// What is slow the first time, and a good part of a switch's start, is done by another thread
/// while the command line is read. Whoever needs some of it waits for all, because initialisers of
/// classes that need each other and run on two threads could wait for each other for ever.
public final class Preload {
    private static final List<Runnable> TASKS =
            List.of(QueueFile::preload, StateStore::preload, Ofproto::preload);

    private static Thread thread; // null if it was not begun

    private Preload() {}

    /// Begins.
    public static void begin() {
        thread = Thread.ofPlatform().daemon().name("preload").start(Preload::run);
    }

    private static void run() {
        for (Runnable task : TASKS) {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                // Whoever needs it says it better.
            }
        }
    }

    /// Waits for its end, if it was begun.
    public static void await() {
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
