package org.skyway.experiments.caches;

/// A switch whose caches are looked at. One thread.
interface Subject extends AutoCloseable {
    /// What its one poll thread has done so far.
    ///
    /// @param packets packets that it received
    /// @param misses of them, those for which the pipeline was run
    /// @param nanos processor time that it spent on them: its own, times the part of its time in
    ///   which it found some
    record Reading(long packets, long misses, double nanos) {}

    /// Its name.
    String name();

    /// Lets packets come for a while, with or without changes beside them.
    ///
    /// @param seconds how long
    /// @param disturbed whether there are changes
    /// @return what it did in that time
    Reading run(double seconds, boolean disturbed);

    @Override
    void close();
}
