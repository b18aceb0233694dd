package org.skyway.bypass.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Control messages as lines of JSON, and back. Thread-safe.
public final class ControlCodec {
    /// Longest line that is read; whoever sends more is not a driver.
    public static final int MAX_LINE_BYTES = 8192;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final ObjectWriter WRITER = JSON.writerFor(ControlMessage.class);
    private static final ObjectReader READER = JSON.readerFor(ControlMessage.class);

    private ControlCodec() {}

    /// Writes a message.
    ///
    /// @param message what to send
    /// @return one line in UTF-8, with its line feed
    public static byte[] encode(ControlMessage message) {
        try {
            return (WRITER.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of plain values can always be written", e);
        }
    }

    /// Reads a message.
    ///
    /// @param line one line, with or without its line feed
    /// @return the message
    /// @throws IOException if it is no JSON, of unknown type, or has unknown or bad fields
    public static ControlMessage decode(String line) throws IOException {
        try {
            ControlMessage message = READER.readValue(line);
            if (message == null) {
                throw new IOException("control message is null");
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "can't read control message %s: %s"
                            .formatted(
                                    line.length() > 200
                                            ? line.substring(0, 200) + "…"
                                            : line.strip(),
                                    e.getOriginalMessage()),
                    e);
        }
    }
}
