package org.skyway.vswitch.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.packet.FrameParser;
import picocli.CommandLine;

class P2pCommandTest {
    private static JsonNode decide(String line) throws Exception {
        return new ObjectMapper().readTree(CaseDecider.decide(line, Map.of()));
    }

    @Test
    void answersAsInTheManual() throws Exception {
        JsonNode answer =
                decide(
                        """
                        {"id": "x", "ports": 4, "flows": ["table=0,priority=100,in_port=1,actions=output:2",
                         "priority=1,in_port=1 actions=drop", "in_port=2,ip,nw_dst=0.0.0.0/1,actions=group:1",
                         "in_port=2,actions=group:1"],
                         "groups": ["group_id=1,type=all,bucket=actions=output:1"]}
                        """);
        assertEquals("\"x\"", answer.get("id").toString());
        assertEquals("[[1,2],[2,1]]", answer.get("links").toString());
        assertEquals(2, answer.get("notTaken").get(0).get(0).asInt());
        assertEquals(2, answer.get("noLink").size());
        assertEquals(3, answer.get("noLink").get(0).get(0).asInt());
    }

    @Test
    void showsThePacketThatHasNoLink() throws Exception {
        JsonNode answer =
                decide(
                        """
                        {"id": 7, "ports": 2, "flows": ["priority=9,in_port=1,tcp,tp_dst=80,actions=drop",
                         "priority=1,in_port=1,actions=output:2"]}
                        """);
        JsonNode none = answer.get("noLink").get(0);
        assertTrue(
                none.get(1).asText().contains("tp_dst=80")
                        || none.get(1).asText().contains("tcp_dst=80"),
                none.toString());
        long[] key = FrameParser.parse(HexFormat.of().parseHex(none.get(2).asText()), 1);
        assertEquals(80, Field.TCP_DST.get(key));
        assertEquals(6, Field.IP_PROTO.get(key));
    }

    @Test
    void goesOnAfterLinesItCannotRead(@TempDir Path folder) throws Exception {
        Path cases = folder.resolve("cases.jsonl");
        Files.write(
                cases,
                List.of(
                        "not json",
                        "{\"id\": 1, \"ports\": 2, \"flows\": [\"bogus=1,actions=drop\"]}",
                        "{\"id\": 2, \"flows\": []}",
                        "{\"id\": 3, \"ports\": 2, \"flows\": [7]}",
                        "[1]",
                        "{\"id\": 4, \"ports\": 2, \"flows\": [\"in_port=1,actions=2\"]}"));
        StringWriter out = new StringWriter();
        int status =
                new CommandLine(new P2pCommand())
                        .setOut(new PrintWriter(out))
                        .execute("decide", cases.toString());
        assertEquals(0, status);
        String[] lines = out.toString().split("\\R");
        assertEquals(6, lines.length);
        for (int i = 0; i < 5; i++) {
            assertTrue(lines[i].contains("\"error\""), lines[i]);
            assertTrue(lines[i].contains("\"id\""), lines[i]);
        }
        assertFalse(lines[5].contains("error"), lines[5]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\": 5, \"ports\": 2, \"flows\": []} {}|trailing",
                "{\"id\": 5, \"ports\": 2, \"flows\": []|JSON",
                "{\"id\": 5, \"ports\": 2, \"ports\": 3}|ports",
                "{\"id\": 5, \"ports\": 2, \"bridges\": []}|bridges",
                "{\"id\": 5, \"ports\": \"2\"}|ports",
                "{\"id\": 5, \"ports\": 2.5}|ports",
                "{\"id\": 5, \"ports\": -1}|ports",
                "{\"id\": 5, \"ports\": 99999999999}|ports",
                "{\"id\": 5, \"flows\": []}|ports",
                "{\"id\": 5, \"ports\": 2, \"flows\": {}}|flows",
                "{\"id\": 5, \"ports\": 2, \"flows\": [[]]}|flows",
                "{\"id\": 5, \"ports\": 2, \"groups\": \"group_id=1\"}|groups",
                "{\"id\": 5, \"ports\": 2, \"groups\": [\"group_id=x,type=all\"]}|groups[0]",
                "{\"id\": 5, \"ports\": 2, \"flows\": [\"actions=drop\", \"actions=fly\"]}|flows[1]",
                "{\"id\": 5, \"ports\": 2, \"flows\": [\"table=256,actions=drop\"]}|flows[0]",
                "{\"id\": 5, \"ports\": 2, \"flows\": [\"\"]}|flows[0]",
            })
    void saysWhatIsWrongWithALine(String line, String names) throws Exception {
        JsonNode answer = decide(line);
        assertEquals(5, answer.path("id").asInt(), answer.toString());
        assertEquals(2, answer.size(), answer.toString());
        String error = answer.get("error").asText();
        assertTrue(error.toLowerCase(Locale.ROOT).contains(names.toLowerCase(Locale.ROOT)), error);
    }

