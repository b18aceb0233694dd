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
/// @param misses what becomes of packets that no entry of a table matches, by table, where somebody
///   has said it
/// @param fragmentHandling as of [Tables#fragmentHandling()]
/// @param normal how NORMAL is set up
/// @param qos how much may be sent to ports, by number; ports that are not among them have no limit
/// @param macs the learned addresses
public record TablesVersion(
        AtomicReferenceArray<TupleTable<FlowEntry>> tables,
        long version,
        Map<Integer, GroupState> groups,
        Map<Integer, MeterState> meters,
        Map<Integer, PortState> ports,
        boolean missToController,
        Map<Integer, TableMiss> misses,
        int fragmentHandling,
        NormalConfig normal,
        Map<Integer, PortQos> qos,
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
                misses,
                fragmentHandling,
                normal,
                qos,
                macs);
    }
}
