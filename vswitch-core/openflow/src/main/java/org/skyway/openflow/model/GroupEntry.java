package org.skyway.openflow.model;

import java.util.List;

/// A group as it was installed, without its counters (OpenFlow 1.3.5, "Group Table").
///
/// @param id up to OFPG_MAX
/// @param type how buckets are chosen
/// @param buckets in order
/// @param selectionMethod OpenFlow 1.5 / Netronome extension: how a select group hashes; empty for
///   the default
/// @param selectionParam its parameter
/// @param selectionFields the fields it hashes; empty for the default
public record GroupEntry(
        int id,
        Type type,
        List<Bucket> buckets,
        String selectionMethod,
        long selectionParam,
        List<Hashed> selectionFields) {
    /// How buckets are chosen. The ordinals are the OFPGT_ codes.
    public enum Type {
        /// Every bucket gets a copy.
        ALL,
        /// One bucket, by weight and a hash of the packet.
        SELECT,
        /// The one bucket there is.
        INDIRECT,
        /// The first live bucket.
        FAST_FAILOVER
    }

    /// One bucket.
    ///
    /// @param id OpenFlow 1.5 bucket id
    /// @param weight share of a select group; 0 for never
    /// @param watchPort the bucket is live only if this port is; [OfPort#ANY] for not watched
    /// @param watchGroup the bucket is live only if this group is; -1 for not watched
    /// @param actions an action set
    public record Bucket(int id, int weight, int watchPort, int watchGroup, List<Action> actions) {
        /// Copies the list.
        public Bucket {
            actions = List.copyOf(actions);
        }
    }

    /// A field that a select group hashes, if a packet has it.
    ///
    /// @param field which
    /// @param high which of bits 127 to 64 count, for a wide field
    /// @param low which of bits 63 to 0 count; bits outside the field's width are told to others
    ///   only
    public record Hashed(Field field, long high, long low) {
        /// All of a field.
        ///
        /// @param field which
        public Hashed(Field field) {
            this(field, -1, -1);
        }

        /// Whether all of the field counts.
        ///
        /// @return true if so
        public boolean isWhole() {
            return high == -1 && low == -1;
        }
    }

    /// Copies the lists.
    public GroupEntry {
        buckets = List.copyOf(buckets);
        selectionFields = List.copyOf(selectionFields);
    }

    /// A group without selection properties.
    ///
    /// @param id up to OFPG_MAX
    /// @param type how buckets are chosen
    /// @param buckets in order
    public GroupEntry(int id, Type type, List<Bucket> buckets) {
        this(id, type, buckets, "", 0, List.of());
    }
}
