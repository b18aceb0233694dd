package org.skyway.bypass.control;

import java.io.IOException;

/// Control messages as lines of JSON, and back. Thread-safe.
public final class ControlCodec {
    /// Longest line that is read; whoever sends more is not a driver.
    public static final int MAX_LINE_BYTES = 8192;

    static final MessageCodec<ControlMessage> CODEC =
            new MessageCodec<>(ControlMessage.class, MAX_LINE_BYTES);

    private ControlCodec() {}

    /// Writes a message.
    ///
    /// @param message what to send
    /// @return one line in UTF-8, with its line feed
    public static byte[] encode(ControlMessage message) {
        return CODEC.encode(message);
    }

    /// Reads a message.
    ///
    /// @param line one line, with or without its line feed
    /// @return the message
    /// @throws IOException if it is no JSON, or has bad fields
    public static ControlMessage decode(String line) throws IOException {
        return CODEC.decode(line);
    }
}
