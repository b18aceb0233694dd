package org.skyway.vswitch.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// A line that is plain is read as by the annotations of its command, and one that those refuse is
/// not plain.
class PlainLinesPropertyTest {
    private static final int LINES = 4000;

    // Whatever is there, often with something that is not.
    private static final List<String> WORDS =
            List.of(
                    "--rundir",
                    "--bridge",
                    "--json",
                    "--config",
                    "--datapath-id",
                    "--controller",
                    "--listen",
                    "--fail-mode",
                    "--poll-threads",
                    "--ring-cells",
                    "--link-cells",
                    "--no-bypass",
                    "--rehearsal",
                    "--port",
                    "--statedir",
                    "--take-over",
                    "--http",
                    "--pidfile",
                    "--log-file",
                    "--unixctl",
                    "--no-chdir",
                    "--mlockall",
                    "--forget",
                    "--cores",
                    "--log",
                    "--help",
                    "--frob",
                    "-vconsole:emer",
                    "-v",
                    "-v=dbg",
                    "--private-key",
                    "--detach",
                    "-x",
                    "--",
                    "@file",
                    "unix:/run/db.sock",
                    "tcp:1:2");

    private static final List<String> VALUES =
            List.of(
                    "1",
                    "0",
                    "007",
                    "-5",
                    "2147483648",
                    "x y",
                    "a=b",
                    "",
                    "/tmp/x",
                    "1:dpdkr:a",
                    "\"q\"",
                    "'q'",
                    "@a",
                    "${java.home}",
                    "unix:/run/db.sock",
                    "show");

    @Test
    void aSwitchIsToldTheSame() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("aSwitchIsToldTheSame: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        int plain = 0;
        for (int i = 0; i < LINES; i++) {
            String[] line = line(random);
            VswitchdCommand read = VswitchdCommand.plain(new PlainWords(line, 0));
            if (read != null) {
                plain++;
                VswitchdCommand annotated = new VswitchdCommand();
                new CommandLine(annotated).parseArgs(line);
                assertEquals(fields(annotated), fields(read), String.join(" ", line));
            }
        }
        assertTrue(plain > LINES / 20, plain + " plain lines");
    }

    @Test
    void aClientAsksTheSame() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("aClientAsksTheSame: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        int plain = 0;
        for (int i = 0; i < LINES; i++) {
            List<String> line = new ArrayList<>(List.of("show"));
            for (int n = random.nextInt(4); n > 0; n--) {
                line.add(WORDS.get(random.nextInt(4)));
                if (random.nextBoolean()) {
                    line.add(VALUES.get(random.nextInt(VALUES.size())));
                }
            }
            String[] words = line.toArray(new String[0]);
            CtlCommand.Request read = CtlCommand.plain(new PlainWords(words, 0));
            if (read != null) {
                plain++;
                CtlCommand.Request annotated = new CtlCommand.Show();
                new CommandLine(annotated)
                        .parseArgs(line.subList(1, line.size()).toArray(words(0)));
                assertEquals(fields(annotated), fields(read), String.join(" ", line));
            }
        }
        assertTrue(plain > LINES / 20, plain + " plain lines");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 1:dpdkr:a --port=2:dpdkr:b --rundir /tmp/x --bridge br0 --rehearsal 0",
                "--take-over --statedir /tmp/y --poll-threads 2 --no-bypass --config /etc/x.yaml",
                "unix:/run/db.sock -vconsole:emer -vfile:info --mlockall --no-chdir --pidfile=/p"
                        + " --log-file=/l",
                "unix:/run/db.sock --pidfile --log-file"
            })
    void whatSwitchesAreStartedWithIsPlain(String line) {
        assertNotNull(VswitchdCommand.plain(new PlainWords(line.split(" "), 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--bridge",
                "--bridge a --bridge b",
                "--rehearsal x",
                "--rehearsal 99999999999",
                "--take-over=yes",
                "--pidfile unix:/run/db.sock",
                "--port @file",
                "@file",
                "frob"
            })
    void whatMayBeWrongIsNotPlain(String line) {
        assertNull(VswitchdCommand.plain(new PlainWords(line.split(" "), 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"show", "links --json", "stats --rundir /tmp/x", "port list --bridge b"})
    void whatIsAskedOftenIsPlain(String line) {
        assertNotNull(CtlCommand.plain(new PlainWords(line.split(" "), 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "frob", "show x", "port", "port add 1:dpdkr:a", "show --help", "top"})
    void otherQuestionsAreNotPlain(String line) {
        assertNull(CtlCommand.plain(new PlainWords(line.split(" "), 0)));
    }

    private static String[] words(int count) {
        return new String[count];
    }

    private static String[] line(Random random) {
        List<String> line = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            String word = WORDS.get(random.nextInt(WORDS.size()));
            String value = VALUES.get(random.nextInt(VALUES.size()));
            switch (random.nextInt(4)) {
                case 0 -> line.add(word);
                case 1 -> line.add(word + "=" + value);
                default -> {
                    line.add(word);
                    line.add(value);
                }
            }
        }
        return line.toArray(new String[0]);
    }

    /// What a command and what it is mixed of were told.
    private static Map<String, String> fields(Object command) {
        Map<String, String> all = new TreeMap<>();
        for (Class<?> c = command.getClass(); c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())
                        || field.getType() == CommandLine.Model.CommandSpec.class) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    Object value = field.get(command);
                    if (value instanceof RunDirectoryOption || value instanceof OvsOptions) {
                        fields(value).forEach((k, v) -> all.put(field.getName() + "." + k, v));
                    } else {
                        all.put(field.getName(), String.valueOf(value));
                    }
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return all;
    }
}
