package org.skyway.agent.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Path;

/// Sets the log up; Logback finds it as a service, before the first line.
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    /// For the service loader.
    public LogConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogEncoder encoder =
                new LogEncoder(
                        JournalStream.leadsToJournal(
                                System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2")));
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.INFO);
        // What the switch says of itself is enough; libraries speak up when something is wrong.
        context.getLogger("net.openhft").setLevel(Level.WARN);
        // Netty's channel ids need no hardware address.
        context.getLogger("io.netty.util.internal.MacAddressUtil").setLevel(Level.ERROR);
        context.putObject(LogEncoder.class.getName(), encoder);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
