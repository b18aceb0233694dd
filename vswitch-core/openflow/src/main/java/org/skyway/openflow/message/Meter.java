package org.skyway.openflow.message;

import java.util.List;

/// A meter's configuration (OpenFlow 1.3.5, "Meter Modification Messages").
///
/// @param id the meter's, or one of the constants here
/// @param flags OFPMF_ bits
/// @param bands in order
public record Meter(int id, int flags, List<Band> bands) {
    /// Copies the lists.
    public Meter {
        bands = List.copyOf(bands);
    }

    /// OFPM_SLOWPATH, OFPM_CONTROLLER and OFPM_ALL are the virtual meters; real ones end here.
    public static final int MAX = 0xffff0000;

    /// OFPM_ALL: every meter.
    public static final int ALL = 0xffffffff;

    /// One band of a meter.
    ///
    /// @param type OFPMBT_ code: 1 drop, 2 dscp_remark
    /// @param rate kb/s or packets/s
    /// @param burstSize kb or packets
    /// @param precedenceLevel dscp_remark: how much to raise the drop precedence by
    public record Band(int type, int rate, int burstSize, int precedenceLevel) {}
}
