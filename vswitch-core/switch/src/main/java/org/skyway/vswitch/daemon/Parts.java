package org.skyway.vswitch.daemon;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/// What a switch is made of, in the order in which it was started. What is started first is stopped
/// last, and what can't be stopped keeps nothing else from it. One thread at a time.
public final class Parts implements AutoCloseable {
    private final Logger log;
    private final List<AutoCloseable> running = new ArrayList<>();
    private final List<AutoCloseable> locks = new ArrayList<>(); // of those

    /// Nothing yet.
    ///
    /// @param log is told what can't be stopped
    public Parts(Logger log) {
        this.log = log;
    }

    /// A part runs.
    ///
    /// @param part to be stopped with [#close]
    public void add(AutoCloseable part) {
        running.add(part);
    }

    /// A part runs that the next switch would have to wait for.
    ///
    /// @param lock to be stopped with [#close], or before that with [#unlock]
    public void claim(AutoCloseable lock) {
        running.add(lock);
        locks.add(lock);
    }

    /// Stops what was claimed.
    void unlock() {
        locks.forEach(this::stop);
    }

    /// Stops something.
    ///
    /// @param part of these or not
    public void stop(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            log.warn("while stopping {}: {}", part, e.toString());
        }
    }

    @Override
    public void close() {
        running.reversed().forEach(this::stop);
        running.clear();
    }
}
