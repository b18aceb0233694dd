package org.skyway.agent.process;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.skyway.agent.AgentException;
import org.skyway.agent.Allowance;
import org.skyway.agent.PortHost;
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
import org.skyway.bypass.control.ControlMessage.State;
import org.skyway.bypass.control.ControlMessage.Unknown;
import org.skyway.bypass.control.ControlMessage.Welcome;
import org.skyway.bypass.control.UnreadableMessageException;
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

    /// What it takes to say hello, once connected; and to hear a last word.
    private static final long HELLO_NANOS = 5_000_000_000L;

    private static final long LAST_WORD_NANOS = 1_000_000_000L;

    /// Messages that nobody asked for; of more it is a flood.
    private static final int UNASKED = 256;

    private static final int UNASKED_PER_SECOND = 50;

    /// Who does not know a secret shall not find it out by trying.
    private static final Duration WRONG = Duration.ofMillis(300);

    private static final long NEVER = Long.MAX_VALUE;

    private final ProcessAgent agent;
    private final ControlChannel channel;
    private final UserPrincipal user;
    private final Allowance unasked = new Allowance(UNASKED, UNASKED_PER_SECOND);
    private final BlockingQueue<ControlMessage> outbox = new ArrayBlockingQueue<>(OUTBOX);
    private final List<ControlMessage> early = new ArrayList<>(); // under outbox: see send
    private boolean welcomed; // under outbox
    private volatile ControlMessage last; // nothing is sent behind it
    private final Map<Long, CompletableFuture<Void>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Thread reader = Thread.ofVirtual().name("vnf-reader").unstarted(this::read);
    private final Thread writer = Thread.ofVirtual().name("vnf-writer").unstarted(this::write);
    private volatile boolean over;
    private volatile String reason = "its process closed the connection";
    private volatile String port; // null before it is welcome
    private String wanted = "?"; // the port that it said hello for
    private final int pid; // 0 if it can't be seen from here
    private final long acceptedNanos = System.nanoTime();
    private volatile long allowedNanos = HELLO_NANOS; // since then, for what it does now
    private long helloId; // while its hello is unanswered; else 0
    private volatile boolean hearsState;

    /// @param user whose the process is, as the kernel says
    /// @param pid the process, as the kernel says
    VnfConnection(ProcessAgent agent, ControlChannel channel, UserPrincipal user, int pid) {
        this.agent = agent;
        this.channel = channel;
        this.user = user;
        this.pid = pid;
    }

    UserPrincipal user() {
        return user;
    }

    /// Ends the connection if it takes too long.
    void keepDeadline(long nowNanos) {
        long allowed = allowedNanos;
        if (allowed != NEVER && nowNanos - acceptedNanos > allowed) {
            allowedNanos = NEVER;
            if (!over && port == null && helloId == 0) {
                String why =
                        "%s has said no hello within %d ms"
                                .formatted(this, HELLO_NANOS / 1_000_000);
                agent.trouble("?", why);
                close(why);
            } else {
                close(reason);
            }
        }
    }

    private void allow(long nanos) {
        allowedNanos = System.nanoTime() - acceptedNanos + nanos;
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

    /// Tells the driver whether its port is switched on, if it wants to know.
    void administer(boolean up) {
        if (hearsState) {
            request(id -> new State(id, up))
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            LOG.debug("{} did not hear its state: {}", this, failure.toString());
                        }
                    });
        }
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
        return port == null
                ? "process %d of user %s".formatted(pid, user.getName())
                : "port " + port + ", process " + pid;
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
            } else if (early.size() < OUTBOX) {
                early.add(request);
            } else {
                close("it was asked for %d things before it was welcome".formatted(OUTBOX));
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
            String why = "it left %d messages unread".formatted(OUTBOX);
            if (!reason.equals(why)) {
                agent.trouble(String.valueOf(port), this + ": " + why);
            }
            close(why);
        }
    }

    private void write() {
        try {
            while (true) {
                ControlMessage message = outbox.take();
                channel.send(message);
                if (message == last) {
                    return;
                }
            }
        } catch (IOException e) {
            close("can't be written to: " + e.getMessage()); // which ends the reader
        } catch (InterruptedException e) {
            return; // the reader has ended
        } catch (Throwable e) {
            agent.host().fault("agent: message to a VNF", e);
            close("internal error: " + e);
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
            reason = String.valueOf(e.getMessage());
            agent.trouble(wanted, "hung up on %s: %s".formatted(this, reason));
            long id = e instanceof UnreadableMessageException line ? line.id() : helloId;
            tell(new Failed(id, reason));
        } catch (Throwable e) {
            // Ours, not the driver's; but the other connections shall go on.
            reason = "internal error: " + e;
            agent.host().fault("agent: connection of a VNF", e);
        } finally {
            end();
        }
    }

    private void handle(ControlMessage message) throws IOException {
        switch (message) {
            case Hello hello -> hello(hello);
            case Done done -> answer(done.id(), null);
            case Failed failed when failed.id() == 0 && port != null -> {
                countUnasked();
                int slot = failed.slot() == null ? -1 : failed.slot();
                agent.host().vnfReported(port, slot, failed.reason());
            }
            case Failed failed -> answer(failed.id(), failed.reason());
            case Unknown unknown -> {
                countUnasked();
                queue(new Failed(unknown.id(), ControlMessage.UNKNOWN));
            }
            case Welcome _, Introduce _, Attach _, Detach _, Ping _, State _ ->
                    throw new IOException("a driver may not send " + message);
        }
    }

    private void countUnasked() throws IOException {
        if (!unasked.take()) {
            throw new IOException(
                    "it sent %d messages that nobody asked for, and more than %d a second"
                            .formatted(UNASKED, UNASKED_PER_SECOND));
        }
    }

    private void hello(Hello hello) throws IOException {
        if (port != null) {
            throw new IOException("%s said hello twice".formatted(this));
        }
        helloId = hello.id();
        wanted = hello.port();
        allowedNanos = NEVER; // what follows has bounds of its own
        agent.visitors().spoke(user, this);
        if (!agent.visitors().mayGreet(user)) {
            throw new IOException(
                    "user %s says hello too often; wait a second".formatted(user.getName()));
        }
        if (hello.commonVersion() == 0) {
            throw new IOException(hello.versionRefusal());
        }
        String refusal = agent.access().refusal(user, hello.port(), hello.secret());
        if (refusal != null) {
            pause(WRONG);
            throw new IOException(refusal);
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
            region = await(connected(hello).toCompletableFuture());
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
        if (!agent.access().isOwn(user)) {
            agent.loans().give(Path.of(region.path()), user);
        }
        helloId = 0;
        hearsState = hello.has(ControlMessage.STATE);
        LOG.info("{} ({}) has connected", this, hello.program());
        welcome(new Welcome(hello.id(), hello.commonVersion(), region));
        agent.host().vnfReady(port);
    }

    // A switch that has just begun needs longer than one that runs. Whose process is gone meanwhile
    // does not keep another from the port.
    private <T> T await(CompletableFuture<T> made)
            throws ExecutionException, InterruptedException, TimeoutException {
        while (true) {
            boolean beginning = agent.host().isBeginning();
            try {
                return made.get(agent.timeout().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!beginning || ProcessHandle.of(pid).isEmpty()) {
                    throw e;
                }
            }
        }
    }

    private CompletionStage<RegionRef> connected(Hello hello) {
        int process = pid == 0 ? -1 : pid;
        return agent.host()
                .vnfArrived(hello.port(), process, hello.program(), hello.regionId())
                .thenApply(PortHost.Returned::region);
    }

    private void answer(long id, String failure) throws IOException {
        CompletableFuture<Void> answer = unanswered.remove(id);
        if (answer == null) {
            countUnasked();
            LOG.debug("{} answered request {} too late", this, id);
        } else if (failure == null) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(new AgentException(this + ": " + failure));
        }
    }

    /// Says a last word, if the driver still listens.
    private void tell(ControlMessage message) {
        allow(LAST_WORD_NANOS);
        // The writer says it: an interrupt in the middle of what it writes would close the channel.
        synchronized (outbox) {
            last = message;
            outbox.clear();
            outbox.add(message);
        }
        ProcessAgent.join(writer);
    }

    private static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void end() {
        over = true;
        allowedNanos = NEVER;
        agent.visitors().spoke(user, this);
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
