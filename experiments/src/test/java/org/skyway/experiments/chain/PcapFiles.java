package org.skyway.experiments.chain;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.vnf.pcap.CaptureReader;

/// Whole pcap files in memory.
final class PcapFiles {
    private PcapFiles() {}

    static void write(Path file, List<byte[]> frames) throws IOException {
        try (var out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(0xa1b2c3d4);
            out.writeInt(0x00020004);
            out.writeLong(0);
            out.writeInt(65535);
            out.writeInt(1);
            int micros = 0;
            for (byte[] frame : frames) {
                out.writeInt(0);
                out.writeInt(micros++);
                out.writeInt(frame.length);
                out.writeInt(frame.length);
                out.write(frame);
            }
        }
    }

    static List<byte[]> read(Path file) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(file, 65535)) {
            for (int n = reader.next(); n >= 0; n = reader.next()) {
                frames.add(Arrays.copyOf(reader.frame(), n));
            }
        }
        return frames;
    }
}
