package org.skyway.bypass.control;

import java.io.IOException;

/// What came is a line, but no message.
public final class UnreadableMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long id;

    UnreadableMessageException(String message, long id, Throwable cause) {
        super(message, cause);
        this.id = id;
    }

    /// The id under which the sender should be told.
    ///
    /// @return the `id` of the line; 0 if it has none that can be read
    public long id() {
        return id;
    }
}
