package org.skyway.vnf.tester;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceCommandsTest {
    /// Reads what a script says, "" standing for nobody at the other end; takes three bytes of each
    /// write.
    private static final class Scripted implements ByteChannel {
        private final ArrayDeque<String> reads;
        private final StringBuilder written = new StringBuilder();

        Scripted(String... reads) {
            this.reads = new ArrayDeque<>(List.of(reads));
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            String next = reads.poll();
            if (next == null) {
                throw new IOException("the script is at its end");
            }
            target.put(next.getBytes(StandardCharsets.UTF_8));
            return next.isEmpty() ? -1 : next.length();
        }

        @Override
        public int write(ByteBuffer source) {
            int n = Math.min(3, source.remaining());
            for (int i = 0; i < n; i++) {
                written.append((char) source.get());
            }
            return n;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void linesComeInPiecesAndSeveralAtOnce() throws Exception {
        var commands = new Commands.DeviceCommands(new Scripted("he", "llo\nmark\nst", "op\n"));
        assertEquals("hello", commands.next());
        assertEquals("mark", commands.next());
        assertEquals("stop", commands.next());
    }

    @Test
    void halfALineOfWhoHasGoneIsForgotten() throws Exception {
        var commands = new Commands.DeviceCommands(new Scripted("sta", "", "hello\n"));
        assertEquals("hello", commands.next());
    }

    @Test
    void lineThatIsTooLongTakesNoMemory() throws Exception {
        String[] reads = new String[3000];
        java.util.Arrays.fill(reads, "x".repeat(500));
        reads[2999] = "\nhello\n";
        var commands = new Commands.DeviceCommands(new Scripted(reads));
        assertEquals("x".repeat(512), commands.next());
        assertEquals("hello", commands.next());
    }

    @Test
    void answersAreWrittenWhole() throws Exception {
        var device = new Scripted();
        new Commands.DeviceCommands(device).answer("{\"event\":\"ready\"}");
        assertEquals("{\"event\":\"ready\"}\n", device.written.toString());
    }
}
