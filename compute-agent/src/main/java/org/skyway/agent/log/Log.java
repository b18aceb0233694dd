package org.skyway.agent.log;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// What may be changed of this process's log while it runs. Any thread.
public final class Log {
    private Log() {}

    /// From which importance on something is logged.
    ///
    /// @param logger a package or a class
    /// @return the level, which it may have from a package further out
    public static LogLevel level(String logger) {
        return LogLevel.of(context().getLogger(logger).getEffectiveLevel());
    }

    /// Changes it.
    ///
    /// @param logger a package or a class
    /// @param level from which importance on it is logged from now on
    public static void level(String logger, LogLevel level) {
        context().getLogger(logger).setLevel(level.level());
    }

    /// How lines look.
    ///
    /// @return the format
    public static LogFormat format() {
        return encoder().format();
    }

    /// Changes it.
    ///
    /// @param format how lines look from now on
    public static void format(LogFormat format) {
        encoder().format(format);
    }

    private static LogEncoder encoder() {
        return (LogEncoder) context().getObject(LogEncoder.class.getName());
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
