package org.skyway.experiments.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page of error messages has each that there is, and no other.
class TroubleshootingTest {
    private static final Pattern ROW = Pattern.compile("\\| `` ?(.+?) ?`` \\| (.*) \\|");

    /// What ends a start, refuses a command, or refuses a driver.
    private static final Set<String> REFUSALS =
            Set.of(
                    "ConfigException",
                    "AgentException",
                    "RefusedException",
                    "SwitchGoneException",
                    "BadInputException",
                    "RingFormatException",
                    "PortFaultException",
                    "UnreadableMessageException",
                    "IOException",
                    "MemifException",
                    "VhostException",
                    "OvsdbException",
                    "UnixctlException",
                    "ExperimentException");

    private static final List<String> SOURCES =
            List.of(
                    "vswitch-core/switch/src/main/java",
                    "vswitch-core/memif/src/main/java",
                    "vswitch-core/pipeline/src/main/java",
                    "vswitch-core/vhost/src/main/java",
                    "vswitch-core/ovsdb/src/main/java",
                    "compute-agent/src/main/java",
                    "dpdkr-pmd/src/main/java",
                    "ivshmem/src/main/java",
                    "bypass-channel/src/main/java",
                    "experiments/src/main/java/org/skyway/experiments/vm/chain");

    /// Where wrong arguments are users' too; elsewhere they are mistakes of the program.
    private static final List<String> ARGUMENTS =
            List.of(
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/config",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/cli",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/daemon",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/dropin",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/log",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/bridge",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/http",
                    "vswitch-core/switch/src/main/java/org/skyway/vswitch/ofproto/Target.java",
                    "compute-agent/src/main/java/org/skyway/agent/log",
                    "compute-agent/src/main/java/org/skyway/agent/libvirt",
                    "experiments/src/main/java/org/skyway/experiments/vm/chain");

    private static final Path HOME = home();

    // Tests run in the folder of their module.
    private static Path home() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("ARCHITECTURE.md"))) {
            here = here.getParent();
        }
        return here;
    }

    private static List<Path> paths(List<String> names) {
        return names.stream().map(HOME::resolve).toList();
    }

    @Test
    void everyMessageIsExplainedOnce() throws IOException {
        Set<String> said = new TreeSet<>(ErrorMessages.in(paths(SOURCES), REFUSALS));
        said.addAll(ErrorMessages.in(paths(ARGUMENTS), Set.of("IllegalArgumentException")));
        said.addAll(ErrorMessages.ofScript(HOME.resolve("skyway")));
        assertTrue(said.size() > 200, "hardly any found: " + said);

        List<String> explained = new ArrayList<>();
        for (String line : Files.readAllLines(HOME.resolve("vswitch-core/TROUBLESHOOTING.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                explained.add(row.group(1));
                assertFalse(row.group(2).isBlank(), line);
            } else {
                assertFalse(line.startsWith("| ``"), "no row: " + line);
            }
        }
        Set<String> missing = new TreeSet<>(said);
        explained.forEach(missing::remove);
        assertEquals(Set.of(), missing, "these are not in vswitch-core/TROUBLESHOOTING.md");
        Set<String> gone = new TreeSet<>(explained);
        gone.removeAll(said);
        assertEquals(Set.of(), gone, "nobody says these any more");
        assertEquals(new TreeSet<>(explained).size(), explained.size(), "one is there twice");
    }

    @Test
    void sentencesAreFoundHoweverTheyAreWritten(@TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("X.java"),
                        """
                        class X {
                            void f(String s, int n, Exception e) throws Exception {
                                if (n == 0) throw new java.io.IOException("first " + s + ": " + n);
                                if (n == 1) throw new IOException("second %s of %,d %%".formatted(s, n), e);
                                if (n == 2) throw new IOException(n > 3 ? "third" : "fourth " + (s + s));
                                if (n == 3) throw new IOException(e.getMessage(), e);
                                if (n == 4) throw new IllegalStateException("fifth");
                                peer.refuse(n, "sixth %d".formatted(n));
                            }
                            String versionRefusal() { return "seventh"; }
                        }
                        """);
        assertEquals(
                Set.of("first …: …", "second … of … %", "third", "fourth …", "sixth …", "seventh"),
                ErrorMessages.in(List.of(file), Set.of("IOException")));
    }

    @Test
    void sourcesThatAreLookedAtAreThere() {
        Stream.of(SOURCES, ARGUMENTS)
                .flatMap(List::stream)
                .forEach(name -> assertTrue(Files.exists(HOME.resolve(name)), name));
    }
}
