package org.skyway.vnf.traffic;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.pmd.port.PmdPort;
import org.skyway.vnf.frame.Addresses;
import org.skyway.vnf.frame.FrameSizes;
import org.skyway.vnf.frame.FrameSupply;
import org.skyway.vnf.frame.SyntheticFrames;
import org.skyway.vnf.pcap.CaptureFrames;
import org.skyway.vnf.run.BadInputException;
import org.skyway.vnf.run.CountedPort;
import picocli.CommandLine.Option;

/// What to send, from the command line.
public final class SourceOptions {
    // spotless:off
    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "64", description = "Frame sizes: 64, 64-1518 or imix (${DEFAULT-VALUE}).")
    String size;
    @Option(names = "--rate", paramLabel = "PPS", defaultValue = "0", description = "Packets per second; 0 for flat out (${DEFAULT-VALUE}).")
    double rate;
    @Option(names = "--count", paramLabel = "N", description = "End after so many packets.")
    Long count;
    @Option(names = "--flows", paramLabel = "N", defaultValue = "1",
            description = "Flows to send in turn, told apart by UDP source port (${DEFAULT-VALUE}).")
    int flows;
    @Option(names = "--id", paramLabel = "N", description = "Source id in the frames, 0 to 65535. Default: from the process id.")
    Integer id;
    @Option(names = "--src-mac", paramLabel = "MAC", defaultValue = "02:00:00:00:00:01", description = "(${DEFAULT-VALUE})")
    String sourceMac;
    @Option(names = {"--dst-mac", "--dst"}, paramLabel = "MAC", defaultValue = "02:00:00:00:00:02", description = "(${DEFAULT-VALUE})")
    String destinationMac;
    @Option(names = "--src-ip", paramLabel = "IP", defaultValue = "10.0.0.1", description = "(${DEFAULT-VALUE})")
    String sourceIp;
    @Option(names = "--dst-ip", paramLabel = "IP", defaultValue = "10.0.0.2", description = "(${DEFAULT-VALUE})")
    String destinationIp;
    @Option(names = "--dst-port", paramLabel = "PORT", defaultValue = "5000", description = "UDP (${DEFAULT-VALUE})")
    int destinationPort;
    @Option(names = "--replay", paramLabel = "FILE", description = "Send the frames of a capture file instead (pcap, pcapng, either gzipped).")
    Path replay;
    @Option(names = "--loop", paramLabel = "N", defaultValue = "1", description = "Times to send the capture file; 0 for ever (${DEFAULT-VALUE}).")
    long loops;
    // spotless:on

    /// For picocli, which fills the fields.
    public SourceOptions() {}

    /// Checks everything that can be checked without a port.
    ///
    /// @throws BadInputException if an option is wrong
    public void check() {
        FrameSizes.parse(size);
        headers();
        if (rate < 0 || loops < 0 || (count != null && count < 0)) {
            throw new BadInputException("--rate, --loop and --count may not be negative");
        }
        if (flows < 1 || flows > SyntheticFrames.MAX_FLOWS) {
            throw new BadInputException(
                    "--flows is 1 to %d, not %d".formatted(SyntheticFrames.MAX_FLOWS, flows));
        }
        if (id != null && (id < 0 || id > 65535)) {
            throw new BadInputException("--id is 0 to 65535, not " + id);
        }
    }

    /// Makes the source.
    ///
    /// @param port where to send
    /// @param burst packets at a time
    /// @param discards whether it takes what arrives
    /// @return the source
    /// @throws BadInputException if the capture file can't be used, or frames are too long for the
    ///   port
    public SourceWork open(CountedPort port, int burst, boolean discards) {
        return new SourceWork(
                port,
                frames(port.port(), burst),
                rate,
                count == null ? Long.MAX_VALUE : count,
                burst,
                discards);
    }

    private FrameSupply frames(PmdPort port, int burst) {
        if (replay != null) {
            try {
                return CaptureFrames.load(replay, loops, port.maxFrame());
            } catch (IOException e) {
                throw new BadInputException(e.getMessage());
            }
        }
        FrameSizes sizes = FrameSizes.parse(size);
        if (sizes.largest() > port.maxFrame()) {
            throw new BadInputException(
                    "--size %s has frames of %d bytes, but port %s takes %d"
                            .formatted(size, sizes.largest(), port.name(), port.maxFrame()));
        }
        int sourceId = id == null ? (int) ProcessHandle.current().pid() & 0xffff : id;
        return new SyntheticFrames(headers(), sourceId, sizes, flows, burst);
    }

    private SyntheticFrames.Headers headers() {
        if (destinationPort < 0 || destinationPort > 65535) {
            throw new BadInputException("--dst-port is 0 to 65535, not " + destinationPort);
        }
        return new SyntheticFrames.Headers(
                Addresses.mac(sourceMac),
                Addresses.mac(destinationMac),
                Addresses.ipv4(sourceIp),
                Addresses.ipv4(destinationIp),
                destinationPort);
    }
}
