package org.skyway.vswitch.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.agent.log.LogLevel;
import org.skyway.agent.log.LogModule;
import org.skyway.agent.log.LogModules;
import org.skyway.agent.log.LogSettings;

class SwitchLogTest {
    private static final Pattern LOGGER =
            Pattern.compile("LoggerFactory\\s*\\.getLogger\\((\\w+)\\.class\\)");

    private static final LogModules MODULES = SwitchLog.MODULES;

    private final Map<LogModule, LogLevel> before = new LinkedHashMap<>();

    @BeforeEach
    void remember() {
        MODULES.all().forEach(m -> before.put(m, m.level()));
    }

    @AfterEach
    void restore() {
        before.forEach(MODULES::set);
    }

    private static LogLevel level(String module) {
        return MODULES.named(module).level();
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of(System.getProperty("user.dir")).resolve("../..").normalize();
        List<Path> all = new ArrayList<>();
        for (String module :
                List.of("vswitch-core/switch", "vswitch-core/ovsdb", "compute-agent")) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(all::add);
            }
        }
        return all;
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
                MODULES.all().stream()
                        .filter(LogModule::isOurs)
                        .map(LogModule::logger)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, used);
    }

    @Test
    void modulesAreCalledAsInLines() {
        for (LogModule module : MODULES.all()) {
            String[] parts = module.logger().split("\\.");
            assertEquals(module.toString(), module.isOurs() ? parts[parts.length - 1] : parts[1]);
        }
    }

    @Test
    void aLevelIsOneModulesOwn() {
        LogSettings.parse(MODULES, List.of("agent=debug", "ofproto=off")).apply();
        assertEquals(LogLevel.DEBUG, level("agent"));
        assertEquals(LogLevel.OFF, level("ofproto"));
        assertEquals(before.get(MODULES.named("process")), level("process"));
        assertEquals(before.get(MODULES.named("link")), level("link"));
    }

    @Test
    void anyIsAllOfTheSwitchAndALaterOneCounts() {
        LogSettings.parse(MODULES, List.of("link=debug", "any=error", "http=warn")).apply();
        for (LogModule module : MODULES.all()) {
            LogLevel expected = module.name().equals("http") ? LogLevel.WARN : LogLevel.ERROR;
            assertEquals(module.isOurs() ? expected : before.get(module), module.level());
        }
    }

    @Test
    void whatIsNotThereIsAnsweredWithWhatIs() {
        assertEquals(
                "there is no log module \"of\"; there are daemon, dropin, bridge, bond, ovsdb, unixctl, ofproto, link, port, fault,"
                        + " http, agent, process, libvirt, service, netty, openhft, and any for all of the switch",
                refused("of=debug"));
        assertTrue(refused("ofproto=loud").contains("off, error, warn, info, debug"));
        assertEquals(
                "log setting \"ofproto\" is not MODULE=LEVEL, for instance daemon=debug",
                refused("ofproto"));
        assertFalse(refused("=").isEmpty());
    }

    private static String refused(String text) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> LogSettings.parse(MODULES, List.of(text)))
                .getMessage();
    }
}
