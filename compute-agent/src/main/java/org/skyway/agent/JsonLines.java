package org.skyway.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/// Conversations in lines of JSON: a request is a line, and so is its answer.
public final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    /// Answers one request after another, until the client goes or says a line that is too long.
    ///
    /// @param client who asks
    /// @param most characters that a request has
    /// @param answers makes the answer of a line
    /// @throws IOException if the client went away
    public static void answer(SocketChannel client, int most, Function<String, ObjectNode> answers)
            throws IOException {
        try (var in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8), 8192);
                Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            while (read(in, line, most)) {
                boolean whole = line.length() <= most;
                ObjectNode answer =
                        whole
                                ? answers.apply(line.toString())
                                : error("request of more than " + most + " characters");
                out.write(JSON.writeValueAsString(answer) + "\n");
                out.flush();
                if (!whole) {
                    return; // what follows is no request
                }
            }
        }
    }

    /// The answer to what can't be done.
    ///
    /// @param message why, and what to do
    /// @return an object with `error`
    public static ObjectNode error(String message) {
        return JSON.createObjectNode().put("error", message);
    }

    /// Reads a line, or as much of it as shows that it is too long.
    ///
    /// @return false at the end
    private static boolean read(Reader in, StringBuilder line, int most) throws IOException {
        line.setLength(0);
        while (line.length() <= most) {
            int c = in.read();
            if (c < 0) {
                return false;
            }
            if (c == '\n') {
                return true;
            }
            line.append((char) c);
        }
        return true;
    }
}
