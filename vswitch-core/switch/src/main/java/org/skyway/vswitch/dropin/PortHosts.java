package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.vswitch.fault.Faults;

/// Tells each bridge of the VNFs at its ports. The names of ports are unique in a database, so that
/// drivers need not know of bridges. Any thread.
final class PortHosts implements PortHost {
    private static final int MOST_EARLY = 4096;

    private final Map<String, PortHost> byPort = new ConcurrentHashMap<>();
    private final Faults faults;
    private List<Early> early = new ArrayList<>(); // null once all ports are there; lock

    /// Whoever has connected before the database has said which ports there are.
    ///
    /// @param port which it wants
    /// @param comes asks the port's bridge; returns what passes its answer on
    private record Early(String port, Supplier<Runnable> comes, CompletableFuture<?> answer) {}

    PortHosts(Faults faults) {
        this.faults = faults;
    }

    /// A port is a bridge's from now on.
    void add(String port, PortHost bridge) {
        byPort.put(port, bridge);
    }

    /// A port is no more.
    void remove(String port, PortHost bridge) {
        byPort.remove(port, bridge);
    }

    /// All ports that there are to be at first are there: who waits for one is let in, or told that
    /// there is none.
    void open() {
        List<Runnable> answers = new ArrayList<>();
        synchronized (this) { // so that who is gone by then is gone after it has come
            if (early != null) {
                early.forEach(e -> answers.add(e.comes.get()));
                early = null;
            }
        }
        answers.forEach(Runnable::run);
    }

    // A driver that connects again does not know that the switch has only just begun.
    private <T> CompletionStage<T> ask(
            String port, Function<PortHost, CompletionStage<T>> question) {
        synchronized (this) {
            if (early != null && early.size() < MOST_EARLY && !byPort.containsKey(port)) {
                CompletableFuture<T> answer = new CompletableFuture<>();
                early.add(new Early(port, () -> come(port, question, answer), answer));
                return answer;
            }
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        come(port, question, answer).run();
        return answer;
    }

    private <T> Runnable come(
            String port,
            Function<PortHost, CompletionStage<T>> question,
            CompletableFuture<T> answer) {
        PortHost host = byPort.get(port);
        if (host == null) {
            return () ->
                    answer.completeExceptionally(
                            new AgentException(
                                    "the switch has no port %s; add it with `ovs-vsctl add-port BRIDGE %s -- set Interface %s type=dpdkr`"
                                            .formatted(port, port, port)));
        }
        CompletionStage<T> asked = question.apply(host);
        return () ->
                asked.whenComplete((done, e) -> {
                    if (e == null) {
                        answer.complete(done);
                    } else {
                        answer.completeExceptionally(
                                e instanceof CompletionException ? e.getCause() : e);
                    }
                });
    }

    @Override
    public synchronized boolean isBeginning() {
        return early != null;
    }

    private void tell(String port, Consumer<PortHost> what) {
        PortHost host = byPort.get(port);
        if (host != null) {
            what.accept(host);
        }
    }

    @Override
    public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
        return ask(port, host -> host.vnfConnected(port, pid, program));
    }

    @Override
    public CompletionStage<Returned> vnfReturned(
            String port, long pid, String program, long regionId) {
        return ask(port, host -> host.vnfReturned(port, pid, program, regionId));
    }

    @Override
    public void vnfReady(String port) {
        tell(port, h -> h.vnfReady(port));
    }

    @Override
    public void vnfPaused(String port, boolean paused) {
        tell(port, h -> h.vnfPaused(port, paused));
    }

    @Override
    public void linkStep(String port, String link, String step) {
        tell(port, h -> h.linkStep(port, link, step));
    }

    @Override
    public void vnfReported(String port, int slot, String reason) {
        tell(port, h -> h.vnfReported(port, slot, reason));
    }

    @Override
    public void trouble(String port, String what) {
        PortHost host = byPort.get(port);
        if (host == null) {
            faults.record("agent", "trouble", what);
        } else {
            host.trouble(port, what);
        }
    }

    @Override
    public void fault(String where, Throwable error) {
        faults.record(where, error);
    }

    @Override
    public void vnfDisconnected(String port, String reason) {
        List<Early> gone = new ArrayList<>();
        synchronized (this) {
            if (early != null) {
                early.stream().filter(e -> e.port.equals(port)).forEach(gone::add);
                early.removeAll(gone);
            }
        }
        gone.forEach(e -> e.answer.cancel(false));
        if (gone.isEmpty()) { // else it has not been given anything
            tell(port, h -> h.vnfDisconnected(port, reason));
        }
    }
}
