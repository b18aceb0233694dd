package org.skyway.experiments.page;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;

/// Watchers of a page, as browsers are: each has a connection of its own, and reads all that comes.
/// One thread of this process reads for all of them.
final class Audience implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<SocketChannel> channels = new ArrayList<>();
    private final List<AtomicLong> bytes = new ArrayList<>(); // what each was sent
    private final Selector selector;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile IOException failure;

    private Audience(Selector selector) {
        this.selector = selector;
        thread = Thread.ofPlatform().daemon().name("audience").unstarted(this::read);
    }

    /// Connects them.
    ///
    /// @param url of the page
    /// @param count how many
    /// @return the audience, of which each has been sent something
    static Audience of(String url, int count) {
        URI uri = URI.create(url);
        String request =
                "GET /api/stream HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(uri.getAuthority());
        Audience audience = null;
        try {
            audience = new Audience(Selector.open());
            for (int i = 0; i < count; i++) {
                audience.add(new InetSocketAddress(uri.getHost(), uri.getPort()), request);
            }
            audience.thread.start();
            audience.awaitBytes();
            return audience;
        } catch (IOException e) {
            audience.close();
            throw new ExperimentException("can't watch " + url + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            audience.close();
            throw e;
        }
    }

    private void add(InetSocketAddress address, String request) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channels.add(channel);
        ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        while (out.hasRemaining()) {
            channel.write(out);
        }
        channel.configureBlocking(false);
        AtomicLong counter = new AtomicLong();
        bytes.add(counter);
        channel.register(selector, SelectionKey.OP_READ, counter);
    }

    /// Waits until each of them has been sent something more.
    void awaitBytes() {
        long[] before = sent();
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < before.length; i++) {
            while (bytes.get(i).get() == before[i]) {
                if (failure != null || System.nanoTime() - end > 0) {
                    throw new ExperimentException(
                            "watcher %d of %d was sent nothing: %s"
                                    .formatted(i + 1, before.length, failure));
                }
                Pause.millis(20);
            }
        }
    }

    /// How much each has been sent so far.
    ///
    /// @return bytes
    long[] sent() {
        return bytes.stream().mapToLong(AtomicLong::get).toArray();
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
        try {
            while (running) {
                selector.select(key -> read(key, in));
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void read(SelectionKey key, ByteBuffer in) {
        try {
            in.clear();
            int n = ((SocketChannel) key.channel()).read(in);
            if (n < 0) {
                throw new IOException("the page hung up");
            }
            ((AtomicLong) key.attachment()).addAndGet(n);
        } catch (IOException e) {
            key.cancel();
            failure = e;
        }
    }

    @Override
    public void close() {
        running = false;
        selector.wakeup();
        try {
            thread.join();
            for (SocketChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new ExperimentException("can't hang up: " + e.getMessage(), e);
        }
    }
}
