package org.skyway.pipeline.classifier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.skyway.openflow.model.Match;

/// One entry of a [Tuple], in the list of those with the same match, highest priority first.
///
/// A list is changed in place, under its readers. A node that is taken out keeps its way on, so a
/// reader that stands on it still finds everything behind it that it may see; what was put in
/// meanwhile it may not see anyway, because that belongs to a later version.
final class Node<T> implements Place {
    /// Of an entry that is still there.
    static final long NEVER = Long.MAX_VALUE;

    private static final VarHandle LOWER;
    private static final VarHandle REMOVED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LOWER = lookup.findVarHandle(Node.class, "lower", Node.class);
            REMOVED = lookup.findVarHandle(Node.class, "removed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Tuple<T> tuple;
    final long hash;
    final long[] values; // of the tuple's mask words, in order; shared by all of one match
    final int priority;
    final Match match;
    final T value;
    private final long added;

    @SuppressWarnings("FieldMayBeFinal") // written by the handle
    private long removed = NEVER;

    private Node<T> lower; // of the same match, and a lower priority or an earlier version

    // Writer only from here.
    Node<T> higher; // null in the one that the hash table holds
    Node<T> older; // in the order in which entries came into the table
    Node<T> newer;
    Node<T> above; // among those of the same mask and priority
    Node<T> below;

    Node(Tuple<T> tuple, long hash, long[] values, int priority, Match match, T value, long added) {
        this.tuple = tuple;
        this.hash = hash;
        this.values = values;
        this.priority = priority;
        this.match = match;
        this.value = value;
        this.added = added;
    }

    /// Whether a reader that began with a version sees it.
    boolean isIn(long version) {
        return added <= version && version < (long) REMOVED.getOpaque(this);
    }

    /// Whether the writer has not removed it.
    boolean isLive() {
        return removed == NEVER;
    }

    /// Whether any version has it.
    boolean isInAny() {
        return added < removed;
    }

    long removed() {
        return removed;
    }

    void removed(long version) {
        REMOVED.setOpaque(this, version);
    }

    /// Marks it as removed, and takes it out of all lists of what is there.
    ///
    /// @param version the first that does not have it
    void leave(long version) {
        removed(version);
        older = null;
        newer = null;
        above = null;
        below = null;
    }

    @SuppressWarnings("unchecked")
    Node<T> lower() {
        return (Node<T>) LOWER.getAcquire(this);
    }

    void lower(Node<T> next) {
        LOWER.setRelease(this, next);
    }

    @Override
    public int hashCode() {
        return (int) hash * 31 + priority;
    }

    // By identity: an entry that came again is another one.
    @Override
    public boolean equals(Object o) {
        return this == o;
    }
}
