package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skyway.agent.VmReport;
import org.skyway.vswitch.config.ConfigException;

/// Requests about virtual machines. Ofproto thread.
final class MachineRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_SECONDS = 2;

    private final Bridge bridge;

    MachineRequests(Bridge bridge) {
        this.bridge = bridge;
    }

    /// Domains, ports and devices; one row a port.
    ArrayNode list() {
        ArrayNode rows = JSON.createArrayNode();
        for (VmReport machine : machines()) {
            String devices = String.join("; ", machine.devices());
            String problems = String.join("; ", machine.problems());
            for (VmReport.Port port : machine.ports()) {
                rows.addObject()
                        .put("domain", machine.name())
                        .put("state", machine.state())
                        .put("port", port.name())
                        .put("driver", port.driver())
                        .put("held", bridge.isHeld(port.name()))
                        .put("region", bridge.lastingRegion(port.name()))
                        .put("devices", devices)
                        .put("problems", problems);
            }
            if (machine.ports().isEmpty()) {
                rows.addObject()
                        .put("domain", machine.name())
                        .put("state", machine.state())
                        .put("port", "")
                        .put("driver", false)
                        .put("held", false)
                        .put("region", "")
                        .put("devices", devices)
                        .put("problems", problems);
            }
        }
        return rows;
    }

    /// Takes a machine's links back and unplugs them, or allows them again.
    ///
    /// @return its ports
    ArrayNode hold(String domain, boolean hold) {
        List<String> ports =
                machines().stream()
                        .filter(m -> m.name().equals(domain))
                        .flatMap(m -> m.ports().stream())
                        .map(VmReport.Port::name)
                        .toList();
        if (ports.isEmpty()) {
            throw new ConfigException(
                    "no running domain %s has a port of bridge %s; see `skyway ctl agent`"
                            .formatted(domain, bridge.name()));
        }
        bridge.hold(ports, hold);
        ArrayNode names = JSON.createArrayNode();
        ports.forEach(names::add);
        return names;
    }

    // The agent answers from memory; it never waits for this thread.
    private List<VmReport> machines() {
        try {
            return bridge.agent()
                    .machines()
                    .toCompletableFuture()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new ConfigException(
                    e.getCause() instanceof TimeoutException
                            ? "the agent has not answered within %d s; see its log"
                                    .formatted(PATIENCE_SECONDS)
                            : "the agent can't say what machines there are: "
                                    + e.getCause().getMessage(),
                    e);
        }
    }
}
