package org.skyway.agent.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogTest {
    @Test
    void levelsChangeWhileItRuns() {
        Logger logger = LoggerFactory.getLogger("org.example.some.Thing");
        assertEquals(LogLevel.INFO, Log.level("org.example.some"));
        assertFalse(logger.isDebugEnabled());
        Log.level("org.example.some", LogLevel.DEBUG);
        assertTrue(logger.isDebugEnabled());
        assertEquals(LogLevel.DEBUG, Log.level("org.example.some"));
        Log.level("org.example.some", LogLevel.OFF);
        assertFalse(logger.isErrorEnabled());
        assertEquals(LogLevel.OFF, Log.level("org.example.some"));
    }

    @Test
    void librariesAreQuieter() {
        assertEquals(LogLevel.WARN, Log.level("net.openhft.chronicle"));
    }

    @Test
    void theFormatChangesWhileItRuns() {
        assertEquals(LogFormat.TEXT, Log.format());
        Log.format(LogFormat.JSON);
        try {
            assertEquals(LogFormat.JSON, Log.format());
        } finally {
            Log.format(LogFormat.TEXT);
        }
    }

    @Test
    void badNamesAreAnsweredWithWhatThereIs() {
        String level =
                assertThrows(IllegalArgumentException.class, () -> LogLevel.parse("loud"))
                        .getMessage();
        assertEquals(
                "there is no log level \"loud\"; there are off, error, warn, info, debug", level);
        String format =
                assertThrows(IllegalArgumentException.class, () -> LogFormat.parse("xml"))
                        .getMessage();
        assertEquals("log format \"xml\" is neither text nor json", format);
    }
}
