package org.skyway.agent.process;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.skyway.agent.AgentException;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.Done;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.bypass.control.ControlMessage.Hello;
import org.skyway.bypass.control.ControlMessage.Introduce;
import org.skyway.bypass.control.ControlMessage.Ping;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connection of one driver: a thread that reads and one that writes, so that nobody who asks
/// for something waits for a driver that does not listen.
final class VnfConnection {
    private static final Logger LOG = LoggerFactory.getLogger(VnfConnection.class);

    /// Messages that may wait for a driver to read them; one that leaves so many unread is stuck.
    private static final int OUTBOX = 256;

    /// How long a new driver waits for the end of an earlier one: a VNF that is restarted at once
    /// may be here before everybody has heard that the old one is gone.
    private static final Duration RESTART_GRACE = Duration.ofMillis(300);

    private final ProcessAgent agent;
    private final ControlChannel channel;
    private final BlockingQueue<ControlMessage> outbox = new ArrayBlockingQueue<>(OUTBOX);
    private final List<ControlMessage> early = new ArrayList<>(); // under outbox: see send
    private boolean welcomed; // under outbox
    private final Map<Long, CompletableFuture<Void>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Thread reader = Thread.ofVirtual().name("vnf-reader").unstarted(this::read);
    private final Thread writer = Thread.ofVirtual().name("vnf-writer").unstarted(this::write);
    private volatile boolean over;
    private volatile String reason = "its process closed the connection";
    private volatile String port; // null before it has said hello
    private volatile long pid;
    private long helloId; // while its hello is unanswered; else 0

    VnfConnection(ProcessAgent agent, ControlChannel channel) {
        this.agent = agent;
        this.channel = channel;
    }

    void start() {
        writer.start();
        reader.start();
    }

    /// Sends a request.
    ///
    /// @param message makes it of the id that it gets
    /// @return completes when the driver has done it; fails with an [AgentException] if it did not
    ///   in time, could not, or went away
    CompletableFuture<Void> request(LongFunction<ControlMessage> message) {
        long id = lastId.incrementAndGet();
        ControlMessage request = message.apply(id);
        var answer = new CompletableFuture<Void>();
        unanswered.put(id, answer);
        send(request);
        if (over) {
            failUnanswered(); // it may have ended between the two
        }
        return answer.orTimeout(agent.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .handle((_, failure) -> settle(id, request, failure));
    }

    boolean isOver() {
        return over;
    }

    void close(String why) {
        reason = why;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("closing the connection of {}: {}", this, e.toString());
        }
    }

    void join() {
        ProcessAgent.join(reader);
        ProcessAgent.join(writer);
    }

    private boolean endsWithin(Duration time) throws IOException {
        try {
            return reader.join(time);
        } catch (InterruptedException e) {
            throw new IOException("interrupted while waiting for an earlier driver to end", e);
        }
    }

    @Override
    public String toString() {
        return port == null ? "a VNF without a port" : "port " + port + ", process " + pid;
    }

    private Void settle(long id, ControlMessage request, Throwable failure) {
        unanswered.remove(id);
        return switch (failure) {
            case null -> null;
            case TimeoutException _ ->
                    throw new CompletionException(
                            new AgentException(
                                    "%s did not answer %s within %d ms; is the VNF stopped or stuck?"
                                            .formatted(this, request, agent.timeout().toMillis())));
            default -> throw new CompletionException(failure);
        };
    }

    /// Queues a request. The host may have one as soon as it has made the port ready, which is
    /// before the driver knows of it: so what comes before the welcome is sent right behind it.
    private void send(ControlMessage request) {
        synchronized (outbox) {
            if (welcomed) {
                queue(request);
            } else {
                early.add(request);
            }
        }
    }

    private void welcome(Welcome welcome) {
        synchronized (outbox) {
            queue(welcome);
            early.forEach(this::queue);
            early.clear();
            welcomed = true;
        }
    }

    private void queue(ControlMessage message) {
        if (!outbox.offer(message)) {
            close("it left %d messages unread".formatted(OUTBOX));
        }
    }

