package org.skyway.vnf.traffic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// How long nothing came, for those who measure what a change of way costs. Between two bursts lies
/// a gap; it is one *at a turn* if a bypass was begun or ended in it. Time is cut into windows of
/// the same length, and the longest gap that ends in each is kept, for windows with a turn and for
/// those without: what a receiver sees of a change is the difference. Data thread.
final class GapMeter {
    private static final long MOST_NANOS = 60_000_000_000L;

    private final long windowNanos;
    private final Histogram turns = new Histogram(1, MOST_NANOS, 3);
    private final Histogram turned = new Histogram(1, MOST_NANOS, 3);
    private final Histogram quiet = new Histogram(1, MOST_NANOS, 3);
    private long last = Long.MIN_VALUE; // when the last burst came
    private long turnsBefore;
    private long turnsSeen;
    private long windowEnd;
    private long longest;
    private boolean turnedInWindow;

    /// @param windowNanos how long a window is
    GapMeter(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    /// A burst came.
    ///
    /// @param now when
    /// @param turnsNow how often the way has changed
    void burst(long now, long turnsNow) {
        if (last == Long.MIN_VALUE) {
            windowEnd = now + windowNanos;
        } else {
            final long gap = Math.clamp(now - last, 1, MOST_NANOS);
            if (now - windowEnd >= 0) {
                closeWindow(now); // a gap that reaches into the next window is that one's
            }
            longest = Math.max(longest, gap);
            if (turnsNow != turnsBefore) {
                turns.recordValue(gap);
                turnsSeen += turnsNow - turnsBefore;
                turnedInWindow = true;
            }
        }
        turnsBefore = turnsNow;
        last = now;
    }

    private void closeWindow(long now) {
        if (longest > 0) {
            (turnedInWindow ? turned : quiet).recordValue(longest);
        }
        longest = 0;
        turnedInWindow = false;
        windowEnd += ((now - windowEnd) / windowNanos + 1) * windowNanos;
    }

    /// Says what it saw. After the data thread has ended.
    ///
    /// @param report receives a field
    void describe(ObjectNode report) {
        ObjectNode gaps = report.putObject("gaps");
        gaps.put("turns", turnsSeen).put("windowNanos", windowNanos);
        describe(gaps.putObject("atTurns"), turns);
        describe(gaps.putObject("windowsWithTurns"), turned);
        describe(gaps.putObject("windowsWithout"), quiet);
    }

    private static void describe(ObjectNode node, Histogram gaps) {
        node.put("count", gaps.getTotalCount());
        if (gaps.getTotalCount() == 0) {
            return;
        }
        node.put("p50", gaps.getValueAtPercentile(50))
                .put("p90", gaps.getValueAtPercentile(90))
                .put("p99", gaps.getValueAtPercentile(99))
                .put("max", gaps.getMaxValue());
        ArrayNode buckets = node.putArray("buckets"); // each is twice as wide as the one before
        for (HistogramIterationValue v : gaps.logarithmicBucketValues(1024, 2)) {
            buckets.addObject()
                    .put("toNanos", v.getValueIteratedTo())
                    .put("count", v.getCountAddedInThisIterationStep());
        }
    }
}
