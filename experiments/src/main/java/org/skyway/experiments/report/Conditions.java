package org.skyway.experiments.report;

/// What the machine was like during a round.
///
/// @param yardstickMpps what the reference ring did on the same two cores just before and just
///   after, the mean of both; not a number where it was not run
/// @param otherCores cores that programs had that are not the experiment's, what a hypervisor took
///   included
/// @param stealShare what a hypervisor took of all cores, 0 to 1
/// @param runQueue programs that could have run at the end of the round
public record Conditions(
        double yardstickMpps, double otherCores, double stealShare, double runQueue) {
    /// Where nothing is known.
    public static final Conditions UNKNOWN =
            new Conditions(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
