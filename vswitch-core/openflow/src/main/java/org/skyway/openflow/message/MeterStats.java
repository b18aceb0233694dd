package org.skyway.openflow.message;

import java.util.List;

/// A meter's counters.
///
/// @param meter its id
/// @param flows how many flow entries use it
/// @param packets came in
/// @param bytes came in
/// @param durationNanos since the meter was made
/// @param bands in order
public record MeterStats(
        int meter, int flows, long packets, long bytes, long durationNanos, List<Band> bands) {
    /// Copies the lists.
    public MeterStats {
        bands = List.copyOf(bands);
    }

    /// A band's counters.
    ///
    /// @param packets it hit
    /// @param bytes it hit
    public record Band(long packets, long bytes) {}
}
