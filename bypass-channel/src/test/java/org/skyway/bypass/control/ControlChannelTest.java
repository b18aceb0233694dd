package org.skyway.bypass.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;

/// Over a file, which like the device of a virtio-serial port is a channel of bytes.
class ControlChannelTest {
    @TempDir Path dir;

    @Test
    void messagesComeBackInOrder() throws IOException {
        Path file = dir.resolve("f");
        try (ControlChannel out = open(file)) {
            for (int id = 0; id < 1000; id++) {
                out.send(new Failed(id, "x".repeat(id % 300)));
            }
        }
        try (ControlChannel in = open(file)) {
            for (int id = 0; id < 1000; id++) {
                assertEquals(new Failed(id, "x".repeat(id % 300)), in.receive());
            }
            assertNull(in.receive());
        }
    }

    @Test
    void longestLineIsReadAndOneByteMoreIsNot() throws IOException {
        String line = "{\"type\":\"failed\",\"id\":1,\"reason\":\"";
        String most = "x".repeat(ControlCodec.MAX_LINE_BYTES - line.length() - 3);
        assertEquals(new Failed(1, most), receive(line + most + "\"}\n"));
        var e = assertThrows(IOException.class, () -> receive(line + most + "x\"}\n"));
        assertTrue(e.getMessage().contains("8192"), e.getMessage());
    }

    @Test
    void messageThatIsCutOffIsSaidSo() throws IOException {
        var e = assertThrows(IOException.class, () -> receive("{\"type\":\"done\",\"id\":1}"));
        assertTrue(e.getMessage().contains("ended within"), e.getMessage());
        assertEquals(new Done(1), receive("{\"type\":\"done\",\"id\":1}\n"));
        assertNull(receive(""));
    }

    private ControlMessage receive(String bytes) throws IOException {
        Path file = Files.write(dir.resolve("g"), bytes.getBytes(StandardCharsets.UTF_8));
        try (ControlChannel in = open(file)) {
            return in.receive();
        }
    }

    private static ControlChannel open(Path file) throws IOException {
        return new ControlChannel(
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }
}
