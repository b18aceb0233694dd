package org.skyway.agent.log;

import ch.qos.logback.classic.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// From which importance on a module is logged.
public enum LogLevel {
    /// Nothing is.
    OFF(Level.OFF),
    /// What should never happen.
    ERROR(Level.ERROR),
    /// What went wrong and was coped with.
    WARN(Level.WARN),
    /// What someone who watches wants to see.
    INFO(Level.INFO),
    /// What someone who searches wants to see.
    DEBUG(Level.DEBUG);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    /// By its name.
    ///
    /// @param name `off`, `error`, `warn`, `info` or `debug`
    /// @return the level
    /// @throws IllegalArgumentException if there is no such level; the message has those that are
    public static LogLevel parse(String name) {
        for (LogLevel level : values()) {
            if (level.toString().equals(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException(
                "there is no log level \"%s\"; there are %s"
                        .formatted(
                                name,
                                Arrays.stream(values())
                                        .map(LogLevel::toString)
                                        .collect(Collectors.joining(", "))));
    }

    Level level() {
        return level;
    }

    // TRACE and ALL, which nobody can ask for here, show as DEBUG.
    static LogLevel of(Level level) {
        for (LogLevel l : values()) {
            if (l.level.toInt() <= level.toInt()) {
                return l;
            }
        }
        return DEBUG;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
