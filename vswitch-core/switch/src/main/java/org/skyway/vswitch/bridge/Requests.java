package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.p2p.detect.Explanation;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.ofproto.TablesCopy;

/// What `skyway ctl` may ask of a bridge and tell it. Ofproto thread.
public final class Requests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> CHANGES =
            Set.of("port-add", "port-del", "bypass", "mirror-add", "mirror-del");

    /// Each holds a copy of the tables.
    private static final int MOST_PREDICTIONS = 4;

    private final Bridge bridge;
    private final Reports reports;
    private final MachineRequests machines;
    private final Supplier<TablesCopy> tables;
    private final AtomicInteger predictions = new AtomicInteger();

    /// Requests to a bridge.
    ///
    /// @param bridge the bridge
    /// @param tables what its tables hold now; called on the ofproto thread
    public Requests(Bridge bridge, Supplier<TablesCopy> tables) {
        this.bridge = bridge;
        this.tables = tables;
        reports = new Reports(bridge);
        machines = new MachineRequests(bridge);
    }

    /// Carries one out. The answer comes when all that was changed so far is effective.
    ///
    /// @param command its name
    /// @param arguments an object with its arguments
    /// @return the result; fails with a [ConfigException] if it asks for something that can't be
    /// @throws ConfigException likewise
    public CompletionStage<JsonNode> answer(String command, JsonNode arguments) {
        if (MachineRequests.isOne(command)) {
            String domain = command.equals("machines") ? null : text(arguments, "domain");
            return machines.machines()
                    .thenComposeAsync(
                            known -> settled(() -> machines.run(command, domain, known)),
                            bridge.owner());
        }
        return CHANGES.contains(command)
                ? settled(() -> run(command, arguments))
                : CompletableFuture.completedStage(run(command, arguments));
    }

    /// Begins a request that may come in parts.
    ///
    /// @param command its name
    /// @return the request, which must be closed; null if this one comes in one piece, see
    ///   [#answer]
    /// @throws ConfigException if it can't be begun
    public PartedRequest begin(String command) {
        if (command.equals("capture")) {
            return new CaptureRequest(bridge);
        }
        if (!command.equals("p2p-what-if")) {
            return null;
        }
        if (predictions.incrementAndGet() > MOST_PREDICTIONS) {
            predictions.decrementAndGet();
            throw new ConfigException(
                    "%d other predictions are being made, each with a copy of the tables; try again when one is done"
                            .formatted(MOST_PREDICTIONS));
        }
        try {
            return new WhatIfRequest(bridge, tables.get(), predictions::decrementAndGet);
        } catch (RuntimeException | Error e) {
            predictions.decrementAndGet();
            throw e;
        }
    }

    private CompletionStage<JsonNode> settled(Supplier<JsonNode> work) {
        CompletableFuture<JsonNode> result = new CompletableFuture<>();
        JsonNode answer = work.get();
        bridge.forwarding().whenSettled(null, () -> result.complete(answer));
        return result;
    }

    /// Carries one out that asks no agent. What it changes may be effective only later.
    ///
    /// @param command its name
    /// @param arguments an object with its arguments
    /// @return the result
    /// @throws ConfigException if it asks for something that can't be
    public JsonNode run(String command, JsonNode arguments) {
        return switch (command) {
            case "show" -> show();
            case "ports" -> reports.ports();
            case "port-add" ->
                    reports.port(
                            bridge.portChanges()
                                    .add(
                                            PortConfig.ofTyped(
                                                    arguments.path("number").asInt(),
                                                    text(arguments, "type"),
                                                    text(arguments, "name"))));
            case "port-del" -> {
                bridge.portChanges().remove(text(arguments, "name"));
                yield JSON.createObjectNode();
            }
            case "links" -> reports.links();
            case "stats" -> reports.statistics();
            case "bypass" -> {
                bridge.bypasses().allow(arguments.path("on").asBoolean());
                yield JSON.createObjectNode().put("on", bridge.bypasses().allowed());
            }
            case "mirror-add" -> {
                bridge.observers()
                        .addMirror(
                                text(arguments, "name"),
                                port(text(arguments, "from")),
                                port(text(arguments, "to")));
                yield JSON.createObjectNode();
            }
            case "mirror-del" -> {
                bridge.observers().removeMirror(text(arguments, "name"));
                yield JSON.createObjectNode();
            }
            case "mirrors" -> reports.mirrors();
            case "threads" -> reports.threads();
            case "rebalance" -> reports.moves(bridge.placement().rebalance());
            case "pin" -> {
                bridge.placement()
                        .pin(
                                port(text(arguments, "port")),
                                arguments.path("thread").asInt(Placement.ANY));
                yield JSON.createObjectNode();
            }
            case "p2p-explain" -> explain(text(arguments, "port"));
            case "trace" -> trace(text(arguments, "port"), text(arguments, "packet"));
            default ->
                    throw new ConfigException(
                            "this switch knows no request \"%s\"; is `skyway ctl` of another release?"
                                    .formatted(command));
        };
    }

    private JsonNode show() {
        ObjectNode o =
                JSON.createObjectNode()
                        .put("bridge", bridge.name())
                        .put("datapathId", "%016x".formatted(bridge.config().dpid()))
                        .put("failMode", bridge.config().failMode())
                        .put("pollThreads", bridge.forwarding().pollThreads())
                        .put("bypass", bridge.bypasses().allowed());
        o.set("ports", reports.ports());
        o.set("faults", reports.faults());
        return o;
    }

    private JsonNode explain(String name) {
        BridgePort port = port(name);
        try {
            int number = port.config().number();
            Explanation e = bridge.detector().explain(number);
            ObjectNode o = JSON.valueToTree(e);
            return o.put("text", e.text() + PortWay.explainFrom(bridge, number))
                    .put("p2p", describe(bridge.detector().verdict(number)));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    static String describe(Verdict verdict) {
        return switch (verdict) {
            case null -> "not considered";
            case Verdict.Link l -> "link to port " + l.to();
            case Verdict.NotTaken n -> "link to port " + n.to() + ", not taken: " + n.reason();
            case Verdict.NoLink n -> "no link: " + n.reason();
        };
    }

    /// What would be done with a packet, as lines for a reader, with what the detector says of its
    /// port.
    ///
    /// @param key the packet's flow key
    /// @return the lines
    public String trace(long[] key) {
        String text =
                TraceReport.text(TraceReport.of(bridge.datapath().tables(), bridge.name(), key));
        BridgePort port = bridge.ports().byNumber((int) Field.IN_PORT.get(key));
        return port == null
                ? text
                : text + "\nBypass: " + describe(bridge.detector().verdict(port.config().number()));
    }

    private JsonNode trace(String name, String hex) {
        BridgePort port = port(name);
        byte[] frame;
        try {
            frame = HexFormat.of().parseHex(hex.replaceAll("[\\s:]", ""));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("packet \"" + hex + "\" is not in hexadecimal", e);
        }
        long[] key = FrameParser.parse(frame, port.config().number());
        ObjectNode report = TraceReport.of(bridge.datapath().tables(), bridge.name(), key);
        return report.put("text", TraceReport.text(report));
    }

    private BridgePort port(String name) {
        return port(bridge, name);
    }

    /// A port by its name or number.
    ///
    /// @throws ConfigException if there is none
    static BridgePort port(Bridge bridge, String name) {
        BridgePort port = bridge.ports().byName(name);
        if (port == null && name.matches("[0-9]{1,5}")) {
            port = bridge.ports().byNumber(Integer.parseInt(name));
        }
        if (port == null) {
            throw new ConfigException(bridge.ports().unknown(name));
        }
        return port;
    }

    private static String text(JsonNode arguments, String name) {
        JsonNode value = arguments.get(name);
        if (value == null || !value.isTextual()) {
            throw new ConfigException("the request has no \"" + name + "\"");
        }
        return value.textValue();
    }
}
