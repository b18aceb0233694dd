package org.skyway.vswitch.pipeline;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.ofproto.FlowEntry;

/// What the pipeline looks at, as of one version. Immutable but for the learned addresses, which
/// have no versions; any thread.
///
/// @param tables of which look-ups are to be made in `version`; null where there never was an entry
/// @param version what to look up in
/// @param groups by id; not to be changed, like the other maps
/// @param meters by id
/// @param ports by number
/// @param missToController as of [Tables#missToController()]
/// @param fragmentHandling as of [Tables#fragmentHandling()]
/// @param macs the learned addresses
record Snapshot(
        AtomicReferenceArray<TupleTable<FlowEntry>> tables,
        long version,
        Map<Integer, GroupState> groups,
        Map<Integer, MeterState> meters,
        Map<Integer, PortState> ports,
        boolean missToController,
        int fragmentHandling,
        MacTable macs) {
    Snapshot in(long other) {
        return new Snapshot(
                tables, other, groups, meters, ports, missToController, fragmentHandling, macs);
    }
}
