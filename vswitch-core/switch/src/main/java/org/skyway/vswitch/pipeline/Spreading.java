package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.pipeline.Liveness;

/// Which of several ways a packet goes.
final class Spreading {
    private Spreading() {}

    /// Selects a bucket by highest random weight: taking a bucket away moves only that bucket's
    /// flows. With the logarithm, each is selected in proportion to its weight.
    ///
    /// @param usable places of those that may be selected
    /// @param hash of what is to stay together
    /// @return its place, or -1 if there is none
    static int select(List<GroupEntry.Bucket> buckets, List<Integer> usable, long hash) {
        int best = -1;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int i : usable) {
            double uniform = ((mix(hash + 31L * i) >>> 11) + 1) * 0x1p-53;
            double score = Math.log(uniform) / buckets.get(i).weight();
            if (score > bestScore) {
                best = i;
                bestScore = score;
            }
        }
        return best;
    }

    /// Chooses a member of a bundle: active/backup takes the first that is live; the other kind
    /// starts where the hash says.
    ///
    /// @return a port, or [OfPort#ANY] if none is live
    static int choose(Action.Bundle bundle, Liveness liveness, PipelinePacket packet) {
        int n = bundle.members().size();
        int start =
                bundle.algorithm() == 0 || n == 0
                        ? 0
                        : (int)
                                ((PacketHash.named(packet, bundle.fields(), bundle.basis()) >>> 1)
                                        % n);
        for (int i = 0; i < n; i++) {
            int member = bundle.members().get((start + i) % n);
            if (liveness.isLive(member)) {
                return member;
            }
        }
        return OfPort.ANY;
    }

    /// Spreads the bits of a number over a number.
    static long mix(long v) {
        v = (v ^ v >>> 33) * 0xff51afd7ed558ccdL;
        v = (v ^ v >>> 33) * 0xc4ceb9fe1a85ec53L;
        return v ^ v >>> 33;
    }
}
