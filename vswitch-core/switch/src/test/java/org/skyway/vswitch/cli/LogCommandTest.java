package org.skyway.vswitch.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.ControlClient;
import org.skyway.vswitch.daemon.Daemon;

/// `ctl log` asks a real switch.
@Timeout(120)
class LogCommandTest {
    @TempDir Path directory;

    private final StringWriter errors = new StringWriter();
    private Daemon daemon;

    @BeforeEach
    void start() {
        daemon = Daemon.start(directory, SwitchConfig.defaults());
    }

    @AfterEach
    void stop() throws IOException {
        log("any=info", "--format", "text");
        daemon.close();
        RegionStore.of(directory).removeLeftovers(true);
    }

    private int log(String... words) {
        List<String> all = new ArrayList<>(List.of("ctl", "log", "--rundir", directory.toString()));
        all.addAll(List.of(words));
        return SkywayMain.run(new PrintWriter(errors), all.toArray(new String[0]));
    }

    private JsonNode current() {
        try (ControlClient client = new ControlClient(directory)) {
            return client.ask(ControlClient.request("log"));
        }
    }

    private String level(String module) {
        for (JsonNode m : current().get("modules")) {
            if (m.get("module").asText().equals(module)) {
                return m.get("level").asText();
            }
        }
        throw new AssertionError("no module " + module);
    }

    @Test
    void levelsAndFormatChangeWhileTheSwitchRuns() {
        assertEquals("info", level("ofproto"));
        assertEquals(0, log("ofproto=debug", "http=off", "--format", "json"), errors.toString());
        assertEquals("debug", level("ofproto"));
        assertEquals("off", level("http"));
        assertEquals("info", level("link"));
        assertEquals("json", current().get("format").asText());
    }

    @Test
    void whatCantBeUnderstoodChangesNothing() {
        assertEquals(1, log("ofproto=debug", "frob=debug"));
        assertTrue(
                errors.toString().startsWith("skyway: there is no log module \"frob\"; there are"),
                errors.toString());
        assertEquals(1, log("--format", "xml", "ofproto=debug"));
        assertTrue(errors.toString().contains("\"xml\" is neither text nor json"));
        assertEquals("info", level("ofproto"));
    }
}
