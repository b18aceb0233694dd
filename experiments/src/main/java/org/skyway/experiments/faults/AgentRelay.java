package org.skyway.experiments.faults;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.process.ExperimentException;

/// Sits between a switch and an agent in a process of its own, and hands on what either says; the
/// agent's answers late or twice if it is told to. Threads of its own.
final class AgentRelay implements AutoCloseable {
    /// How the agent's answers arrive.
    ///
    /// @param millis how long they are kept
    /// @param times how often each is given
    record Answers(long millis, int times) {
        static final Answers AT_ONCE = new Answers(0, 1);
    }

    private final Path agent;
    private final Chronicle chronicle;
    private final ServerSocketChannel server;
    private final List<SocketChannel> open = new ArrayList<>(); // guarded by itself
    private final ScheduledExecutorService later =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("relay-answers").factory());
    private volatile Answers answers = Answers.AT_ONCE;
    private volatile boolean closing;

    /// Starts to listen.
    ///
    /// @param socket where the switch connects
    /// @param agent where the agent listens
    AgentRelay(Path socket, Path agent, Chronicle chronicle) {
        this.agent = agent;
        this.chronicle = chronicle;
        try {
            Files.deleteIfExists(socket);
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ExperimentException("no relay at %s: %s".formatted(socket, e), e);
        }
        Thread.ofPlatform().daemon().name("relay").start(this::serve);
    }

    void answers(Answers how) {
        answers = how;
    }

    private void serve() {
        while (!closing) {
            try {
                SocketChannel left = keep(server.accept());
                SocketChannel right = keep(SocketChannel.open(StandardProtocolFamily.UNIX));
                if (!connect(right)) {
                    left.close(); // it tries again
                    continue;
                }
                copy(left, right, false);
                copy(right, left, true);
            } catch (IOException e) {
                chronicle.write("relay", e.toString());
            }
        }
    }

    private boolean connect(SocketChannel channel) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(agent));
            return true;
        } catch (IOException e) {
            channel.close();
            return false;
        }
    }

    private SocketChannel keep(SocketChannel channel) {
        synchronized (open) {
            open.add(channel);
        }
        return channel;
    }

    private void copy(SocketChannel from, SocketChannel to, boolean ofAgent) {
        BufferedReader in = new BufferedReader(Channels.newReader(from, StandardCharsets.UTF_8));
        Writer out =
                new BufferedWriter(
                        new OutputStreamWriter(
                                Channels.newOutputStream(to), StandardCharsets.UTF_8));
        Thread.ofPlatform()
                .daemon()
                .name("relay-" + (ofAgent ? "agent" : "switch"))
                .start(() -> {
                    try (from;
                            to) {
                        for (String line; (line = in.readLine()) != null; ) {
                            hand(line, out, ofAgent);
                        }
                    } catch (IOException | RejectedExecutionException e) {
                        chronicle.write("relay", e.toString());
                    }
                });
    }

    private void hand(String line, Writer out, boolean ofAgent) throws IOException {
        Answers how = answers;
        boolean isAnswer =
                ofAgent
                        && (line.contains("\"type\":\"done\"")
                                || line.contains("\"type\":\"failed\""));
        if (!isAnswer || how.equals(Answers.AT_ONCE)) {
            write(line, out);
            return;
        }
        chronicle.write("relay", "%d time(s) in %d ms: %s".formatted(how.times, how.millis, line));
        later.schedule(
                () -> {
                    try {
                        for (int i = 0; i < how.times; i++) {
                            write(line, out);
                        }
                    } catch (IOException e) {
                        chronicle.write("relay", "too late: " + e);
                    }
                },
                how.millis,
                TimeUnit.MILLISECONDS);
    }

    private static void write(String line, Writer out) throws IOException {
        synchronized (out) {
            out.write(line);
            out.write('\n');
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        closing = true;
        server.close();
        later.shutdownNow();
        synchronized (open) {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }
}
