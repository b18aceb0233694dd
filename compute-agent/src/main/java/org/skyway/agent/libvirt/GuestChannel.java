package org.skyway.agent.libvirt;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.skyway.agent.AgentException;
import org.skyway.agent.Allowance;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.UnreadableMessageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The host's end of a virtio-serial port: connects, and connects again, as long as the domain
/// runs. A reader and a writer thread do what blocks; everything else happens on the control
/// thread.
final class GuestChannel {
    private static final Logger LOG = LoggerFactory.getLogger(GuestChannel.class);
    private static final int OUTBOX = 256;

    /// Messages of a guest that the control thread has not come to; while there are so many,
    /// nothing more is read.
    private static final int WAITING = 64;

    /// What a driver says unasked. A guest can't be hung up on for good, so it is read slowly.
    private static final int UNASKED = 32;

    private static final int UNASKED_PER_SECOND = 10;
    private static final long INTRODUCE_MILLIS = 1000;
    private static final long LAST_WORD_NANOS = 200_000_000L;
    private static final long LAST_WORD_LOOK_MILLIS = 10;
    private static final long FIRST_RETRY_MILLIS = 50;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final String name;
    private final Path socket;
    private final ScheduledExecutorService control;
    private final Listener listener;
    private final Duration timeout;
    private final Map<Long, Pending> unanswered = new HashMap<>();
    private final Semaphore waiting = new Semaphore(WAITING);
    private final Allowance unasked = new Allowance(UNASKED, UNASKED_PER_SECOND);
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile boolean closed;
    private volatile ControlChannel current;
    private volatile BlockingQueue<ControlMessage> outbox;
    private boolean heard; // since the last connection; control thread
    private long lastId;

    /// What happens on a channel. On the control thread.
    interface Listener {
        /// The driver said something that is no answer to a request.
        void said(ControlMessage message);

        /// The connection ended; a new one is tried.
        void disconnected(String reason);
    }

    private record Pending(ControlMessage request, CompletableFuture<Void> answer) {}

    GuestChannel(
            String name,
            Path socket,
            ScheduledExecutorService control,
            Duration timeout,
            Listener listener) {
        this.name = name;
        this.socket = socket;
        this.control = control;
        this.timeout = timeout;
        this.listener = listener;
    }

    void start() {
        thread.start();
    }

    /// Sends something that is not answered, or whose answer is a hello.
    void send(ControlMessage message) {
        BlockingQueue<ControlMessage> queue = outbox;
        if (queue != null && !queue.offer(message)) {
            hangUp("it left %d messages unread".formatted(OUTBOX));
        }
    }

