package org.skyway.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.agent.LocalSocket;

/// What clients say is answered or refused, whatever it is.
@Timeout(60)
class AgentControlTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;
    private Path socket;
    private AgentControl control;

    @BeforeEach
    void start() throws IOException {
        socket = folder.resolve("ctl");
        control = AgentControl.start(socket);
    }

    @AfterEach
    void close() {
        control.close();
    }

    /// A connection.
    private final class Client implements AutoCloseable {
        private final SocketChannel channel = LocalSocket.connect(socket);
        private final BufferedReader in =
                new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));

        Client() throws IOException {}

        void say(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        JsonNode ask(String line) throws IOException {
            say((line + "\n").getBytes(StandardCharsets.UTF_8));
            return JSON.readTree(in.readLine());
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void tellsModulesAndLevels() throws IOException {
        try (Client client = new Client()) {
            JsonNode result = client.ask("{\"command\":\"log\"}").get("result");
            assertEquals("text", result.get("format").asText());
            List<String> names = new ArrayList<>();
            result.get("modules").forEach(m -> names.add(m.get("module").asText()));
            assertEquals(List.of("agent", "libvirt", "service"), names);
        }
    }

    @Test
    void refusesWhatItDoesNotKnowAndGoesOn() throws IOException {
        try (Client client = new Client()) {
            for (String wrong :
                    List.of(
                            "",
                            "null",
                            "[]",
                            "{}",
                            "{\"command\":7}",
                            "{\"command\":\"show\"}",
                            "{\"command\":\"log\",\"levels\":[\"libvirt\"]}",
                            "{\"command\":\"log\",\"format\":\"xml\"}",
                            "{\"command\":\"log\"")) {
                assertTrue(client.ask(wrong).path("error").isTextual(), wrong);
            }
            assertTrue(client.ask("{\"command\":\"log\"}").has("result"));
        }
    }

    @Test
    void hangsUpOnALineWithoutEnd() throws IOException {
        try (Client client = new Client()) {
            client.say(" ".repeat((1 << 16) + 1).getBytes(StandardCharsets.US_ASCII));
            assertTrue(client.in.readLine().contains("request of more than"));
        }
    }

    @Test
    void manyClientsMakeRoomForTheNext() throws IOException {
        List<Client> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                silent.add(new Client());
                assertTrue(silent.getLast().ask("{\"command\":\"log\"}").has("result"));
            }
            assertEquals(null, silent.getFirst().in.readLine()); // hung up on
        } finally {
            for (Client client : silent) {
                client.close();
            }
        }
    }

    @Test
    void survivesAnyBytes() throws IOException {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            try (Client client = new Client()) {
                byte[] bytes = new byte[random.nextInt(2000)];
                random.nextBytes(bytes);
                client.say(bytes);
            }
        }
        try (Client client = new Client()) {
            assertTrue(client.ask("{\"command\":\"log\"}").has("result"), "seed " + seed);
        }
    }

    @Test
    void thereIsOneInADirectory() {
        assertThrows(IOException.class, () -> AgentControl.start(socket));
    }
}
