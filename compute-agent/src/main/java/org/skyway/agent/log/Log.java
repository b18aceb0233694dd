package org.skyway.agent.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;

/// What may be changed of this process's log while it runs. Any thread.
public final class Log {
    private static final String FILE = "file";

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

    /// Has the log go to a file as well, in the form of Open vSwitch's.
    ///
    /// @param path where; what is there stays
    /// @throws IOException if it can't be written
    public static void file(Path path) throws IOException {
        try (Writer probe =
                Files.newBufferedWriter(
                        path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            probe.flush();
        }
        OvsLogEncoder encoder = new OvsLogEncoder();
        encoder.setContext(context());
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context());
        appender.setName(FILE);
        appender.setFile(path.toString());
        appender.setEncoder(encoder);
        appender.start();
        root().addAppender(appender);
    }

    /// Whether it goes to a file.
    ///
    /// @return true after [#file]
    public static boolean hasFile() {
        return root().getAppender(FILE) != null;
    }

    /// Has the file be opened anew, after somebody has moved it.
    ///
    /// @return false if there is none
    public static boolean reopen() {
        Appender<ILoggingEvent> appender = root().getAppender(FILE);
        if (appender == null) {
            return false;
        }
        appender.stop();
        appender.start();
        return true;
    }

    /// Has the log go nowhere but to its file: nobody reads the process's standard error.
    public static void toFileOnly() {
        root().iteratorForAppenders()
                .forEachRemaining(appender -> {
                    if (!FILE.equals(appender.getName())) {
                        root().detachAppender(appender);
                        appender.stop();
                    }
                });
    }

    private static Logger root() {
        return context().getLogger(Logger.ROOT_LOGGER_NAME);
    }

    private static LogEncoder encoder() {
        return (LogEncoder) context().getObject(LogEncoder.class.getName());
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
