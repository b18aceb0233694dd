package org.skyway.p2p.detect;

/// What a switch does with IP fragments (OpenFlow 1.3.5, "Switch Configuration").
public enum FragmentHandling {
    /// They match like other packets, but ports can't be seen (OFPC_FRAG_NORMAL).
    NORMAL,
    /// They are dropped (OFPC_FRAG_DROP).
    DROPPED,
    /// Ports of first fragments are matched (Nicira's OFPC_FRAG_NX_MATCH).
    MATCHED
}
