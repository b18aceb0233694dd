package org.skyway.experiments.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The JVM takes no notice of a compile command for a method that there is not.
class JvmOptionsTest {
    private static final Pattern COMMAND =
            Pattern.compile("-XX:CompileCommand=\\w+,([\\w.$]+)::(\\w+)");

    @Test
    void compileCommandsNameMethodsThatAreThere() throws Exception {
        Path root = Path.of("").toAbsolutePath().getParent();
        List<Matcher> commands =
                Files.readAllLines(root.resolve(".mvn/skyway-jvm.options")).stream()
                        .map(COMMAND::matcher)
                        .filter(Matcher::matches)
                        .toList();
        assertEquals(2, commands.size());
        for (Matcher m : commands) {
            Class<?> type = Class.forName(m.group(1));
            assertTrue(
                    Arrays.stream(type.getDeclaredMethods())
                            .anyMatch(method -> method.getName().equals(m.group(2))),
                    m.group());
        }
    }
}
