package org.skyway.vswitch.daemon;

import org.skyway.vswitch.journal.QueueFile;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.state.StateStore;

/// What is slow the first time, and a good part of a command's time, is done by another thread
/// while the command line is read. Whoever needs some of it waits for all, because initialisers of
/// classes that need each other and run on two threads could wait for each other for ever.
public final class Preload {
    private static Thread thread; // null if it was not begun

    private Preload() {}

    /// Begins for a switch.
    public static void ofSwitch() {
        begin(QueueFile::preload, StateStore::preload, Ofproto::preload);
    }

    /// Begins for who asks one.
    public static void ofClient() {
        begin(ControlClient::preload);
    }

    private static void begin(Runnable... tasks) {
        thread = Thread.ofPlatform().daemon().name("preload").start(() -> run(tasks));
    }

    private static void run(Runnable... tasks) {
        for (Runnable task : tasks) {
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
