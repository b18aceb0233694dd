package org.skyway.openflow.message;

/// Which asynchronous messages a controller wants, for each role that it may have.
///
/// @param primary as primary or equal
/// @param secondary as secondary
public record AsyncConfig(Masks primary, Masks secondary) {
    /// Bit `n` is set if reason `n` is wanted.
    ///
    /// @param packetIn OFPR_ codes
    /// @param portStatus OFPPR_ codes
    /// @param flowRemoved OFPRR_ codes
    /// @param roleStatus OFPCRR_ codes
    /// @param tableStatus OFPTR_ codes
    /// @param requestForward OFPRFR_ codes
    public record Masks(
            int packetIn,
            int portStatus,
            int flowRemoved,
            int roleStatus,
            int tableStatus,
            int requestForward) {}
}
