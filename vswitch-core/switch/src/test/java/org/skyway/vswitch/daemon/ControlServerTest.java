package org.skyway.vswitch.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.fault.Faults;

@Timeout(60)
class ControlServerTest {
    @TempDir Path dir;

    private final ExecutorService owner = Executors.newSingleThreadExecutor();
    private final Faults faults = new Faults();
    private ControlServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                ControlServer.start(
                        dir,
                        owner,
                        (command, arguments) -> {
                            if (command.equals("fail")) {
                                throw new StackOverflowError("on purpose");
                            }
                            return CompletableFuture.completedFuture(new TextNode(command + "ed"));
                        },
                        faults);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        owner.shutdown();
    }

    private String ask(String command) {
        try (ControlClient client = new ControlClient(dir)) {
            return client.ask(ControlClient.request(command)).textValue();
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(dir.resolve(ControlServer.SOCKET)));
    }

    @Test
    void lineWithoutEndIsRefusedBeforeItFillsTheMemory() throws Exception {
        try (SocketChannel client = connect()) {
            ByteBuffer some = ByteBuffer.wrap("x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8));
            assertThrows(
                    IOException.class,
                    () -> {
                        for (long sent = 0; sent < 1L << 32; ) {
                            sent += client.write(some.clear());
                        }
                    });
        }
        try (SocketChannel client = connect()) {
            client.write(
                    ByteBuffer.wrap("x".repeat((1 << 20) + 1).getBytes(StandardCharsets.UTF_8)));
            Scanner in = new Scanner(Channels.newReader(client, StandardCharsets.UTF_8));
            assertTrue(in.nextLine().contains("more than 1048576 characters"));
        }
        assertEquals("asked", ask("ask"));
    }

    @Test
    void aThousandClientsThatSayNothingKeepNobodyOut() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try (ControlClient busy = new ControlClient(dir)) {
            for (int i = 0; i < 1000; i++) {
                silent.add(connect());
                if (i % 10 == 0) {
                    busy.ask(ControlClient.request("stay"));
                }
            }
            assertEquals("asked", ask("ask"));
            assertEquals("stayed", busy.ask(ControlClient.request("stay")).textValue());
            assertTrue(
                    faults.list().stream().anyMatch(f -> f.what().equals("too many")),
                    faults.list().toString());
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
    }

    @Test
    void errorInACommandIsAnswered() {
        var e = assertThrows(ConfigException.class, () -> ask("fail"));
        assertEquals("on purpose", e.getMessage());
        assertEquals("asked", ask("ask"));
        assertEquals("StackOverflowError", faults.list().getFirst().what());
    }
}
