package org.skyway.vnf.run;

/// How a VNF program says to scripts how it ended.
public final class ExitStatus {
    /// It did what it was asked to.
    public static final int OK = 0;

    /// It ran, but what it was to check did not hold: packets lost, or fewer than expected.
    public static final int CHECK_FAILED = 1;

    /// It could not start: wrong options, no such port, an unreadable file. The same as for the
    /// switch's commands.
    public static final int BAD_INPUT = 2;

    /// The switch went away, or the port broke.
    public static final int SWITCH_LOST = 3;

    private ExitStatus() {}
}
