package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.GroupEntry.Bucket;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// Which buckets of a group packets can run through.
///
/// Sources: OpenFlow 1.3.5, "Group Types"; a bucket that watches nothing is live, as in Open
/// vSwitch.
record Groups(Pipeline pipeline, Dependencies dependencies, Budget budget) {
    /// How deep groups may be nested.
    static final int DEEPEST = 32;

    /// Whether every bucket gets a copy, rather than one of them the packet.
    static boolean copies(GroupEntry group) {
        return group.type() == GroupEntry.Type.ALL || group.type() == GroupEntry.Type.INDIRECT;
    }

    /// The buckets that may be used, by index.
    List<Integer> buckets(GroupEntry group) {
        List<Integer> usable = new ArrayList<>();
        for (int i = 0; i < group.buckets().size(); i++) {
            Bucket bucket = group.buckets().get(i);
            boolean use =
                    switch (group.type()) {
                        case ALL, INDIRECT -> true;
                        case SELECT -> bucket.weight() > 0 && live(bucket, 0);
                        case FAST_FAILOVER -> usable.isEmpty() && live(bucket, 0);
                    };
            if (use) {
                usable.add(i);
            }
        }
        return usable;
    }

    // Groups that watch each other have many ways through them: each step counts as work.
    private boolean live(Bucket bucket, int depth) {
        budget.charge(1);
        boolean watchesPort = bucket.watchPort() != OfPort.ANY;
        boolean watchesGroup = bucket.watchGroup() != -1;
        if (!watchesPort && !watchesGroup) {
            return true;
        }
        return watchesPort && live(bucket.watchPort())
                || watchesGroup && liveGroup(bucket.watchGroup(), depth + 1);
    }

    private boolean live(int number) {
        dependencies.port(number);
        PortState port = pipeline.port(number);
        return port != null && port.isUp();
    }

    private boolean liveGroup(int id, int depth) {
        dependencies.group(id);
        GroupEntry group = pipeline.group(id);
        if (group == null || depth > DEEPEST) {
            return false;
        }
        for (Bucket bucket : group.buckets()) {
            if (live(bucket, depth)) {
                return true;
            }
        }
        return false;
    }
}
