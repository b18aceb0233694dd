package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.skyway.vswitch.config.ConfigException;

/// A request of any length that comes in parts, and is worked off on the thread of the client that
/// asks. One thread at a time.
public interface PartedRequest extends AutoCloseable {
    /// Takes the next part.
    ///
    /// @param part its arguments
    /// @throws ConfigException if it asks for something that can't be; nothing more is to be taken
    void take(JsonNode part);

    /// Answers a part that is not the last.
    ///
    /// @return its result, an empty object unless there is something to tell
    default JsonNode part() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// Answers, when all parts were taken.
    ///
    /// @return the result
    JsonNode end();

    /// Gives back what the request holds, whether it came to its end or not.
    @Override
    void close();
}
