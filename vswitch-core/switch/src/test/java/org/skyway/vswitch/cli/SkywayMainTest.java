package org.skyway.vswitch.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SkywayMainTest {
    @TempDir Path directory;

    private final StringWriter errors = new StringWriter();

    private int run(List<String> words) {
        return SkywayMain.run(new PrintWriter(errors), words.toArray(new String[0]));
    }

    /// Starts a switch that can't be started: it must say so in one line, and leave.
    private String refused(String... options) {
        List<String> words = new ArrayList<>(List.of("vswitchd", "--rundir", directory.toString()));
        words.addAll(List.of(options));
        assertEquals(1, run(words), errors.toString());
        String said = errors.toString();
        assertTrue(said.startsWith("skyway: "), said);
        assertEquals(1, said.lines().count(), said);
        return said;
    }

    @ParameterizedTest
    @CsvSource({
        "--controller, frob",
        "--controller, tcp:",
        "--controller, tcp:127.0.0.1:0",
        "--controller, tcp:127.0.0.1:65536",
        "--controller, tcp:127.0.0.1:x",
        "--controller, ptcp:99999",
        "--controller, unix:",
        "--controller, ''",
        "--listen, ptcp:-1",
        "--listen, tcp:127.0.0.1:6653",
        "--listen, unix:/tmp/x",
        "--listen, pfrob:"
    })
    void aBadTargetIsNamed(String option, String target) {
        assertTrue(refused(option, target).contains('"' + target + '"'), errors.toString());
    }

    @Test
    void aSocketThatCantBeOpenedIsNamed() {
        String said = refused("--listen", "ptcp:6653:192.0.2.1");
        assertTrue(said.contains("ptcp:6653:192.0.2.1"), said);
    }

    @Test
    void tlsNeedsItsFiles() {
        assertTrue(refused("--listen", "pssl:0:127.0.0.1").contains("private key"));
    }

    @Test
    void tlsNeedsAllItsFiles() {
        assertTrue(refused("--private-key", "a.pem").contains("certificate null"));
    }

    @Test
    void aDatapathIdOfZerosIsRefused() {
        assertTrue(refused("--datapath-id", "0000000000000000").contains("0000000000000000"));
    }

    @Test
    void aPortCantHaveTheBridgesName() {
        String said = refused("--bridge", "br7", "--port", "1:dpdkr:br7");
        assertTrue(said.contains("br7"), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vswitchd --frob", "ctl --frob", "ctl show --frob", "ctl frob", "frob"})
    void whatIsNotUnderstoodEndsWithStatus2(String line) {
        assertEquals(2, run(List.of(line.split(" "))), errors.toString());
        assertFalse(errors.toString().isBlank());
    }

    @Test
    void eventsOfNoSwitchAreAnErrorAndMakeNothing() {
        Path nowhere = directory.resolve("nowhere");
        assertEquals(1, run(List.of("ctl", "events", "--rundir", nowhere.toString())));
        assertTrue(errors.toString().contains("no journal in " + nowhere), errors.toString());
        assertFalse(Files.exists(nowhere));
    }
}
