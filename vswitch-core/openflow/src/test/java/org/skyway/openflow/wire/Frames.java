package org.skyway.openflow.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;

/// Recorded messages among the test resources.
final class Frames {
    /// A message and the error that it deserves.
    record Refused(ErrorCode error, byte[] frame) {}

    private Frames() {}

    /// Reads a file with one message in hexadecimal per line.
    static List<byte[]> read(String file) {
        return lines(file).stream().map(HexFormat.of()::parseHex).toList();
    }

    /// Reads a file with an error and a message per line.
    static List<Refused> refused(String file) {
        return lines(file).stream()
                .map(l -> l.split(" "))
                .map(p -> new Refused(ErrorCode.valueOf(p[0]), HexFormat.of().parseHex(p[1])))
                .toList();
    }

    /// The first frame of a message.
    static byte[] encode(Envelope envelope, boolean tableInCommand) {
        List<byte[]> frames = new ArrayList<>();
        OpenFlowCodec.encodeAll(envelope, tableInCommand, frames::add);
        return frames.getFirst();
    }

    private static List<String> lines(String file) {
        try (InputStream in = Frames.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
