package org.skyway.vswitch.dropin;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.vswitch.fault.Faults;

/// Tells each bridge of the VNFs at its ports. The names of ports are unique in a database, so that
/// drivers need not know of bridges. Any thread.
final class PortHosts implements PortHost {
    private final Map<String, PortHost> byPort = new ConcurrentHashMap<>();
    private final Faults faults;

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

    private <T> CompletionStage<T> unknown(String port) {
        return CompletableFuture.failedFuture(
                new AgentException(
                        "the switch has no port %s; add it with `ovs-vsctl add-port BRIDGE %s -- set Interface %s type=dpdkr`"
                                .formatted(port, port, port)));
    }

    private void tell(String port, Consumer<PortHost> what) {
        PortHost host = byPort.get(port);
        if (host != null) {
            what.accept(host);
        }
    }

    @Override
    public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
        PortHost host = byPort.get(port);
        return host == null ? unknown(port) : host.vnfConnected(port, pid, program);
    }

    @Override
    public CompletionStage<Returned> vnfReturned(
            String port, long pid, String program, long regionId) {
        PortHost host = byPort.get(port);
        return host == null ? unknown(port) : host.vnfReturned(port, pid, program, regionId);
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
        tell(port, h -> h.vnfDisconnected(port, reason));
    }
}
