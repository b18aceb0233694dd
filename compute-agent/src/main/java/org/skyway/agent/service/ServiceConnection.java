package org.skyway.agent.service;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.skyway.agent.AgentException;
import org.skyway.bypass.control.MessageChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Either end of the connection between a switch and an agent. Nobody who says something waits for
/// the other side to read it: a thread writes what is queued.
final class ServiceConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceConnection.class);
    private static final int OUTBOX = 4096;

    private final MessageChannel<ServiceMessage> channel;
    private final BlockingQueue<ServiceMessage> outbox = new LinkedBlockingQueue<>(OUTBOX);
    private final Map<Long, CompletableFuture<ServiceMessage>> unanswered =
            new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Thread writer = Thread.ofVirtual().name("service-writer").unstarted(this::write);
    private volatile boolean over;

    ServiceConnection(SocketChannel bytes) {
        channel = new MessageChannel<>(bytes, ServiceMessage.CODEC);
        writer.start();
    }

    void send(ServiceMessage message) {
        if (!outbox.offer(message)) {
            LOG.error("the other side left {} messages unread; hangs up", OUTBOX);
            close();
        }
    }

    /// Asks for something.
    ///
    /// @param message makes it of the id that it gets
    /// @return the answer, if it is not [ServiceMessage.Failed]; else fails with an
    ///   [AgentException]
    CompletableFuture<ServiceMessage> request(
            LongFunction<ServiceMessage> message, Duration timeout) {
        long id = lastId.incrementAndGet();
        CompletableFuture<ServiceMessage> answer = new CompletableFuture<>();
        unanswered.put(id, answer);
        ServiceMessage request = message.apply(id);
        send(request);
        if (over) {
            forget(); // it may have ended between the two
        }
        CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> fail(id, "no answer to %s within %s".formatted(request, timeout)));
        return answer;
    }

    /// Hands on what comes until the connection ends. Called once.
    ///
    /// @param receiver gets everything but answers; an [IllegalStateException] ends the connection
    /// @return why it ended
    String run(Consumer<ServiceMessage> receiver) {
        try {
            for (ServiceMessage message; (message = channel.receive()) != null; ) {
                if (message instanceof ServiceMessage.Answer answer) {
                    answered(answer);
                } else {
                    receiver.accept(message);
                }
            }
            return "the other side closed the connection";
        } catch (IOException | IllegalStateException e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("hung up on the other side", e);
            return "internal error: " + e;
        } finally {
            over = true;
            close();
            forget();
        }
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a connection: {}", e.toString());
        }
    }

    private void write() {
        try {
            while (true) {
                channel.send(outbox.take());
            }
        } catch (IOException e) {
            close(); // which ends the reader
        } catch (InterruptedException e) {
            return;
        } catch (RuntimeException | Error e) {
            LOG.error("a message can't be written", e);
            close();
        }
    }

    private void answered(ServiceMessage.Answer answer) {
        if (answer instanceof ServiceMessage.Failed failed) {
            fail(failed.id(), failed.reason());
            return;
        }
        CompletableFuture<ServiceMessage> waiting = unanswered.remove(answer.id());
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    private void fail(long id, String reason) {
        CompletableFuture<ServiceMessage> waiting = unanswered.remove(id);
        if (waiting != null) {
            waiting.completeExceptionally(new AgentException(reason));
        }
    }

    private void forget() {
        unanswered.keySet().forEach(id -> fail(id, "the connection ended"));
    }
}
