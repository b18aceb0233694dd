package org.skyway.agent.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Levels as users write them: `ofproto=debug`, or `any=warn` for every module of the program, but
/// not for libraries. Any thread.
public final class LogSettings {
    private static final String ANY = "any";

    private final LogModules modules;
    private final Map<LogModule, LogLevel> wanted = new LinkedHashMap<>();

    private LogSettings(LogModules modules) {
        this.modules = modules;
    }

    /// Reads them.
    ///
    /// @param modules those of the program
    /// @param texts `MODULE=LEVEL` each; a later one counts
    /// @return what they ask for
    /// @throws IllegalArgumentException if one can't be understood; the message says what there is
    public static LogSettings parse(LogModules modules, List<String> texts) {
        LogSettings settings = new LogSettings(modules);
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "log setting \"%s\" is not MODULE=LEVEL, for instance %s=debug"
                                .formatted(text, modules.all().getFirst()));
            }
            settings.add(text.substring(0, equals), LogLevel.parse(text.substring(equals + 1)));
        }
        return settings;
    }

    private void add(String name, LogLevel level) {
        if (!name.equals(ANY)) {
            wanted.put(modules.named(name), level);
            return;
        }
        for (LogModule module : modules.all()) {
            if (module.isOurs()) {
                wanted.put(module, level);
            }
        }
    }

    /// Has the log of this process obey them.
    public void apply() {
        wanted.forEach(modules::set);
    }
}
