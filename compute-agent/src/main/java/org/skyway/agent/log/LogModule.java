package org.skyway.agent.log;

/// A part of a program whose log has a level of its own.
///
/// @param name as users write it, and as it stands in each line
/// @param logger the package where its loggers are
/// @param about what it tells of, in a few words
public record LogModule(String name, String logger, String about) {
    /// From which importance on it is logged.
    ///
    /// @return the level
    public LogLevel level() {
        return Log.level(logger);
    }

    /// Whether it is no library's.
    ///
    /// @return false for a library
    public boolean isOurs() {
        return logger.startsWith("org.skyway.");
    }

    boolean isAround(LogModule other) {
        return other.logger.startsWith(logger + ".");
    }

    @Override
    public String toString() {
        return name;
    }
}
