package org.skyway.vswitch.datapath;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.skyway.ivshmem.sys.Affinity;

/// Starts threads that are bound to a core before they do anything.
final class PinnedThread {
    private PinnedThread() {}

    /// Starts a daemon thread and waits until it is bound.
    ///
    /// @param core its core; -1 for any
    /// @throws IllegalArgumentException if this process may not use the core
    static Thread start(String name, int core, Runnable work) {
        CompletableFuture<Void> bound = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            if (bind(core, bound)) {
                                work.run();
                            }
                        },
                        name);
        thread.setDaemon(true);
        thread.start();
        try {
            bound.join();
        } catch (CompletionException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        }
        return thread;
    }

    private static boolean bind(int core, CompletableFuture<Void> bound) {
        try {
            if (core >= 0) {
                Affinity.pinCurrentThread(core);
            }
        } catch (IllegalArgumentException e) {
            bound.completeExceptionally(e);
            return false;
        }
        bound.complete(null);
        return true;
    }
}
