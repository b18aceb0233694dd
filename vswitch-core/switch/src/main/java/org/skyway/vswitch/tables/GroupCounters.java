package org.skyway.vswitch.tables;

/// What a group has counted.
public interface GroupCounters {
    /// Counters that stay at zero.
    GroupCounters ZERO =
            new GroupCounters() {
                @Override
                public long packets() {
                    return 0;
                }

                @Override
                public long bytes() {
                    return 0;
                }

                @Override
                public long bucketPackets(int bucket) {
                    return 0;
                }

                @Override
                public long bucketBytes(int bucket) {
                    return 0;
                }
            };

    /// Packets that were handed to the group.
    ///
    /// @return packets
    long packets();

    /// Bytes that were handed to the group.
    ///
    /// @return bytes
    long bytes();

    /// Packets that a bucket got.
    ///
    /// @param bucket its place in the group, from 0
    /// @return packets
    long bucketPackets(int bucket);

    /// Bytes that a bucket got.
    ///
    /// @param bucket its place in the group, from 0
    /// @return bytes
    long bucketBytes(int bucket);
}
