package org.skyway.vnf.traffic;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.vnf.pcap.PcapWriter;
import org.skyway.vnf.run.BadInputException;
import org.skyway.vnf.run.CountedPort;
import picocli.CommandLine.Option;

/// What to do with what arrives, from the command line.
public final class SinkOptions {
    // spotless:off
    @Option(names = "--expect-count", paramLabel = "N", defaultValue = "0", description = "End when so many packets have come; fewer are a failure.")
    long expected;
    @Option(names = "--strict", description = "A packet lost, duplicated, reordered or changed is a failure.")
    boolean strict;
    @Option(names = "--verify", description = "Recompute the checksums of each frame.")
    boolean verify;
    @Option(names = "--capture", paramLabel = "FILE", description = "Write what comes, as pcap.")
    Path capture;
    @Option(names = "--snaplen", paramLabel = "BYTES", defaultValue = "65535",
            description = "Most bytes of a frame that are written (${DEFAULT-VALUE}).")
    int snapLength;
    @Option(names = "--gaps", paramLabel = "MILLISECONDS", defaultValue = "0",
            description = "Report how long nothing came where a bypass began or ended, and at most in each time of that length; 0 for not at all (${DEFAULT-VALUE}).")
    double gapMillis;
    // spotless:on

    /// For picocli, which fills the fields.
    public SinkOptions() {}

    /// Checks everything that can be checked without a port.
    ///
    /// @throws BadInputException if an option is wrong
    public void check() {
        if (snapLength < 1 || snapLength > 65535) {
            throw new BadInputException("--snaplen is 1 to 65535, not " + snapLength);
        }
        if (!(gapMillis == 0 || gapMillis >= 0.1 && gapMillis <= 60_000)) {
            throw new BadInputException(
                    "--gaps is 0.1 to 60000 milliseconds, or 0, not " + gapMillis);
        }
        if (expected < 0) {
            throw new BadInputException("--expect-count may not be negative");
        }
    }

    /// Makes the sink.
    ///
    /// @param port where to receive
    /// @param burst packets at a time
    /// @return the sink
    /// @throws BadInputException if the capture can't be written
    public SinkWork open(CountedPort port, int burst) {
        PcapWriter writer = null;
        if (capture != null) {
            try {
                writer = PcapWriter.create(capture, snapLength);
            } catch (IOException e) {
                throw new BadInputException(
                        "can't write pcap file " + capture + ": " + Reasons.of(e));
            }
        }
        return new SinkWork(
                port, new SinkWork.Checks(verify, strict, expected), writer, gaps(), burst);
    }

    private GapMeter gaps() {
        return gapMillis == 0 ? null : new GapMeter((long) (gapMillis * 1e6));
    }
}
