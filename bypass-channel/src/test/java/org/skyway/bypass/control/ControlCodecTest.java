package org.skyway.bypass.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.skyway.bypass.control.ControlMessage.Welcome;

class ControlCodecTest {
    private static final RegionRef REGION = new RegionRef(7, 1L << 33, "/dev/shm/x \"y\"\n");

    @Test
    void everyMessageComesBackAsItWas() throws IOException {
        for (ControlMessage message :
                new ControlMessage[] {
                    new Hello(1, ControlMessage.VERSION, "vnf1", 4711, "forward ü"),
                    new Welcome(1, ControlMessage.VERSION, REGION),
                    new Attach(Long.MAX_VALUE, 15, REGION, true, "a→b"),
                    new Attach(2, 0, new RegionRef(7, 4096, null), false, "l"),
                    new Detach(3, 4),
                    new Introduce(8),
                    new Ping(5),
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
                "{\"type\":\"launch\",\"id\":1}",
                "{\"type\":\"done\",\"id\":1,\"extra\":true}",
                "{\"type\":\"done\",\"id\":\"x\"}",
                "{\"type\":\"done\",\"id\":1} {\"type\":\"done\",\"id\":2}",
                "{\"type\":\"attach\",\"id\":1,\"slot\":16,\"region\":{\"regionId\":1,\"sizeBytes\":4096},\"sideA\":true,\"link\":\"l\"}",
                "{\"type\":\"attach\",\"id\":1,\"slot\":-1,\"region\":{\"regionId\":1,\"sizeBytes\":4096},\"sideA\":true,\"link\":\"l\"}"
            })
    void whatIsNoMessageIsRefused(String line) {
        assertThrows(IOException.class, () -> ControlCodec.decode(line));
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
