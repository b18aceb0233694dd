package org.skyway.experiments.figures;

import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.process.ExperimentException;

/// Adds and deletes entries of a port that nobody has, at a rate, on a thread of its own.
final class Changes implements AutoCloseable {
    private static final int AT_ONCE = 64; // after which it waits until they are effective

    private final Controller controller;
    private final int rate;
    private final long start = System.nanoTime();
    private final Thread thread;
    private volatile boolean ending;
    private volatile long sent;
    private volatile RuntimeException failure;

    /// Begins.
    ///
    /// @param controller over whose connection
    /// @param rate changes a second; 0 for none
    Changes(Controller controller, int rate) {
        this.controller = controller;
        this.rate = rate;
        thread = rate == 0 ? null : Thread.ofPlatform().daemon().name("changes").start(this::run);
    }

    private void run() {
        try {
            long count = 0;
            while (!ending) {
                long due = (long) ((System.nanoTime() - start) / 1e9 * rate);
                for (; count < due && !ending; count++) {
                    change(count);
                    if (count % AT_ONCE == AT_ONCE - 1) {
                        controller.barrier();
                    }
                    sent = count + 1;
                }
                Waits.sleep(0.001);
            }
            // What is left would be matched by nothing, but makes tables larger round by round.
            controller.deleteAll("in_port=77");
            controller.barrier();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void change(long count) {
        String match = "in_port=77,udp,tp_dst=" + (count / 2 & 0xffff);
        if (count % 2 == 0) {
            controller.add("priority=50," + match + ",actions=output:2");
        } else {
            controller.delete("priority=50," + match + ",actions=output:2");
        }
    }

    double perSecond() {
        return sent / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
        ending = true;
        if (thread == null) {
            return;
        }
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
        if (failure != null) {
            throw failure;
        }
    }
}
