package org.skyway.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// Which ports and buckets are alive (OpenFlow 1.3.5, "Group Types"; as in Open vSwitch, a bucket
/// that watches nothing is live, and one that watches both needs one of them). Of one state of
/// ports and groups.
public final class Liveness {
    private static final int MAX_NESTING = 64;

    private final IntFunction<PortState> ports;
    private final IntFunction<GroupEntry> groups;
    private final Map<Integer, Boolean> known = new HashMap<>(0); // of groups

    /// Of what there is.
    ///
    /// @param ports finds a port, or null
    /// @param groups finds a group, or null
    public Liveness(IntFunction<PortState> ports, IntFunction<GroupEntry> groups) {
        this.ports = ports;
        this.groups = groups;
    }

    /// The buckets that a packet may run through, if only one does.
    ///
    /// @param group a select group, or one of fast failover
    /// @return their places in the group; the first live one of fast failover
    public List<Integer> usable(GroupEntry group) {
        boolean first = group.type() == GroupEntry.Type.FAST_FAILOVER;
        List<Integer> usable = new ArrayList<>();
        for (int i = 0; i < group.buckets().size() && !(first && !usable.isEmpty()); i++) {
            GroupEntry.Bucket bucket = group.buckets().get(i);
            if ((first || bucket.weight() != 0) && isLive(bucket)) {
                usable.add(i);
            }
        }
        return usable;
    }

    private boolean isLive(GroupEntry.Bucket bucket) {
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
            for (int number : level) {
                GroupEntry group = groups.apply(number);
                if (group == null || !seen.add(number)) {
                    continue;
                }
                for (GroupEntry.Bucket bucket : group.buckets()) {
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

    /// Whether a port is up.
    ///
    /// @param number its number
    /// @return false also if there is none
    public boolean isLive(int number) {
        PortState port = ports.apply(number);
        return port != null && port.isUp();
    }
}
