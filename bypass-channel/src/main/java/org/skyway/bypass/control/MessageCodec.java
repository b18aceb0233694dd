package org.skyway.bypass.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The records of a sealed type as lines of JSON, and back. Thread-safe.
///
/// @param <M> the type, with Jackson's annotations of its subtypes
public final class MessageCodec<M> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final int maxLineBytes;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    /// A codec.
    ///
    /// @param type of the messages
    /// @param maxLineBytes the longest line that is read
    public MessageCodec(Class<M> type, int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
        writer = JSON.writerFor(type);
        reader = JSON.readerFor(type);
    }

    /// The longest line that is read; whoever sends more does not speak this protocol.
    ///
    /// @return bytes
    public int maxLineBytes() {
        return maxLineBytes;
    }

    /// Writes a message.
    ///
    /// @param message what to send
    /// @return one line in UTF-8, with its line feed
    public byte[] encode(M message) {
        try {
            return (writer.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of plain values can always be written", e);
        }
    }

    /// Reads a message.
    ///
    /// @param line one line, with or without its line feed
    /// @return the message
    /// @throws IOException if it is no JSON, of unknown type, or has unknown or bad fields
    public M decode(String line) throws IOException {
        try {
            M message = reader.readValue(line);
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
