package org.skyway.vswitch.tables;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.classifier.TupleTable;

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
/// @param normal how NORMAL is set up
/// @param macs the learned addresses
public record TablesVersion(
        AtomicReferenceArray<TupleTable<FlowEntry>> tables,
        long version,
        Map<Integer, GroupState> groups,
        Map<Integer, MeterState> meters,
        Map<Integer, PortState> ports,
        boolean missToController,
        int fragmentHandling,
        NormalConfig normal,
        MacTable macs) {
    /// The same in another version.
    ///
    /// @param other what to look up in
    /// @return what is to be seen there
    public TablesVersion in(long other) {
        return new TablesVersion(
                tables,
                other,
                groups,
                meters,
                ports,
                missToController,
                fragmentHandling,
                normal,
                macs);
    }
}
