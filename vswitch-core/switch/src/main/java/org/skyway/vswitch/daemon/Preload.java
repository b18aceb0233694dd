package org.skyway.vswitch.daemon;

import java.util.concurrent.CountDownLatch;
import org.skyway.vswitch.journal.QueueFile;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.state.StateStore;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.SubstituteLoggerFactory;

/// What is slow the first time, and a good part of a command's time, is done by other threads while
/// the command line is read. Whoever needs some of it waits for all, because initialisers of
/// classes that need each other and run on two threads could wait for each other for ever. Only
/// Chronicle is not waited for: it is the business of the threads that write files, and guards
/// itself.
public final class Preload {
    private static CountDownLatch done; // null if nothing was begun

    private Preload() {}

    /// Begins for a switch.
    public static void ofSwitch() {
        // What is logged while the factory is made is logged then: there is nothing to warn of.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        begin("preload files", QueueFile::preload);
        done = begin("preload", StateStore::preload, Ofproto::preload);
        // All of them have loggers. Whoever comes first makes the factory of these, and others are
        // given one meanwhile that has no levels.
        while (LoggerFactory.getILoggerFactory() instanceof SubstituteLoggerFactory) {
            Thread.yield();
        }
    }

    /// Begins for who asks one.
    public static void ofClient() {
        done = begin("preload", ControlClient::preload);
    }

    private static CountDownLatch begin(String name, Runnable... tasks) {
        CountDownLatch end = new CountDownLatch(1);
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        run(tasks);
                    } finally {
                        end.countDown();
                    }
                });
        return end;
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

    /// Waits for the end of it, if it was begun.
    public static void await() {
        try {
            if (done != null) {
                done.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
