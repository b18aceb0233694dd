package org.skyway.vswitch.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.vswitch.counters.FlowBlock;

/// A group as it was installed, and what it and its buckets counted. A group that is changed is
/// another.
public final class GroupState {
    private final GroupEntry group;
    private final long createdNanos;
    private final FlowCounters all;
    private final List<FlowCounters> buckets = new ArrayList<>();

    /// A group that has counted nothing.
    ///
    /// @param group what was installed
    /// @param createdNanos [System#nanoTime] when it was made
    /// @param counters makes counters at zero
    public GroupState(GroupEntry group, long createdNanos, Supplier<FlowCounters> counters) {
        this.group = group;
        this.createdNanos = createdNanos;
        all = counters.get();
        for (int i = 0; i < group.buckets().size(); i++) {
            buckets.add(counters.get());
        }
    }

    /// What was installed.
    ///
    /// @return the group
    public GroupEntry group() {
        return group;
    }

    /// Goes on with what was counted at a switch that is no more.
    ///
    /// @param sums the whole group's and then each bucket's
    public void resume(List<FlowBlock.Sums> sums) {
        for (int i = 0; i < sums.size() && i <= buckets.size(); i++) {
            (i == 0 ? all : buckets.get(i - 1)).resume(sums.get(i));
        }
    }

    /// When it was made.
    ///
    /// @return a [System#nanoTime]
    public long createdNanos() {
        return createdNanos;
    }

    /// The counters of the whole group.
    ///
    /// @return its counters
    public FlowCounters counters() {
        return all;
    }

    /// The counters of a bucket.
    ///
    /// @param bucket its place in the group
    /// @return its counters
    public FlowCounters counters(int bucket) {
        return buckets.get(bucket);
    }
}
