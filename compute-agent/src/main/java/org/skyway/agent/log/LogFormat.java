package org.skyway.agent.log;

import java.util.Locale;

/// How a line of the log looks.
public enum LogFormat {
    /// `2026-01-31T12:00:00.000Z INFO ofproto: tcp:127.0.0.1:6653: connected`, with what was thrown
    /// on lines of its own.
    TEXT,
    /// A JSON object, what was thrown included.
    JSON;

    /// By its name.
    ///
    /// @param name `text` or `json`
    /// @return the format
    /// @throws IllegalArgumentException if there is no such format
    public static LogFormat parse(String name) {
        for (LogFormat format : values()) {
            if (format.toString().equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "log format \"%s\" is neither text nor json".formatted(name));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
