package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.vswitch.tables.GroupState;

/// A group, with its buckets one after the other. A bucket's actions are an action set, done to a
/// copy of the packet.
final class InGroup implements Frame {
    private final Walk walk;
    private final int id;
    private GroupState state; // null before it has begun
    private int next;
    private int end; // behind the last bucket
    private boolean nested;
    private boolean inBucket;
    private Walk.Saved saved;
    private Copy copy;

    InGroup(Walk walk, int id) {
        this.walk = walk;
        this.id = id;
    }

    @Override
    public boolean step() {
        if (state == null && !begin()) {
            return false;
        }
        if (inBucket) {
            endBucket();
        }
        if (next < end) {
            beginBucket(next++);
            return true;
        }
        walk.inGroup = nested;
        walk.limits.depth--;
        return false;
    }

    private boolean begin() {
        if (!walk.mayGoOn()) {
            return false;
        }
        state = walk.tables.groups().get(id);
        if (state == null) {
            return false;
        }
        walk.limits.depth++;
        nested = walk.inGroup;
        walk.inGroup = true;
        choose();
        return true;
    }

    private void choose() {
        List<GroupEntry.Bucket> buckets = state.group().buckets();
        switch (state.group().type()) {
            case ALL, INDIRECT -> {
                walk.visits.group(state.counters());
                end = buckets.size();
            }
            case SELECT -> {
                List<Field> fields = state.group().selectionFields();
                if (walk.wasMpls) {
                    walk.freeze();
                } else if (!fields.isEmpty()) {
                    one(walk.liveness.select(buckets, walk.packet.hash(fields)));
                } else if (!walk.hashed && Recirculation.wantsHash(state.group())) {
                    walk.freezer.wantHash();
                    walk.freeze();
                } else {
                    one(walk.liveness.select(buckets, walk.packet.hash(0)));
                }
            }
            case FAST_FAILOVER -> {
                int first = 0;
                while (first < buckets.size() && !walk.liveness.isLive(buckets.get(first))) {
                    first++;
                }
                one(first < buckets.size() ? first : -1);
            }
        }
    }

    private void one(int index) {
        if (index >= 0) {
            walk.visits.group(state.counters());
            next = index;
            end = index + 1;
        }
    }

    private void beginBucket(int index) {
        GroupEntry.Bucket bucket = state.group().buckets().get(index);
        walk.visits.group(state.counters(index));
        walk.note("bucket " + bucket.id());
        walk.count(1);
        ActionSet set = new ActionSet();
        set.write(bucket.actions());
        saved = walk.save();
        copy = Copy.begin(walk.out);
        inBucket = true;
        walk.begin(new InList(walk, set.inOrder()));
    }

    private void endBucket() {
        inBucket = false;
        walk.thaw();
        if (!walk.isAbandoned()) {
            copy.end();
        }
        walk.restorePacket(saved);
        walk.exit = walk.isAbandoned(); // it ended the bucket only
    }
}
