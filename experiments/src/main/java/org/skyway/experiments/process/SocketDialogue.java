package org.skyway.experiments.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// Somebody who is asked by a UNIX socket, such as a program in a guest by a virtio-serial port.
/// One thread.
public final class SocketDialogue implements Conversation {
    private static final int ROOM = 64 * 1024;

    private final String name;
    private final Duration patience;
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(ROOM);

    /// Connects.
    ///
    /// @param name for messages
    /// @param socket its path; somebody listens there
    /// @param patience how long an answer may take
    public SocketDialogue(String name, Path socket, Duration patience) {
        this.name = name;
        this.patience = patience;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            throw new ExperimentException("can't reach %s at %s: %s".formatted(name, socket, e), e);
        }
    }

    @Override
    public String ask(String question) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((question + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes); // a line always finds room in a socket's buffer
            }
            return line(question);
        } catch (IOException e) {
            throw new ExperimentException("%s is gone: %s".formatted(name, e.getMessage()), e);
        }
    }

    private String line(String question) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            String line = taken();
            if (line != null) {
                return line;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new ExperimentException(
                        "%s answers \"%s\" with: nothing within %d s"
                                .formatted(name, question, patience.toSeconds()));
            }
            selector.select(left);
            selector.selectedKeys().clear();
            if (channel.read(received) < 0) {
                throw new IOException("it has closed the connection");
            }
            if (!received.hasRemaining()) {
                throw new IOException("its answer is longer than " + ROOM + " bytes");
            }
        }
    }

    private String taken() {
        for (int i = 0; i < received.position(); i++) {
            if (received.get(i) == '\n') {
                String line = new String(received.array(), 0, i, StandardCharsets.UTF_8);
                received.flip().position(i + 1);
                received.compact();
                return line;
            }
        }
        return null;
    }

    @Override
    public void close() {
        try (channel;
                selector) {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new ExperimentException("closing %s: %s".formatted(name, e.getMessage()), e);
        }
    }
}
