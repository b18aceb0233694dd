package org.skyway.bypass.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Unknown;
import org.skyway.bypass.control.ControlMessage.Welcome;

class ControlCodecTest {
    private static final RegionRef REGION = new RegionRef(7, 1L << 33, "/dev/shm/x \"y\"\n");

    @Test
    void everyMessageComesBackAsItWas() throws IOException {
        for (ControlMessage message :
                new ControlMessage[] {
                    new Hello(1, ControlMessage.VERSION, "vnf1", 4711, "forward ü"),
                    new Hello(1, ControlMessage.VERSION, "vnf1", 0, "f", "s3cret"),
                    new Welcome(1, ControlMessage.VERSION, REGION),
                    new Attach(Long.MAX_VALUE, 15, REGION, true, "a→b"),
                    new Attach(2, 0, new RegionRef(7, 4096, null), false, "l"),
                    new Detach(3, 4),
                    new Introduce(8),
                    new Ping(5),
                    new State(9, false),
                    new Unknown(10),
                    new Hello(1, 3, "vnf1", 1, "f", null, 2, List.of("state", "more")),
                    new Done(6),
                    new Failed(7, "no room\nat all")
                }) {
            byte[] line = ControlCodec.encode(message);
            assertEquals('\n', line[line.length - 1]);
            for (int i = 0; i < line.length - 1; i++) {
                assertTrue(line[i] != '\n', "one message is one line");
            }
            assertEquals(message, ControlCodec.decode(new String(line, StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"type\":\"attach\"}",
                "{\"type\":\"hello\",\"id\":1,\"version\":1,\"port\":\"\"}",
                "{\"type\":\"launch\"}",
                "{\"type\":\"done\",\"id\":\"x\"}",
                "{\"type\":\"done\",\"id\":1} {\"type\":\"done\",\"id\":2}",
                "{\"type\":\"attach\",\"id\":1,\"slot\":16,\"region\":{\"regionId\":1,\"sizeBytes\":4096},\"sideA\":true,\"link\":\"l\"}",
                "{\"type\":\"attach\",\"id\":1,\"slot\":-1,\"region\":{\"regionId\":1,\"sizeBytes\":4096},\"sideA\":true,\"link\":\"l\"}"
            })
    void whatIsNoMessageIsRefused(String line) {
        assertThrows(IOException.class, () -> ControlCodec.decode(line));
    }

    @Test
    void whatIsNewerIsIgnoredOrSaidToBeUnknown() throws IOException {
        assertEquals(
                new Done(1),
                ControlCodec.decode("{\"type\":\"done\",\"id\":1,\"extra\":{\"a\":[1]}}"));
        assertEquals(
                new Unknown(7),
                ControlCodec.decode("{\"type\":\"launch\",\"id\":7,\"port\":\"x\"}"));
    }

    @Test
    void refusalHasTheIdOfWhatCouldNotBeRead() {
        var e =
                assertThrows(
                        UnreadableMessageException.class,
                        () -> ControlCodec.decode("{\"type\":\"hello\",\"id\":77,\"version\":{}}"));
        assertEquals(77, e.id());
        var none =
                assertThrows(
                        UnreadableMessageException.class,
                        () -> ControlCodec.decode("{\"type\":\"hello\",\"id\":77"));
        assertEquals(0, none.id());
    }

    @Test
    void versionsAreRangesAndTheNewestCommonOneIsSpoken() {
        assertEquals(2, hello(2, null).commonVersion());
        assertEquals(2, hello(9, 1).commonVersion());
        assertEquals(0, hello(9, 3).commonVersion());
        assertEquals(0, hello(1, null).commonVersion());
        assertEquals(0, hello(1, 5).commonVersion());
        assertEquals(
                "driver of port vnf1 speaks version 3 to 9 of the control messages, this switch version 2; use the same release",
                hello(9, 3).versionRefusal());
    }

    private static Hello hello(int version, Integer oldest) {
        return new Hello(1, version, "vnf1", 1, "f", null, oldest, null);
    }

    @Test
    void nothingThatADriverWritesPaintsOnATerminal() throws IOException {
        String escape = "\\u001b[2J\\n\\u202e";
        Failed failed =
                (Failed)
                        ControlCodec.decode(
                                "{\"type\":\"failed\",\"id\":1,\"reason\":\"no" + escape + "\"}");
        assertEquals("no?[2J??", failed.reason());
        Hello hello =
                (Hello)
                        ControlCodec.decode(
                                "{\"type\":\"hello\",\"id\":1,\"version\":1,\"port\":\"p%s\",\"pid\":1,\"program\":\"x%s\"}"
                                        .formatted(escape, escape));
        assertEquals("p?[2J??", hello.port());
        assertEquals("x?[2J??", hello.program());
        for (String line : new String[] {"\u001b[31m\u0007", "{\"\\u001b[31m\":1}"}) {
            var e = assertThrows(IOException.class, () -> ControlCodec.decode(line));
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
        }
    }

    @Test
    void errorShowsWhatCameButNotAllOfIt() {
        var e =
                assertThrows(
                        IOException.class,
                        () -> ControlCodec.decode("nonsense" + "x".repeat(5000)));
        assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
        assertTrue(e.getMessage().length() < 1000);
    }
}
