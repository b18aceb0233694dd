package org.skyway.vnf.traffic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.skyway.vnf.frame.SequenceTracker;
import org.skyway.vnf.frame.TestFrame;
import org.skyway.vnf.pcap.PcapWriter;
import org.skyway.vnf.run.Burst;
import org.skyway.vnf.run.CountedPort;
import org.skyway.vnf.run.Work;

/// Takes packets in and finds out, source by source, what was lost, came twice, came late or was
/// changed, and how long it took. The latency is that of the first packet of each burst: a look at
/// the histogram for each packet would slow down what it measures.
public final class SinkWork implements Work {
    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int SOURCES = 1 << 16;

    private final CountedPort port;
    private final Checks checks;
    private final PcapWriter capture; // null: none
    private final long captureOffsetNanos; // from nanoTime to the time of day
    private final GapMeter gaps; // null: not measured
    private final Burst burst;
    private final SequenceTracker[] sources = new SequenceTracker[SOURCES];
    private final Histogram latency = new Histogram(1, MAX_LATENCY_NANOS, 3);
    private long foreign;
    private long corrupt;

    /// What a sink checks.
    ///
    /// @param verify whether to recompute the checksums of each frame
    /// @param strict whether a packet lost, duplicated, reordered or changed is a failure
    /// @param expected ends the program when so many packets have come; 0 for never
    public record Checks(boolean verify, boolean strict, long expected) {}

    /// A sink.
    ///
    /// @param port where to receive
    /// @param checks what to check
    /// @param capture where to write what comes, closed with the work; null for nowhere
    /// @param burst packets at a time
    public SinkWork(CountedPort port, Checks checks, PcapWriter capture, int burst) {
        this(port, checks, capture, null, burst);
    }

    SinkWork(CountedPort port, Checks checks, PcapWriter capture, GapMeter gaps, int burst) {
        this.port = port;
        this.checks = checks;
        this.capture = capture;
        this.gaps = gaps;
        this.burst = new Burst(burst);
        captureOffsetNanos =
                TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
    }

    @Override
    public int poll() {
        final int count = port.receive(burst);
        if (count == 0) {
            return 0;
        }
        final long now = System.nanoTime();
        if (gaps != null) {
            gaps.burst(now, port.port().rxTurns());
        }
        final long[] addresses = burst.addresses;
        if (TestFrame.isOne(addresses[0], burst.lengths[0])) {
            final long nanos = now - TestFrame.sentNanos(addresses[0]);
            latency.recordValue(Math.clamp(nanos, 0, MAX_LATENCY_NANOS));
        }
        for (int i = 0; i < count; ) {
            i += look(i, count);
        }
        if (capture != null) {
            write(now + captureOffsetNanos);
        }
        return count;
    }

    @Override
    public int drain() {
        return poll();
    }

    @Override
    public boolean isDone() {
        return checks.expected > 0 && port.rxPackets() >= checks.expected;
    }

    @Override
    public List<CountedPort> ports() {
        return List.of(port);
    }

    @Override
    public void describe(ObjectNode report, boolean last) {
        if (!last) {
            sum(report);
            return;
        }
        ArrayNode list = report.putArray("sources");
        for (int id = 0; id < SOURCES; id++) {
            SequenceTracker source = sources[id];
            if (source != null) {
                list.addObject()
                        .put("id", id)
                        .put("packets", source.packets())
                        .put("first", source.first())
                        .put("next", source.next())
                        .put("lost", source.lost())
                        .put("duplicates", source.duplicates())
                        .put("reordered", source.reordered());
            }
        }
        report.put("foreign", foreign);
        if (checks.verify) {
            report.put("corrupt", corrupt);
        }
        if (gaps != null) {
            gaps.describe(report);
        }
        if (latency.getTotalCount() > 0) {
            report.putObject("latencyNanos")
                    .put("samples", latency.getTotalCount())
                    .put("min", latency.getMinValue())
                    .put("p50", latency.getValueAtPercentile(50))
                    .put("p90", latency.getValueAtPercentile(90))
                    .put("p99", latency.getValueAtPercentile(99))
                    .put("p999", latency.getValueAtPercentile(99.9))
                    .put("max", latency.getMaxValue());
        }
    }

    // While the data thread runs these may be a burst behind, or apart from each other.
    private void sum(ObjectNode report) {
        long lost = 0;
        long duplicates = 0;
        long reordered = 0;
        for (SequenceTracker source : sources) {
            if (source != null) {
                lost += source.lost();
                duplicates += source.duplicates();
                reordered += source.reordered();
            }
        }
        report.put("lost", lost)
                .put("duplicates", duplicates)
                .put("reordered", reordered)
                .put("foreign", foreign);
    }

    @Override
    public String failure() {
        if (checks.expected > 0 && port.rxPackets() < checks.expected) {
            return "expected %d packets on port %s, but %d came"
                    .formatted(checks.expected, port.port().name(), port.rxPackets());
        }
        long lost = 0;
        long duplicates = 0;
        long reordered = 0;
        for (SequenceTracker source : sources) {
            if (source != null) {
                lost += source.lost();
                duplicates += source.duplicates();
                reordered += source.reordered();
            }
        }
        return checks.strict && (lost | duplicates | reordered | corrupt) != 0
                ? "port %s: %d packets lost, %d duplicated, %d reordered, %d corrupt"
                        .formatted(port.port().name(), lost, duplicates, reordered, corrupt)
                : null;
    }

    @Override
    public void close() {
        if (capture != null) {
            try {
                capture.close();
            } catch (IOException e) {
                throw new UncheckedIOException("can't write the capture: " + e.getMessage(), e);
            }
        }
    }

    /// Looks at a frame, and at those behind it that are its successors.
    ///
    /// @return how many were looked at
    private int look(int at, int end) {
        final long address = burst.addresses[at];
        final int length = burst.lengths[at];
        if (!TestFrame.isOne(address, length)) {
            foreign++;
            return 1;
        }
        if (checks.verify && !TestFrame.isIntact(address, length)) {
            corrupt++;
            return 1;
        }
        final int id = TestFrame.sourceId(address);
        SequenceTracker source = sources[id];
        if (source == null) {
            source = new SequenceTracker();
            sources[id] = source;
        }
        final long sequence = TestFrame.sequence(address);
        int run = 1;
        if (!checks.verify) {
            while (at + run < end && follows(at + run, id, sequence + run)) {
                run++;
            }
        }
        source.add(sequence, run);
        return run;
    }

    private boolean follows(int at, int id, long sequence) {
        final long address = burst.addresses[at];
        return TestFrame.isOne(address, burst.lengths[at])
                && TestFrame.sourceId(address) == id
                && TestFrame.sequence(address) == sequence;
    }

    private void write(long timeNanos) {
        try {
            for (int i = 0; i < burst.to; i++) {
                capture.write(timeNanos, burst.addresses[i], burst.lengths[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the capture: " + e.getMessage(), e);
        }
    }
}
