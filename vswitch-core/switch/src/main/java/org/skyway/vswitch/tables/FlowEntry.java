package org.skyway.vswitch.tables;

import org.skyway.openflow.model.FlowRule;
import org.skyway.pipeline.classifier.Place;
import org.skyway.pipeline.classifier.TableEntry;

/// A flow entry in a table: the rule, when it was made, and what it counted.
///
/// The rule is immutable; modifying an entry replaces it by another that shares its [FlowCounters].
public final class FlowEntry implements TableEntry {
    private final FlowRule rule;
    private final long createdNanos;
    private final long modifiedNanos;
    private final long usedNanos;
    private final FlowCounters counters;
    private Place place; // ofproto thread

    /// An entry.
    ///
    /// @param rule what was installed
    /// @param createdNanos [System#nanoTime] when it was added
    /// @param modifiedNanos [System#nanoTime] when it was last added or modified
    /// @param counters its counters
    public FlowEntry(FlowRule rule, long createdNanos, long modifiedNanos, FlowCounters counters) {
        this(rule, createdNanos, modifiedNanos, createdNanos, counters);
    }

    /// An entry that takes the place of another.
    ///
    /// @param rule what was installed
    /// @param createdNanos [System#nanoTime] when it was added
    /// @param modifiedNanos [System#nanoTime] when it was last added or modified
    /// @param usedNanos [System#nanoTime] when the other was last used
    /// @param counters its counters
    public FlowEntry(
            FlowRule rule,
            long createdNanos,
            long modifiedNanos,
            long usedNanos,
            FlowCounters counters) {
        this.rule = rule;
        this.createdNanos = createdNanos;
        this.modifiedNanos = modifiedNanos;
        this.usedNanos = usedNanos;
        this.counters = counters;
    }

    /// The entry that takes this one's place: to replace an entry is not to use it.
    ///
    /// @param next what is installed now
    /// @param created [System#nanoTime] when it was added
    /// @param modified [System#nanoTime] when it was last added or modified
    /// @param nextCounters its counters
    /// @return the entry
    public FlowEntry replacedBy(
            FlowRule next, long created, long modified, FlowCounters nextCounters) {
        return new FlowEntry(next, created, modified, lastUsedNanos(), nextCounters);
    }

    /// When a packet last hit the entry or one that it has replaced; when the first of them was
    /// made, if none ever did.
    ///
    /// @return a [System#nanoTime]
    public long lastUsedNanos() {
        long used = counters.lastUsedNanos();
        return used == Long.MIN_VALUE || used - usedNanos < 0 ? usedNanos : used;
    }

    /// When an entry that it has replaced was last used; when it was made, if it has replaced none.
    ///
    /// @return a [System#nanoTime]
    public long usedNanos() {
        return usedNanos;
    }

    /// Where it lies in its table, or lay; null if it never was in one. Who keeps the tables knows.
    Place place() {
        return place;
    }

    void place(Place now) {
        place = now;
    }

    /// The same entry for other tables, which counts what this one counts.
    ///
    /// @return the entry
    public FlowEntry copy() {
        return new FlowEntry(rule, createdNanos, modifiedNanos, usedNanos, counters);
    }

    @Override
    public FlowRule rule() {
        return rule;
    }

    /// When it was added.
    ///
    /// @return a [System#nanoTime]
    public long createdNanos() {
        return createdNanos;
    }

    /// When it was last added or modified; hard timeouts count from here.
    ///
    /// @return a [System#nanoTime]
    public long modifiedNanos() {
        return modifiedNanos;
    }

    /// Its counters.
    ///
    /// @return the counters, shared with the entries it replaced
    public FlowCounters counters() {
        return counters;
    }

    @Override
    public String toString() {
        return "table=" + rule.table() + ",priority=" + rule.priority() + "," + rule.match();
    }
}