    private void write() {
        try {
            while (true) {
                channel.send(outbox.take());
            }
        } catch (IOException e) {
            close("can't be written to: " + e.getMessage()); // which ends the reader
        } catch (InterruptedException e) {
            return; // the reader has ended
        }
    }

    private void read() {
        try {
            for (ControlMessage message; (message = channel.receive()) != null; ) {
                handle(message);
            }
        } catch (ClosedChannelException e) {
            LOG.debug("{} was closed: {}", this, reason);
        } catch (IOException e) {
            reason = e.getMessage();
            LOG.warn("hung up on {}: {}", this, reason);
            tell(new Failed(helloId, reason));
        } catch (RuntimeException e) {
            // Ours, not the driver's; but the other connections shall go on.
            reason = "internal error: " + e;
            LOG.error("hung up on " + this, e);
        } finally {
            end();
        }
    }

    private void handle(ControlMessage message) throws IOException {
        switch (message) {
            case Hello hello -> hello(hello);
            case Done done -> answer(done.id(), null);
            case Failed failed when failed.id() == 0 && port != null ->
                    agent.host().vnfReported(port, failed.reason());
            case Failed failed -> answer(failed.id(), failed.reason());
            case Welcome _, Introduce _, Attach _, Detach _, Ping _ ->
                    throw new IOException("a driver may not send " + message);
        }
    }

    private void hello(Hello hello) throws IOException {
        if (port != null) {
            throw new IOException("%s said hello twice".formatted(this));
        }
        helloId = hello.id();
        pid = hello.pid();
        if (hello.version() != ControlMessage.VERSION) {
            throw new IOException(
                    "driver of port %s speaks version %d of the control messages, this switch version %d; use the same release"
                            .formatted(hello.port(), hello.version(), ControlMessage.VERSION));
        }
        VnfConnection owner = agent.claim(hello.port(), this);
        if (owner != null && owner.endsWithin(RESTART_GRACE)) {
            owner = agent.claim(hello.port(), this);
        }
        if (owner != null) {
            throw new IOException(
                    "port %s is driven by process %d already; stop that first"
                            .formatted(hello.port(), owner.pid));
        }
        RegionRef region;
        try {
            region =
                    agent.host()
                            .vnfConnected(hello.port(), hello.pid(), hello.program())
                            .toCompletableFuture()
                            .get(agent.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            agent.unclaim(hello.port(), this);
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            // It may still succeed, and then there must be somebody to say that the VNF is gone.
            port = hello.port();
            throw new IOException(
                    "the switch did not make port %s ready within %d ms; try again"
                            .formatted(hello.port(), agent.timeout().toMillis()),
                    e);
        } catch (InterruptedException e) {
            agent.unclaim(hello.port(), this);
            throw new IOException("interrupted while port " + hello.port() + " was made ready", e);
        }
        port = hello.port();
        helloId = 0;
        LOG.info("{} ({}) has connected", this, hello.program());
        welcome(new Welcome(hello.id(), ControlMessage.VERSION, region));
        agent.host().vnfReady(port);
    }

    private void answer(long id, String failure) {
        CompletableFuture<Void> answer = unanswered.remove(id);
        if (answer == null) {
            LOG.debug("{} answered request {} too late", this, id);
        } else if (failure == null) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(new AgentException(this + ": " + failure));
        }
    }

    /// Says a last word, if the driver still listens.
    private void tell(ControlMessage message) {
        writer.interrupt();
        ProcessAgent.join(writer);
        try {
            channel.send(message);
        } catch (IOException e) {
            LOG.debug("{} did not hear why: {}", this, e.toString());
        }
    }

    private void end() {
        over = true;
        close(reason);
        writer.interrupt();
        failUnanswered();
        if (port != null) {
            LOG.info("{} is gone: {}", this, reason);
            // The host hears of this end before another driver can have the port.
            agent.host().vnfDisconnected(port, reason);
            agent.unclaim(port, this);
        }
        agent.ended(this);
    }

    private void failUnanswered() {
        for (CompletableFuture<Void> answer : unanswered.values()) {
            answer.completeExceptionally(
                    new AgentException("%s is gone: %s".formatted(this, reason)));
        }
    }
}
