package org.skyway.vswitch.datapath;

/// What a poll thread's caches did, since it began.
///
/// @param thread index of the poll thread
/// @param packets received and looked at
/// @param portHits of them, those whose port has one megaflow for all
/// @param exactHits found in the exact-match cache
/// @param megaflowHits found among the megaflows
/// @param misses found nowhere, so that the pipeline was run
/// @param recirculationHits packets that were read anew and found among the megaflows
/// @param recirculationMisses packets that were read anew and for which the pipeline was run
/// @param megaflows that are kept now, of both kinds
/// @param touched megaflows that died because a change may have touched them, or all
/// @param idle megaflows that were removed because they were not used
/// @param evicted megaflows that were removed to make room
/// @param busyNanos time spent in passes that moved something
/// @param bursts how many times a port had packets when it was looked at
/// @param burstSizes of them, those of 1, 2, up to 4, 8, 16 and 32 packets
public record CacheStatistics(
        int thread,
        long packets,
        long portHits,
        long exactHits,
        long megaflowHits,
        long misses,
        long recirculationHits,
        long recirculationMisses,
        int megaflows,
        long touched,
        long idle,
        long evicted,
        long busyNanos,
        long bursts,
        long[] burstSizes) {}
