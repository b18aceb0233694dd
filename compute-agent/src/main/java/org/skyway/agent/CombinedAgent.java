package org.skyway.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.skyway.bypass.control.ControlMessage.RegionRef;

/// Several agents as one: a port is served by the agent that its driver came through, so that
/// processes and virtual machines may be linked with each other.
public final class CombinedAgent implements Agent {
    private final PortHost host;
    private final List<Agent> agents = new ArrayList<>();
    private final Map<String, Agent> drivers = new ConcurrentHashMap<>();

    /// Makes an agent of others.
    @FunctionalInterface
    public interface Starter {
        /// Starts it.
        ///
        /// @param host what it shall tell of its VNFs
        /// @return the agent
        /// @throws java.io.IOException if it can't be started
        Agent start(PortHost host) throws java.io.IOException;
    }

    /// An agent without agents.
    ///
    /// @param host told of all VNFs
    public CombinedAgent(PortHost host) {
        this.host = host;
    }

    /// Starts an agent and adds it. Before this one is used.
    ///
    /// @param starter starts it
    /// @throws java.io.IOException if it can't be started
    public void add(Starter starter) throws java.io.IOException {
        Watch watch = new Watch();
        watch.agent.complete(starter.start(watch));
        agents.add(watch.agent.join());
    }

    @Override
    public CompletionStage<Void> attach(
            String port, int slot, RegionRef region, boolean sideA, String link) {
        Agent agent = drivers.get(port);
        return agent == null
                ? CompletableFuture.failedFuture(
                        new AgentException(
                                "can't attach link %s to port %s: no VNF drives it; start one"
                                        .formatted(link, port)))
                : agent.attach(port, slot, region, sideA, link);
    }

    @Override
    public CompletionStage<Void> detach(String port, int slot) {
        Agent agent = drivers.get(port);
        return agent == null ? CompletableFuture.completedFuture(null) : agent.detach(port, slot);
    }

    @Override
    public void drop(String port, String reason) {
        Agent agent = drivers.get(port);
        if (agent != null) {
            agent.drop(port, reason);
        }
    }

    @Override
    public void administer(String port, boolean up) {
        Agent agent = drivers.get(port);
        if (agent != null) {
            agent.administer(port, up);
        }
    }

    @Override
    public void offer(RegionRef region) {
        agents.forEach(a -> a.offer(region));
    }

    @Override
    public CompletionStage<List<VmReport>> machines() {
        CompletableFuture<List<VmReport>> all = CompletableFuture.completedFuture(List.of());
        for (Agent agent : agents) {
            all =
                    all.thenCombine(
                            agent.machines(),
                            (some, more) -> {
                                List<VmReport> both = new ArrayList<>(some);
                                both.addAll(more);
                                return both;
                            });
        }
        return all;
    }

    @Override
    public void close() {
        agents.reversed().forEach(Agent::close);
    }

    /// Notes which agent a driver came through. An agent may speak of VNFs before it is known here.
    private final class Watch implements PortHost {
        private final CompletableFuture<Agent> agent = new CompletableFuture<>();

        @Override
        public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
            return host.vnfConnected(port, pid, program)
                    .thenApply(region -> drivenBy(port, region));
        }

        @Override
        public CompletionStage<Returned> vnfReturned(
                String port, long pid, String program, long regionId) {
            return host.vnfReturned(port, pid, program, regionId)
                    .thenApply(returned -> drivenBy(port, returned));
        }

        @Override
        public boolean isBeginning() {
            return host.isBeginning();
        }

        private <T> T drivenBy(String port, T what) {
            drivers.put(port, agent.join());
            return what;
        }

        @Override
        public void vnfReady(String port) {
            host.vnfReady(port);
        }

        @Override
        public void vnfPaused(String port, boolean paused) {
            host.vnfPaused(port, paused);
        }

        @Override
        public void linkStep(String port, String link, String step) {
            host.linkStep(port, link, step);
        }

        @Override
        public void vnfReported(String port, int slot, String reason) {
            host.vnfReported(port, slot, reason);
        }

        @Override
        public void trouble(String port, String what) {
            host.trouble(port, what);
        }

        @Override
        public void fault(String where, Throwable error) {
            host.fault(where, error);
        }

        // The driver stays on record: until the next one comes, it is who could be asked.
        @Override
        public void vnfDisconnected(String port, String reason) {
            host.vnfDisconnected(port, reason);
        }
    }
}
