package org.skyway.pmd.port;

import org.skyway.bypass.ring.Mark;

/// What a receiver does about a mark that is the next record of its ring, when nothing of that ring
/// is in its program's hands any more. Only decides. Any thread.
public final class RxRules {
    /// What is to be done.
    public enum Verdict {
        /// Take the mark.
        TAKE,
        /// Take it, and read the link's bypass ring from now on, in the mark's epoch.
        BEGIN,
        /// Leave it, and read on elsewhere.
        WAIT,
        /// Take it and stop reading the bypass ring, whose epoch has ended.
        ENDED,
        /// Stop reading the bypass ring, in which something is missing or what can't be there. A
        /// mark of the normal ring is taken.
        FAULT,
        /// Take it; it is about nothing that is known here.
        SKIP
    }

    private RxRules() {}

    /// A mark in the normal ring.
    ///
    /// @param mark the mark
    /// @param sound whether a link without fault is attached at the mark's slot
    /// @param attached whether any is
    /// @param reading whether that link's bypass ring is read
    /// @param readingEpoch in which epoch
    /// @param drained whether all of that ring was delivered that was there when this mark was seen
    ///   first
    /// @param atLimit whether it was read up to the switch's limit: it has ended like one with END,
    ///   which shows when it is read next
    /// @return what to do
    public static Verdict normal(
            long mark,
            boolean attached,
            boolean sound,
            boolean reading,
            int readingEpoch,
            boolean drained,
            boolean atLimit) {
        if (!attached) {
            return Verdict.SKIP;
        }
        if (Mark.is(mark, Mark.Kind.TO_BYPASS)) {
            return sound ? Verdict.BEGIN : Verdict.TAKE;
        }
        if (Mark.is(mark, Mark.Kind.TO_NORMAL)) {
            if (!reading || readingEpoch != Mark.epoch(mark)) {
                return Verdict.TAKE;
            }
            // The END mark was written before this one, so it must be among what was there.
            return drained && !atLimit ? Verdict.FAULT : Verdict.WAIT;
        }
        return Verdict.SKIP;
    }

    /// A mark in a bypass ring.
    ///
    /// @param mark the mark
    /// @param readingEpoch in which epoch the ring is read
    /// @return what to do
    public static Verdict bypass(long mark, int readingEpoch) {
        return Mark.is(mark, Mark.Kind.END) && Mark.epoch(mark) == readingEpoch
                ? Verdict.ENDED
                : Verdict.FAULT;
    }
}
