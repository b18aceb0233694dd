package org.skyway.vswitch.pipeline;

/// Something that a [Walk] has begun: a table, an action list, a group. What it calls is another
/// frame on top of it, so however deep rules call each other, the thread's own stack does not grow.
interface Frame {
    /// Does the next part. When it puts other frames on top of this one, it is asked again after
    /// they are over.
    ///
    /// @return false if this frame is over; then it has put none on top
    boolean step();
}
