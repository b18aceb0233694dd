package org.skyway.bypass.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.nio.charset.StandardCharsets;

/// The records of a sealed type as lines of JSON, and back. Thread-safe.
///
/// @param <M> the type, with Jackson's annotations of its subtypes
public final class MessageCodec<M> {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

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

    /// Reads a message. Fields that are not known are ignored.
    ///
    /// @param line one line, with or without its line feed
    /// @return the message
    /// @throws UnreadableMessageException if it is no JSON, of unknown type, or has bad fields
    public M decode(String line) throws UnreadableMessageException {
        try {
            M message = reader.readValue(line);
            if (message == null) {
                throw new UnreadableMessageException("control message is null", 0, null);
            }
            return message;
        } catch (JsonProcessingException e) {
            throw new UnreadableMessageException(
                    "can't read control message %s: %s"
                            .formatted(quote(line), readable(JsonFault.sentence(e))),
                    idOf(line),
                    e);
        }
    }

    // Whoever is refused should find the refusal under the id of what it asked.
    private static long idOf(String line) {
        try {
            return JSON.readTree(line).path("id").asLong();
        } catch (JsonProcessingException e) {
            return 0;
        }
    }

    // What a secret may be in is not repeated, here and in logs.
    private static String quote(String line) {
        if (line.contains("secret")) {
            return "of %d characters".formatted(line.length());
        }
        return readable(line.length() > 200 ? line.substring(0, 200) + "…" : line.strip());
    }

    /// What somebody else wrote, fit for a line of a log or a terminal.
    ///
    /// @param text any
    /// @return the same with a question mark for each character that is not to be seen; null for
    ///   null
    static String readable(String text) {
        return text == null ? null : text.replaceAll("\\p{C}", "?");
    }
}
