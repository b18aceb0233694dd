package org.skyway.experiments.conformance;

import java.util.List;

/// What one switch did in a case.
///
/// @param answers to the commands, in order
/// @param rounds what each round of packets led to
/// @param lateAnswers to the packet-outs
/// @param removed what the controller was told when all flows were deleted
/// @param dumps answers to the requests for flows and groups
/// @param counters how much each counter of tables and ports grew
record Observation(
        List<byte[]> answers,
        List<Round> rounds,
        List<byte[]> lateAnswers,
        List<byte[]> removed,
        List<byte[]> dumps,
        Counters counters) {
    /// What packets led to.
    ///
    /// @param frames that came out, for each port from 1 on
    /// @param packetIns messages to the controller
    record Round(List<List<byte[]>> frames, List<byte[]> packetIns) {}
}
