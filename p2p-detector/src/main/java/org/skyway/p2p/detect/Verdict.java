package org.skyway.p2p.detect;

import java.util.List;
import org.skyway.openflow.model.FlowRule;

/// What the detector says about one ingress port.
public sealed interface Verdict {
    /// The ingress port that this is about.
    ///
    /// @return a port number
    int from();

    /// A point-to-point link: every packet that comes in at one port leaves unmodified at one other
    /// port, nothing else happens, and all of them hit the same flow entries.
    ///
    /// @param from the ingress port
    /// @param to the only egress port
    /// @param path the entries that every packet hits, in order; an entry that is hit twice (by
    ///   resubmit) is there twice
    /// @param lookups the tables that every packet is looked up in, in order, including those where
    ///   a resubmit finds nothing
    /// @param groups the groups and buckets that every packet runs through, in order
    record Link(int from, int to, List<FlowRule> path, List<Integer> lookups, List<GroupHit> groups)
            implements Verdict {
        /// Copies the lists.
        public Link {
            path = List.copyOf(path);
            lookups = List.copyOf(lookups);
            groups = List.copyOf(groups);
        }
    }

    /// A point-to-point link all right, but not one to put a bypass on.
    ///
    /// @param from the ingress port
    /// @param to the only egress port
    /// @param reason why not
    /// @param entries the entries concerned, for instance two of which each packet hits one
    record NotTaken(int from, int to, String reason, List<FlowRule> entries) implements Verdict {
        /// Copies the list.
        public NotTaken {
            entries = List.copyOf(entries);
        }
    }

    /// No point-to-point link, or none that could be proven.
    ///
    /// @param from the ingress port
    /// @param reason why not
    /// @param breaking the entry that breaks it; null if that is no entry (a table-miss, a port)
    /// @param example a packet that shows it, as a whole flow key; null if there is none to show,
    ///   or none that is sure to. Not to be changed.
    record NoLink(int from, String reason, FlowRule breaking, long[] example) implements Verdict {
        @Override
        public boolean equals(Object o) {
            // The example is one of many and says nothing more than the rest does.
            return o instanceof NoLink other
                    && from == other.from
                    && reason.equals(other.reason)
                    && breaking == other.breaking;
        }

        @Override
        public int hashCode() {
            return 31 * from + reason.hashCode();
        }

        @Override
        public String toString() {
            return "NoLink[from=%d, reason=%s, breaking=%s]".formatted(from, reason, breaking);
        }
    }

    /// A group that counts the packets, or one of its buckets.
    ///
    /// @param group the group's id
    /// @param bucket the bucket's index, from 0; [#WHOLE] for the group itself
    record GroupHit(int group, int bucket) {
        /// In place of a bucket: the group itself.
        public static final int WHOLE = -1;
    }
}
