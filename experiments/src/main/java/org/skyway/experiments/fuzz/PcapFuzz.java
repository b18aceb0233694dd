package org.skyway.experiments.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.vnf.pcap.CaptureReader;

/// Capture files.
public final class PcapFuzz {
    private static final int MAX_FRAME = 2048;
    private static final Path FILE = file();

    private PcapFuzz() {}

    private static Path file() {
        try {
            Path file = Files.createTempFile("skyway-fuzz-", ".pcap");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// One input.
    ///
    /// @param input a file
    /// @throws IOException if the file can't be written
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Files.write(FILE, input);
        try (CaptureReader reader = CaptureReader.open(FILE, MAX_FRAME)) {
            for (int length; (length = reader.next()) >= 0; ) {
                if (length > MAX_FRAME || length > input.length) {
                    throw new AssertionError("a frame of " + length + " bytes");
                }
            }
        } catch (IOException e) {
            return; // told in words
        }
    }
}