    @Test
    void answersEvenWhenNestingIsTooDeepForIt() throws Exception {
        String clones = "clone(".repeat(20_000) + "drop" + ")".repeat(20_000);
        String flow = "{\"id\": 5, \"ports\": 2, \"flows\": [\"actions=%s\"]}".formatted(clones);
        assertTrue(decide(flow).has("error"));
        String lists = "{\"id\": 5, \"ports\": %s}".formatted("[".repeat(100_000));
        assertEquals(5, decide(lists).path("id").asInt());
    }

    @Test
    void showsNoPacketWhereNothingIsDecided() throws Exception {
        JsonNode answer =
                decide(
                        """
                        {"id": 1, "ports": 2, "flows": ["in_port=1,actions=ct(commit),output:2"]}
                        """);
        JsonNode none = answer.get("noLink").get(0);
        assertEquals(1, none.get(0).asInt());
        assertEquals("", none.get(2).asText());
    }

    @Test
    void decidesAboutAsManyPortsAsThereCanBe() throws Exception {
        long start = System.nanoTime();
        JsonNode answer =
                decide(
                        """
                        {"id": 1, "ports": 65279, "flows": ["in_port=1,actions=output:65279"]}
                        """);
        assertEquals("[[1,65279]]", answer.get("links").toString());
        assertEquals(65278, answer.get("noLink").size());
        assertTrue(System.nanoTime() - start < 20_000_000_000L, "took more than 20 s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\": 1, \"ports\": [\"vnf1\", \"vnf2\"], \"flows\": [\"in_port=vnf1,actions=vnf2\"]}",
                "{\"id\": 1, \"ports\": {\"1\": \"vnf1\", \"2\": \"vnf2\"}, \"flows\": [\"in_port=\\\"vnf1\\\" actions=output:\\\"vnf2\\\"\"]}",
            })
    void portsMayHaveNames(String line) throws Exception {
        assertEquals("[[1,2]]", decide(line).path("links").toString(), line);
    }

    @Test
    void namesMayBeGivenForAllCases(@TempDir Path folder) throws Exception {
        Path cases = folder.resolve("cases.jsonl");
        Files.write(
                cases,
                List.of(
                        "{\"id\": 1, \"ports\": 2, \"flows\": [\"in_port=vnf2,actions=vnf1\"]}",
                        "{\"id\": 2, \"ports\": 1, \"flows\": []}"));
        StringWriter out = new StringWriter();
        CommandLine command =
                new CommandLine(new P2pCommand())
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(out));
        assertEquals(0, command.execute("decide", "--ports", "1:vnf1,2:vnf2", cases.toString()));
        String[] lines = out.toString().split("\\R");
        assertTrue(lines[0].contains("\"links\":[[2,1]]"), lines[0]);
        assertTrue(lines[1].contains("names port 2"), lines[1]);
        assertEquals(2, command.execute("decide", "--ports", "vnf1", cases.toString()));
        assertTrue(out.toString().contains("NUMBER:NAME"), out.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "in_port=1,actions=group:4|OFPBAC_BAD_OUT_GROUP",
                "in_port=1,actions=write_metadata:1,output:2|ordering",
                "table=3,actions=goto_table:2|OFPBIC_BAD_TABLE_ID",
                "actions=dec_ttl|OFPBAC_MATCH_INCONSISTENT",
                "in_port=vnf9,actions=drop|vnf9",
            })
    void refusesWhatASwitchRefuses(String flow, String reason) throws Exception {
        JsonNode answer =
                decide(
                        "{\"id\": 5, \"ports\": 2, \"flows\": [\"actions=drop\", \"%s\"]}"
                                .formatted(flow));
        String error = answer.path("error").asText();
        assertTrue(error.contains("flows[1]") && error.contains(reason), answer.toString());
    }

    @Test
    void flowsMayDeleteAndModifyOthers() throws Exception {
        JsonNode answer =
                decide(
                        """
                        {"id": 1, "ports": 3, "flows": ["in_port=1,actions=2", "in_port=2,actions=3",
                         "delete in_port=1", "modify in_port=2,actions=1"]}
                        """);
        assertEquals("[[2,1]]", answer.path("links").toString(), answer.toString());
    }

    @Test
    void failsWhenTheFileIsNotThere() {
        StringWriter err = new StringWriter();
        int status =
                new CommandLine(new P2pCommand())
                        .setErr(new PrintWriter(err))
                        .execute("decide", "/nonexistent/cases.jsonl");
        assertEquals(1, status);
        assertTrue(err.toString().contains("/nonexistent/cases.jsonl"));
    }
}
