package org.skyway.vswitch.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.skyway.openflow.model.GroupEntry;

/// A group as it was installed, and what it and its buckets counted. A group that is changed is
/// another.
public final class GroupState implements GroupCounters {
    private final GroupEntry group;
    private final FlowCounters all;
    private final List<FlowCounters> buckets = new ArrayList<>();

    /// A group that has counted nothing.
    ///
    /// @param group what was installed
    /// @param threads how many poll threads there are
    public GroupState(GroupEntry group, int threads) {
        this(group, () -> new FlowCounters(threads));
    }

    /// A group that has counted nothing.
    ///
    /// @param group what was installed
    /// @param counters makes counters at zero
    public GroupState(GroupEntry group, Supplier<FlowCounters> counters) {
        this.group = group;
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

    @Override
    public long packets() {
        return all.packets();
    }

    @Override
    public long bytes() {
        return all.bytes();
    }

    @Override
    public long bucketPackets(int bucket) {
        return buckets.get(bucket).packets();
    }

    @Override
    public long bucketBytes(int bucket) {
        return buckets.get(bucket).bytes();
    }
}
