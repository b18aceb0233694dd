package org.skyway.agent.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.util.CachingDateFormatter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;

/// Makes lines of events. For the journal of systemd, each begins with its priority as in
/// sd-daemon(3), and has no time, as the journal notes that. Any thread.
final class LogEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    private final CachingDateFormatter times =
            new CachingDateFormatter("yyyy-MM-dd'T'HH:mm:ss.SSSX", ZoneOffset.UTC);
    private final boolean journal;
    private final JsonEncoder json;
    private volatile LogFormat format = LogFormat.TEXT;

    /// Lines of text.
    ///
    /// @param journal for the journal
    LogEncoder(boolean journal) {
        this.journal = journal;
        json = new ModuleJsonEncoder();
        json.setWithTimestamp(!journal);
        json.setWithSequenceNumber(false);
        json.setWithNanoseconds(false);
        json.setWithContext(false);
        json.setWithMarkers(false);
        json.setWithMDC(false);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithFormattedMessage(true);
        json.start();
    }

    LogFormat format() {
        return format;
    }

    void format(LogFormat wanted) {
        format = wanted;
    }

    /// The module that a logger belongs to: the last package of one of Skyway's classes, and of
    /// others, who made it.
    ///
    /// @param logger a class, for instance `org.skyway.vswitch.ofproto.Peer` or `io.netty.util.X`
    /// @return for instance `ofproto` or `netty`
    static String moduleOf(String logger) {
        String[] parts = logger.split("\\.");
        if (parts.length < 2) {
            return logger;
        }
        return logger.startsWith("org.skyway.") ? parts[parts.length - 2] : parts[1];
    }

    private static final class ModuleJsonEncoder extends JsonEncoder {
        @Override
        protected void appendCustomFields(StringBuilder out, ILoggingEvent event) {
            appendValueSeparator(out, true);
            appenderMember(out, "module", moduleOf(event.getLoggerName()));
        }
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        if (format == LogFormat.JSON) {
            byte[] line = json.encode(event);
            if (!journal) {
                return line;
            }
            return bytes(priority(event) + new String(line, StandardCharsets.UTF_8));
        }
        return bytes(text(event));
    }

    private String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        String prefix = journal ? priority(event) : "";
        line.append(prefix);
        if (!journal) {
            line.append(times.format(event.getTimeStamp())).append(' ');
            line.append(event.getLevel()).append(' ');
        }
        line.append(moduleOf(event.getLoggerName())).append(": ");
        // Others' words may be in it: they get no line that looks like one of ours.
        line.append(event.getFormattedMessage().replace("\n", "\\n").replace("\r", "\\r"));
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            ThrowableProxyUtil.asString(event.getThrowableProxy())
                    .lines()
                    .forEach(l -> line.append(prefix).append(l).append('\n'));
        }
        return line.toString();
    }

    // As in syslog(3).
    private static String priority(ILoggingEvent event) {
        return switch (event.getLevel().toInt()) {
            case Level.ERROR_INT -> "<3>";
            case Level.WARN_INT -> "<4>";
            case Level.INFO_INT -> "<6>";
            default -> "<7>";
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
