package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// Which ports and buckets are alive, and which of several of them a packet goes to.
final class Liveness {
    private static final int MAX_NESTING = 64;

    private final Tables tables;

    Liveness(Tables tables) {
        this.tables = tables;
    }

    /// As in Open vSwitch: a bucket that watches nothing is live, one that watches both needs one
    /// of them.
    boolean isLive(GroupEntry.Bucket bucket) {
        return isLive(bucket, 0);
    }

    private boolean isLive(GroupEntry.Bucket bucket, int nesting) {
        boolean watchesPort = bucket.watchPort() != OfPort.ANY;
        boolean watchesGroup = bucket.watchGroup() != -1;
        if (!watchesPort && !watchesGroup || watchesPort && isLive(bucket.watchPort())) {
            return true;
        }
        GroupState watched = watchesGroup ? tables.group(bucket.watchGroup()) : null;
        return watched != null
                && nesting < MAX_NESTING
                && watched.group().buckets().stream().anyMatch(b -> isLive(b, nesting + 1));
    }

    private boolean isLive(int number) {
        PortState port = tables.ports().get(number);
        return port != null
                && (port.state() & PortState.LINK_DOWN) == 0
                && (port.config() & PortState.PORT_DOWN) == 0;
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
