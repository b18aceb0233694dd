package org.skyway.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogEncoderTest {
    private static LoggingEvent event(Level level, String message, Throwable error) {
        LoggingEvent event =
                new LoggingEvent(
                        LogEncoderTest.class.getName(),
                        new LoggerContext().getLogger("org.skyway.vswitch.ofproto.Peer"),
                        level,
                        message,
                        error,
                        new Object[] {"tcp:127.0.0.1:6653"});
        event.setTimeStamp(1_769_860_800_005L);
        return event;
    }

    private static String line(LogEncoder encoder, LoggingEvent event) {
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void textHasTimeLevelAndModule() {
        assertEquals(
                "2026-01-31T12:00:00.005Z WARN ofproto: tcp:127.0.0.1:6653: closing\n",
                line(new LogEncoder(false), event(Level.WARN, "{}: closing", null)));
    }

    @Test
    void theJournalGetsPrioritiesAndNoTime() {
        LogEncoder encoder = new LogEncoder(true);
        assertEquals("<4>ofproto: slow\n", line(encoder, event(Level.WARN, "slow", null)));
        assertEquals("<6>ofproto: slow\n", line(encoder, event(Level.INFO, "slow", null)));
        assertEquals("<7>ofproto: slow\n", line(encoder, event(Level.DEBUG, "slow", null)));
        List<String> lines =
                line(encoder, event(Level.ERROR, "slow", new IOException("broken")))
                        .lines()
                        .toList();
        assertTrue(lines.size() > 2, lines.toString());
        assertTrue(lines.stream().allMatch(l -> l.startsWith("<3>")), lines.toString());
    }

    @Test
    void jsonIsOneObjectALine() throws IOException {
        LogEncoder encoder = new LogEncoder(false);
        encoder.format(LogFormat.JSON);
        String line = line(encoder, event(Level.ERROR, "a \"{}\"\n", new IOException("broken")));
        assertEquals(1, line.lines().count(), line);
        JsonNode o = new ObjectMapper().readTree(line);
        assertEquals("ERROR", o.get("level").asText(), line);
        assertEquals("ofproto", o.get("module").asText(), line);
        assertEquals("a \"tcp:127.0.0.1:6653\"\n", o.get("formattedMessage").asText(), line);
        assertEquals("broken", o.get("throwable").get("message").asText(), line);
        assertEquals(1_769_860_800_005L, o.get("timestamp").asLong(), line);
        LogEncoder journal = new LogEncoder(true);
        journal.format(LogFormat.JSON);
        String prefixed = line(journal, event(Level.INFO, "up", null));
        assertTrue(prefixed.startsWith("<6>{"), prefixed);
        assertFalse(new ObjectMapper().readTree(prefixed.substring(3)).has("timestamp"), prefixed);
    }

    @Test
    void aMessageCantForgeALine() {
        assertEquals(
                "<6>ofproto: x\\n<0>y\\r\n",
                line(new LogEncoder(true), event(Level.INFO, "x\n<0>y\r", null)));
    }

    @Test
    void theJournalIsKnownByDeviceAndInode(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("stream"));
        String name =
                Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
        assertTrue(JournalStream.leadsToJournal(name, file));
        assertFalse(JournalStream.leadsToJournal(name + "1", file));
        assertFalse(JournalStream.leadsToJournal("", file));
        assertFalse(JournalStream.leadsToJournal(null, file));
        assertFalse(JournalStream.leadsToJournal(name, folder.resolve("closed")));
    }

    @Test
    void modulesOfOthersAreTheirMakers() {
        assertEquals("netty", LogEncoder.moduleOf("io.netty.channel.nio.NioEventLoop"));
        assertEquals("openhft", LogEncoder.moduleOf("net.openhft.chronicle.core.Jvm"));
        assertEquals("process", LogEncoder.moduleOf("org.skyway.agent.process.ProcessAgent"));
        assertEquals("ROOT", LogEncoder.moduleOf("ROOT"));
    }
}
