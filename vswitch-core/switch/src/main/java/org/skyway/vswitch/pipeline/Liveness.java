package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Snapshot;

/// Which ports and buckets are alive, and which of several of them a packet goes to.
final class Liveness {
    private static final int MAX_NESTING = 64;

    private final Snapshot tables;
    private final Map<Integer, Boolean> known = new HashMap<>(0); // of groups

    Liveness(Snapshot tables) {
        this.tables = tables;
    }

    /// As in Open vSwitch: a bucket that watches nothing is live, one that watches both needs one
    /// of them.
    boolean isLive(GroupEntry.Bucket bucket) {
        return isLiveByItself(bucket)
                || watchesGroup(bucket)
                        && known.computeIfAbsent(bucket.watchGroup(), this::isLiveGroup);
    }

    private boolean isLiveByItself(GroupEntry.Bucket bucket) {
        boolean watchesPort = bucket.watchPort() != OfPort.ANY;
        return !watchesPort && !watchesGroup(bucket) || watchesPort && isLive(bucket.watchPort());
    }

    private static boolean watchesGroup(GroupEntry.Bucket bucket) {
        return bucket.watchGroup() != -1;
    }

    // A group is live if one of its buckets is. Groups may watch each other in circles, and in more
    // ways than could be gone one by one; so each is looked at once, the nearest first.
    private boolean isLiveGroup(int id) {
        Set<Integer> seen = new HashSet<>();
        List<Integer> level = List.of(id);
        for (int nesting = 0; nesting < MAX_NESTING && !level.isEmpty(); nesting++) {
            List<Integer> below = new ArrayList<>();
            for (int group : level) {
                GroupState state = tables.groups().get(group);
                if (state == null || !seen.add(group)) {
                    continue;
                }
                for (GroupEntry.Bucket bucket : state.group().buckets()) {
                    if (isLiveByItself(bucket)) {
                        return true;
                    }
                    if (watchesGroup(bucket)) {
                        below.add(bucket.watchGroup());
                    }
                }
            }
            level = below;
        }
        return false;
    }

    private boolean isLive(int number) {
        PortState port = tables.ports().get(number);
        return port != null && port.isUp();
    }

    /// Selects a bucket by highest random weight: taking a bucket away moves only that bucket's
    /// flows. With the logarithm, each is selected in proportion to its weight.
    ///
    /// @param hash of what is to stay together
    /// @return its index, or -1 if none is live
    int select(List<GroupEntry.Bucket> buckets, long hash) {
        int best = -1;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < buckets.size(); i++) {
            GroupEntry.Bucket b = buckets.get(i);
            if (b.weight() != 0 && isLive(b)) {
                double uniform = ((PipelinePacket.mix(hash + 31L * i) >>> 11) + 1) * 0x1p-53;
                double score = Math.log(uniform) / b.weight();
                if (score > bestScore) {
                    best = i;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    /// Chooses a member of a bundle: active/backup takes the first that is live; the other kind
    /// starts where the hash says.
    ///
    /// @return a port, or [OfPort#ANY] if none is live
    int choose(Action.Bundle bundle, PipelinePacket packet) {
        int n = bundle.members().size();
        int start =
                bundle.algorithm() == 0 || n == 0
                        ? 0
                        : (int) ((packet.hash(bundle.fields(), bundle.basis()) >>> 1) % n);
        for (int i = 0; i < n; i++) {
            int member = bundle.members().get((start + i) % n);
            if (isLive(member)) {
                return member;
            }
        }
        return OfPort.ANY;
    }
}
