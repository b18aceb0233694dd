package org.skyway.vswitch.log;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.skyway.agent.log.LogLevel;

/// Levels as users write them: `ofproto=debug`, or `any=warn` for every module of the switch, but
/// not for libraries. Any thread.
public final class LogSettings {
    private static final String ANY = "any";

    private final Map<LogModule, LogLevel> wanted = new EnumMap<>(LogModule.class);

    private LogSettings() {}

    /// Reads them.
    ///
    /// @param texts `MODULE=LEVEL` each; a later one counts
    /// @return what they ask for
    /// @throws IllegalArgumentException if one can't be understood; the message says what there is
    public static LogSettings parse(List<String> texts) {
        LogSettings settings = new LogSettings();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "log setting \"%s\" is not MODULE=LEVEL, for instance ofproto=debug"
                                .formatted(text));
            }
            settings.add(text.substring(0, equals), LogLevel.parse(text.substring(equals + 1)));
        }
        return settings;
    }

    private void add(String name, LogLevel level) {
        if (!name.equals(ANY)) {
            wanted.put(LogModule.parse(name), level);
            return;
        }
        for (LogModule module : LogModule.values()) {
            if (module.isOurs()) {
                wanted.put(module, level);
            }
        }
    }

    /// Has the log of this process obey them.
    public void apply() {
        wanted.forEach(LogModule::level);
    }
}