    /// Sends a request. Control thread.
    ///
    /// @param message makes it of the id that it gets
    /// @return completes, on the control thread, when the driver has done it; fails with an
    ///   [AgentException] if it could not, did not in time, or went away
    CompletableFuture<Void> request(LongFunction<ControlMessage> message) {
        long id = ++lastId;
        ControlMessage request = message.apply(id);
        Pending pending = new Pending(request, new CompletableFuture<>());
        unanswered.put(id, pending);
        send(request);
        control.schedule(
                () ->
                        answer(
                                id,
                                "did not answer %s within %d ms; is the guest stuck?"
                                        .formatted(request, timeout.toMillis())),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        return pending.answer;
    }

    /// Fails what was asked and not answered. Control thread.
    void forget(String reason) {
        for (long id : unanswered.keySet().toArray(Long[]::new)) {
            answer(id, reason);
        }
    }

    /// Ends the connection; it is made anew after a while.
    void hangUp(String reason) {
        ControlChannel channel = current;
        if (channel != null) {
            LOG.info("hangs up on {}: {}", name, reason);
            close(channel);
        }
    }

    void close() {
        closed = true;
        thread.interrupt();
        ControlChannel channel = current;
        if (channel != null) {
            close(channel);
        }
    }

    private void run() {
        long wait = FIRST_RETRY_MILLIS;
        String last = "";
        while (!closed) {
            String reason;
            try (SocketChannel bytes = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                bytes.connect(UnixDomainSocketAddress.of(socket));
                wait = FIRST_RETRY_MILLIS;
                reason = converse(new ControlChannel(bytes));
            } catch (IOException e) {
                reason = "can't connect to " + socket + ": " + e.getMessage();
            } catch (Throwable e) {
                reason = "internal error: " + e; // this guest's alone, and tried again
            }
            if (!closed && !reason.equals(last)) {
                LOG.info("{}: {}", name, reason);
                last = reason;
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                return;
            }
            wait = Math.min(2 * wait, LAST_RETRY_MILLIS);
        }
    }

    /// @return why it ended
    private String converse(ControlChannel channel) {
        String reason = talk(channel);
        control.execute(() -> disconnected(reason));
        return reason;
    }

    private String talk(ControlChannel channel) {
        BlockingQueue<ControlMessage> queue = new ArrayBlockingQueue<>(OUTBOX);
        Thread writer = Thread.ofVirtual().start(() -> write(channel, queue));
        outbox = queue;
        current = channel;
        control.execute(this::connected);
        try {
            for (ControlMessage message; (message = channel.receive()) != null; ) {
                ControlMessage received = message;
                pace(received);
                waiting.acquire();
                control.execute(() -> {
                    waiting.release();
                    received(received);
                });
            }
            return "QEMU closed the channel";
        } catch (UnreadableMessageException e) {
            lastWord(queue, new Failed(e.id(), e.getMessage()));
            return "the driver is not understood: " + e.getMessage();
        } catch (IOException e) {
            return "the channel broke: " + e.getMessage();
        } catch (InterruptedException e) {
            return "it was closed"; // only close does that
        } finally {
            current = null;
            writer.interrupt();
        }
    }

    // Each hello has the switch make the port anew, and each report is logged.
    private void pace(ControlMessage message) throws InterruptedException {
        boolean answer =
                message instanceof ControlMessage.Done
                        || message instanceof ControlMessage.Failed failed && failed.id() != 0;
        while (!answer && !unasked.take()) {
            Thread.sleep(Duration.ofNanos(unasked.waitNanos() + 1_000_000));
        }
    }

    /// Says why the connection ends, if the guest takes it before long.
    private static void lastWord(BlockingQueue<ControlMessage> queue, Failed why) {
        queue.offer(why);
        long end = System.nanoTime() + LAST_WORD_NANOS;
        try {
            do {
                Thread.sleep(LAST_WORD_LOOK_MILLIS);
            } while (!queue.isEmpty() && System.nanoTime() - end < 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(ControlChannel channel, BlockingQueue<ControlMessage> queue) {
        try {
            while (true) {
                channel.send(queue.take());
            }
        } catch (IOException e) {
            close(channel); // which ends the reader
        } catch (InterruptedException e) {
            return;
        } catch (Throwable e) {
            LOG.error("a message for {} can't be written", name, e);
            close(channel);
        }
    }

    // ---- control thread

    private void connected() {
        heard = false;
        introduce(current);
    }

    // The driver may not have the port open, or be about to close it: then nobody hears the first.
    private void introduce(ControlChannel channel) {
        if (channel != null && channel == current && !heard) {
            send(new Introduce(++lastId));
            control.schedule(() -> introduce(channel), INTRODUCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void received(ControlMessage message) {
        switch (message) {
            case ControlMessage.Done done -> answer(done.id(), null);
            case ControlMessage.Failed failed when failed.id() != 0 ->
                    answer(failed.id(), failed.reason());
            case ControlMessage.Hello _ -> {
                heard = true;
                listener.said(message);
            }
            default -> listener.said(message);
        }
    }

    private void disconnected(String reason) {
        forget(reason);
        listener.disconnected(reason);
    }

    private void answer(long id, String failure) {
        Pending pending = unanswered.remove(id);
        if (pending == null) {
            return;
        }
        if (failure == null) {
            pending.answer.complete(null);
        } else {
            pending.answer.completeExceptionally(new AgentException(name + ": " + failure));
        }
    }

    private static void close(ControlChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a channel: {}", e.toString());
        }
    }
}
