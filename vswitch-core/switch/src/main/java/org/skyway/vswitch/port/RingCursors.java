package org.skyway.vswitch.port;

import java.util.List;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.vswitch.counters.RingCursor;

/// Ends the bursts of a switch that was killed when they had happened and were about to be shown to
/// VNFs.
public final class RingCursors {
    private RingCursors() {}

    /// Shows a VNF what was about to be shown to it. A cursor that can't be, because the VNF has
    /// moved the one in the region, is left as the VNF has it. May be done again as long as no
    /// switch has used the rings meanwhile.
    ///
    /// @param cursors of all regions
    /// @param region address of the VNF's port region
    /// @param header what that is
    public static void show(List<RingCursor> cursors, long region, RegionHeader header) {
        for (RingCursor c : cursors) {
            if (c.region() == header.id() && c.written()) {
                RingLayout.publish(region + header.secondRing(), header.cells(), c.cursor());
            } else if (c.region() == header.id()) {
                RingLayout.release(region + header.firstRing(), header.cells(), c.cursor());
            }
        }
    }
}
