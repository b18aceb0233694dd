package org.skyway.agent.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.util.CachingDateFormatter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes lines as Open vSwitch's daemons write them to their log files, which others read:
/// `2026-01-31T12:00:00.000Z|00001|bridge|INFO|bridge br0: …`. Any thread.
final class OvsLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    private final CachingDateFormatter times =
            new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSX", ZoneOffset.UTC);
    private final AtomicInteger number = new AtomicInteger();

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line =
                new StringBuilder(200)
                        .append(times.format(event.getTimeStamp()))
                        .append("|%05d|".formatted(number.incrementAndGet() % 100_000))
                        .append(LogEncoder.moduleOf(event.getLoggerName()))
                        .append('|')
                        .append(level(event.getLevel()))
                        .append('|')
                        .append(
                                event.getFormattedMessage()
                                        .replace("\n", "\\n")
                                        .replace("\r", "\\r"))
                        .append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy())).append('\n');
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String level(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "ERR";
            case Level.WARN_INT -> "WARN";
            case Level.INFO_INT -> "INFO";
            default -> "DBG";
        };
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
