package org.skyway.vswitch.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.skyway.agent.log.LogLevel;

class LogModuleTest {
    private static final Pattern LOGGER =
            Pattern.compile("LoggerFactory\\s*\\.getLogger\\((\\w+)\\.class\\)");

    private final Map<LogModule, LogLevel> before =
            Arrays.stream(LogModule.values())
                    .collect(
                            Collectors.toMap(
                                    m -> m,
                                    LogModule::level,
                                    (a, b) -> a,
                                    () -> new EnumMap<>(LogModule.class)));

    @AfterEach
    void restore() {
        before.forEach((module, level) -> module.level(level));
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of(System.getProperty("user.dir")).resolve("../..").normalize();
        try (Stream<Path> a = Files.walk(root.resolve("vswitch-core/switch/src/main/java"));
                Stream<Path> b = Files.walk(root.resolve("compute-agent/src/main/java"))) {
            return Stream.concat(a, b).filter(f -> f.toString().endsWith(".java")).toList();
        }
    }

    private static String packageOf(String name, String source) {
        Matcher imported = Pattern.compile("import ([\\w.]+)\\." + name + ";").matcher(source);
        if (imported.find()) {
            return imported.group(1);
        }
        Matcher own = Pattern.compile("package ([\\w.]+);").matcher(source);
        assertTrue(own.find(), name);
        return own.group(1);
    }

    @Test
    void everyLoggerBelongsToAModuleAndEveryModuleOfOursHasOne() throws IOException {
        var used = new TreeSet<String>();
        for (Path file : sources()) {
            String source = Files.readString(file);
            Matcher logger = LOGGER.matcher(source);
            while (logger.find()) {
                used.add(packageOf(logger.group(1), source));
            }
        }
        var known =
                Arrays.stream(LogModule.values())
                        .filter(LogModule::isOurs)
                        .map(LogModule::logger)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, used);
    }

    @Test
    void modulesAreCalledAsInLines() {
        for (LogModule module : LogModule.values()) {
            String[] parts = module.logger().split("\\.");
            assertEquals(module.toString(), module.isOurs() ? parts[parts.length - 1] : parts[1]);
        }
    }

    @Test
    void aLevelIsOneModulesOwn() {
        LogSettings.parse(List.of("agent=debug", "ofproto=off")).apply();
        assertEquals(LogLevel.DEBUG, LogModule.AGENT.level());
        assertEquals(LogLevel.OFF, LogModule.OFPROTO.level());
        assertEquals(before.get(LogModule.PROCESS), LogModule.PROCESS.level());
        assertEquals(before.get(LogModule.LINK), LogModule.LINK.level());
    }

    @Test
    void anyIsAllOfTheSwitchAndALaterOneCounts() {
        LogSettings.parse(List.of("link=debug", "any=error", "http=warn")).apply();
        for (LogModule module : LogModule.values()) {
            LogLevel expected = module == LogModule.HTTP ? LogLevel.WARN : LogLevel.ERROR;
            assertEquals(module.isOurs() ? expected : before.get(module), module.level());
        }
    }

    @Test
    void whatIsNotThereIsAnsweredWithWhatIs() {
        assertEquals(
                "there is no log module \"of\"; there are daemon, ofproto, link, port, fault, http, agent, process,"
                        + " libvirt, service, netty, openhft, and any for all of the switch",
                refused("of=debug"));
        assertTrue(refused("ofproto=loud").contains("off, error, warn, info, debug"));
        assertEquals(
                "log setting \"ofproto\" is not MODULE=LEVEL, for instance ofproto=debug",
                refused("ofproto"));
        assertFalse(refused("=").isEmpty());
    }

    private static String refused(String text) {
        return assertThrows(IllegalArgumentException.class, () -> LogSettings.parse(List.of(text)))
                .getMessage();
    }
}
