package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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

    /// Whether a request can be answered only with what the agent knows.
    static boolean isOne(String command) {
        return command.equals("machines")
                || command.equals("vm-hold")
                || command.equals("vm-release");
    }

    /// Carries one out that [#isOne].
    ///
    /// @param domain the argument of those that have one
    /// @param machines what the agent knows
    JsonNode run(String command, String domain, List<VmReport> machines) {
        return command.equals("machines")
                ? list(machines)
                : hold(domain, command.equals("vm-hold"), machines);
    }

    // Domains, ports and devices; one row a port.
    private ArrayNode list(List<VmReport> machines) {
        ArrayNode rows = JSON.createArrayNode();
        for (VmReport machine : machines) {
            String devices = String.join("; ", machine.devices());
            List<String> wrong = new ArrayList<>(machine.problems());
            machine.ports().stream()
                    .map(VmReport.Port::name)
                    .filter(name -> bridge.ports().byName(name) == null)
                    .map(bridge.ports()::unknown)
                    .forEach(wrong::add);
            String problems = String.join("; ", wrong);
            for (VmReport.Port port : machine.ports()) {
                rows.addObject()
                        .put("domain", machine.name())
                        .put("state", machine.state())
                        .put("port", port.name())
                        .put("driver", port.driver())
                        .put("held", bridge.bypasses().isHeld(port.name()))
                        .put("region", bridge.vnfs().lastingRegion(port.name()))
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

    // Takes a machine's links back and unplugs them, or allows them again; gives its ports.
    private ArrayNode hold(String domain, boolean hold, List<VmReport> machines) {
        List<String> ports =
                machines.stream()
                        .filter(m -> m.name().equals(domain))
                        .flatMap(m -> m.ports().stream())
                        .map(VmReport.Port::name)
                        .toList();
        if (ports.isEmpty()) {
            String others =
                    String.join(", ", machines.stream().map(VmReport::name).sorted().toList());
            throw new ConfigException(
                    "no running domain %s has a port of bridge %s; %s"
                            .formatted(
                                    domain,
                                    bridge.name(),
                                    others.isEmpty()
                                            ? "none has"
                                            : "those that have are " + others));
        }
        bridge.bypasses().hold(ports, hold);
        ArrayNode names = JSON.createArrayNode();
        ports.forEach(names::add);
        return names;
    }

    /// What the agent knows. Nobody waits for it but who asked.
    CompletionStage<List<VmReport>> machines() {
        return bridge.agent()
                .machines()
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(e -> {
                    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                    throw new ConfigException(
                            cause instanceof TimeoutException
                                    ? "the agent has not answered within %d s; see its log"
                                            .formatted(PATIENCE_SECONDS)
                                    : "the agent can't say what machines there are: "
                                            + cause.getMessage(),
                            cause);
                });
    }
}
