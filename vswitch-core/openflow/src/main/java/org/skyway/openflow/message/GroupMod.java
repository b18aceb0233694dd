package org.skyway.openflow.message;

import org.skyway.openflow.model.GroupEntry;

/// Adds, changes or deletes groups (OpenFlow 1.3.5, "Modify Group Entry Messages").
///
/// @param command one of the constants here
/// @param group the group's id, or [#ALL]
/// @param type OFPGT_ code
/// @param commandBucket OpenFlow 1.5: where to insert or what to remove; one of the BUCKET_
///   constants or an id
/// @param entry the group as it shall be; without buckets for a deletion
public record GroupMod(int command, int group, int type, int commandBucket, GroupEntry entry)
        implements Message {
    /// Installs a group.
    public static final int ADD = 0;

    /// Changes a group.
    public static final int MODIFY = 1;

    /// Deletes one or all groups.
    public static final int DELETE = 2;

    /// OpenFlow 1.5: inserts buckets.
    public static final int INSERT_BUCKET = 3;

    /// OpenFlow 1.5: removes buckets.
    public static final int REMOVE_BUCKET = 5;

    /// Open vSwitch: changes a group, or adds it if it is not there.
    public static final int ADD_OR_MODIFY = 0x8000;

    /// OFPG_ALL: every group.
    public static final int ALL = 0xfffffffc;

    /// OFPG_ANY: no group, or any in a filter.
    public static final int ANY = 0xffffffff;

    /// OFPG15_BUCKET_FIRST.
    public static final int BUCKET_FIRST = 0xfffffffd;

    /// OFPG15_BUCKET_LAST.
    public static final int BUCKET_LAST = 0xfffffffe;

    /// OFPG15_BUCKET_ALL.
    public static final int BUCKET_ALL = 0xffffffff;
}
