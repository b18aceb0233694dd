package org.skyway.pmd.control;

/// What a driver does when the control connection ends, which is how it learns that the switch or
/// its agent is gone. Rings are not touched by either: a direct link goes on forwarding.
public enum SwitchLoss {
    /// The program ends, with a message and an exit status of its own. The default, because a VNF
    /// without a switch looks healthy to whoever started it and is not.
    END,
    /// The port keeps its channels, and the driver tries to connect again until it succeeds. A
    /// switch that has found what the last one left goes on with the same region and links; else
    /// the port moves to the region that the new switch gives it, and its links start anew.
    RECONNECT
}
