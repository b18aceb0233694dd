package org.skyway.vswitch.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopCommandTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999.4, 999",
        "999.5, 1.00 k",
        "12345, 12.3 k",
        "9994, 9.99 k",
        "9995, 10.0 k",
        "99960, 100 k",
        "7.5e6, 7.50 M",
        "2e12, 2000 G"
    })
    void ratesHaveThreeDigits(double perSecond, String text) {
        assertEquals(text, TopCommand.rate(perSecond));
    }

    @ParameterizedTest
    @CsvSource({"NUMBER, abc", "PACKETS, cab", "BYTES, bca", "DROPS, acb"})
    void portsAreSorted(TopCommand.Order order, String names) throws Exception {
        JsonNode ports =
                new ObjectMapper()
                        .readTree(
                                """
                                [{"name":"a","number":1,"rxPps":5,"rxBps":1,"dropped":9},
                                 {"name":"b","number":2,"rxPps":4,"rxBps":3,"dropped":0},
                                 {"name":"c","number":3,"rxPps":6,"rxBps":2,"dropped":1}]
                                """);
        List<JsonNode> sorted = TopCommand.sorted(ports, order);
        StringBuilder said = new StringBuilder();
        sorted.forEach(p -> said.append(p.get("name").asText()));
        assertEquals(names, said.toString());
    }

    @Test
    void badIntervalsAreRefused() {
        var said = new java.io.StringWriter();
        assertEquals(
                1,
                SkywayMain.run(
                        new java.io.PrintWriter(said),
                        "ctl",
                        "top",
                        "--interval",
                        "0",
                        "--count",
                        "1"));
        assertEquals("skyway: --interval is 0.1 to 3600 seconds, not 0.0", said.toString().strip());
    }
}
