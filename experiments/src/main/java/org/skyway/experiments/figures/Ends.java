package org.skyway.experiments.figures;

import java.util.List;
import java.util.stream.LongStream;
import org.skyway.experiments.tester.Tester;

/// Both ends of a chain at work: one port each of two testers, or two ports of one. One thread.
final class Ends {
    private static final int MILLION = 1_000_000;
    private static final double POLL_SECONDS = 0.02;
    private static final long QUIET_NANOS = 500_000_000L; // after which what did not come is lost

    private final List<Tester> testers; // one, or two
    private final List<Integer> ports; // at each of the two ends: its index at its tester
    private final String size;
    private long rxBefore;
    private long txBefore;

    private Ends(List<Tester> testers, List<Integer> ports, String size) {
        this.testers = testers;
        this.ports = ports;
        this.size = size;
    }

    /// Two testers that have a port each.
    static Ends of(Tester left, Tester right, String size) {
        return new Ends(List.of(left, right), List.of(0, 0), size);
    }

    /// One tester that has both ports.
    static Ends of(Tester both, String size) {
        return new Ends(List.of(both), List.of(0, 1), size);
    }

    private Tester at(int end) {
        return testers.get(end % testers.size());
    }

    /// Flat out, both ways.
    ///
    /// @return Mpps that arrive at an end, mean of both
    double mpps(double settleSeconds, double seconds) {
        start(0, true);
        return counted(settleSeconds, seconds);
    }

    /// The same with ends that do nothing but copy 64 bytes in and out.
    double flood(double settleSeconds, double seconds) {
        for (int end = 0; end < 2; end++) {
            at(end).flood(ports.get(end), "64");
        }
        go();
        return counted(settleSeconds, seconds);
    }

    private double counted(double settleSeconds, double seconds) {
        Waits.sleep(settleSeconds);
        long[] before = received();
        long since = System.nanoTime();
        Waits.sleep(seconds);
        long[] after = received();
        long until = System.nanoTime();
        finish();
        return (after[0] - before[0] + after[1] - before[1]) * 1e3 / 2 / (until - since);
    }

    private void start(double rate, boolean both) {
        for (int end = 0; end < 2; end++) {
            if (end == 0 || both) {
                at(end).exchange(ports.get(end), rate, 1, size);
            } else {
                at(end).sink(ports.get(end));
            }
        }
        go();
    }

    private long[] received() {
        long[] received = new long[2];
        Tester.Mark first = at(0).mark();
        Tester.Mark second = testers.size() == 1 ? first : at(1).mark();
        received[0] = first.rx()[ports.get(0)];
        received[1] = second.rx()[ports.get(1)];
        return received;
    }

    private Tester.Report[] finish() {
        testers.forEach(Tester::stop);
        long[] before = counters();
        long quietSince = System.nanoTime();
        while (before[0] != before[1] && System.nanoTime() - quietSince < QUIET_NANOS) {
            Waits.sleep(POLL_SECONDS);
            long[] now = counters();
            if (now[0] != before[0]) {
                quietSince = System.nanoTime();
            }
            before = now;
        }
        Tester.Report[] reports = new Tester.Report[2];
        List<Tester.Report> first = at(0).report();
        reports[0] = first.getFirst();
        reports[1] = testers.size() == 1 ? first.get(1) : at(1).report().getFirst();
        return reports;
    }

    /// Packets that all ports have received and sent since the round began.
    private long[] counters() {
        long[] sums = {-rxBefore, -txBefore};
        for (Tester tester : testers) {
            Tester.Mark mark = tester.mark();
            sums[0] += LongStream.of(mark.rx()).sum();
            sums[1] += LongStream.of(mark.tx()).sum();
        }
        return sums;
    }

    private void go() {
        rxBefore = 0;
        txBefore = 0;
        long[] sums = counters();
        rxBefore = sums[0];
        txBefore = sums[1];
        testers.reversed().forEach(Tester::go);
    }

    /// What came of packets that were sent at a rate.
    ///
    /// @param sent packets, both ways
    /// @param lost of them
    /// @param report of the end whose latencies count
    record Trial(long sent, long lost, Tester.Report report) {
        boolean isLossless() {
            return lost == 0 && sent > 0;
        }
    }

    /// Both ends send at a rate.
    ///
    /// @param mpps each way
    /// @param seconds how long
    Trial oneWay(double mpps, double seconds) {
        start(mpps * MILLION, true);
        Waits.sleep(seconds);
        Tester.Report[] reports = finish();
        long sent = reports[0].sent() + reports[1].sent();
        long lost = sent - reports[0].received() - reports[1].received();
        return new Trial(sent, lost, reports[1]);
    }

    /// Only the left end sends.
    ///
    /// @param mpps to the right end
    /// @param seconds how long
    Trial leftOnly(double mpps, double seconds) {
        start(mpps * MILLION, false);
        Waits.sleep(seconds);
        Tester.Report[] reports = finish();
        return new Trial(reports[0].sent(), reports[0].sent() - reports[1].received(), reports[1]);
    }

    /// The left end sends at a rate, and gets its packets back from the right one.
    Trial roundTrip(double mpps, double seconds) {
        at(0).exchange(ports.get(0), mpps * MILLION, 1, size);
        at(1).reflect(ports.get(1));
        testers.reversed().forEach(Tester::go);
        Waits.sleep(seconds);
        Tester.Report[] reports = finish();
        return new Trial(reports[0].sent(), reports[0].sent() - reports[0].received(), reports[0]);
    }
}
