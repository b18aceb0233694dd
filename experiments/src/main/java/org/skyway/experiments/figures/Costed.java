package org.skyway.experiments.figures;

/// A fabric that knows what packets cost it.
interface Costed extends Fabric {
    /// What a packet cost the last time that it was active, in passes that moved some.
    ///
    /// @return cycles of the time stamp counter; not a number if nothing came
    double cyclesPerPacket();
}
