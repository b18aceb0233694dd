package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.Explanation;
import org.skyway.p2p.detect.Verdict;
import org.skyway.p2p.detect.WhatIf;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;

/// What `skyway ctl` may ask of a bridge and tell it. Ofproto thread.
public final class Requests {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Bridge bridge;
    private final Reports reports;
    private final MachineRequests machines;

    /// Requests to a bridge.
    ///
    /// @param bridge the bridge
    public Requests(Bridge bridge) {
        this.bridge = bridge;
        reports = new Reports(bridge);
        machines = new MachineRequests(bridge);
    }

    /// Carries one out.
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
                            bridge.addPort(
                                    PortConfig.of(
                                            wantedNumber(arguments),
                                            text(arguments, "type"),
                                            text(arguments, "name"))));
            case "port-del" -> {
                bridge.removePort(text(arguments, "name"));
                yield JSON.createObjectNode();
            }
            case "links" -> reports.links();
            case "stats" -> reports.statistics();
            case "bypass" -> {
                bridge.bypass(arguments.path("on").asBoolean());
                yield JSON.createObjectNode().put("on", bridge.bypass());
            }
            case "machines" -> machines.list();
            case "vm-hold" -> machines.hold(text(arguments, "domain"), true);
            case "vm-release" -> machines.hold(text(arguments, "domain"), false);
            case "p2p-explain" -> explain(text(arguments, "port"));
            case "p2p-what-if" -> whatIf(arguments.path("lines"));
            case "trace" -> trace(text(arguments, "port"), text(arguments, "packet"));
            default ->
                    throw new ConfigException(
                            "this switch knows no request \"%s\"; is `skyway ctl` of another release?"
                                    .formatted(command));
        };
    }

    // 0 or nothing stands for the next free one.
    private static Integer wantedNumber(JsonNode arguments) {
        int number = arguments.path("number").asInt();
        return number == 0 ? null : number;
    }

    private JsonNode show() {
        ObjectNode o =
                JSON.createObjectNode()
                        .put("bridge", bridge.name())
                        .put("datapathId", "%016x".formatted(bridge.config().dpid()))
                        .put("failMode", bridge.config().failMode())
                        .put("pollThreads", bridge.pollThreads())
                        .put("bypass", bridge.bypass());
        o.set("ports", reports.ports());
        return o;
    }

    private JsonNode explain(String name) {
        BridgePort port = port(name);
        try {
            Explanation e = bridge.detector().explain(port.config().number());
            ObjectNode o = JSON.valueToTree(e);
            return o.put("text", e.text());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    private JsonNode whatIf(JsonNode lines) {
        List<GroupEntry> groups = new ArrayList<>();
        List<FlowRule> rules = new ArrayList<>();
        int number = 0;
        for (JsonNode node : lines) {
            number++;
            String line = node.asText().replaceAll("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                if (line.contains("group_id=")) {
                    groups.add(GroupText.parse(line));
                } else {
                    rules.add(FlowText.parse(line));
                }
            } catch (FlowSyntaxException e) {
                throw new ConfigException("line " + number + ": " + e.getMessage(), e);
            }
        }
        ArrayNode changes = JSON.createArrayNode();
        for (Change change : WhatIf.installing(bridge.detector(), groups, rules)) {
            BridgePort port = bridge.ports().byNumber(change.port());
            changes.add(
                    JSON.createObjectNode()
                            .put("port", port == null ? "?" : port.config().name())
                            .put("before", describe(change.before()))
                            .put("after", describe(change.after())));
        }
        return changes;
    }

    static String describe(Verdict verdict) {
        return switch (verdict) {
            case null -> "not considered";
            case Verdict.Link l -> "link to port " + l.to();
            case Verdict.NotTaken n -> "link to port " + n.to() + ", not taken: " + n.reason();
            case Verdict.NoLink n -> "no link: " + n.reason();
        };
    }

    private JsonNode trace(String name, String hex) {
        BridgePort port = port(name);
        byte[] frame;
        try {
            frame = HexFormat.of().parseHex(hex.replaceAll("[\\s:]", ""));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("packet \"" + hex + "\" is not in hexadecimal", e);
        }
        long[] key = Bridge.key(frame, port.config().number());
        ObjectNode report = TraceReport.of(bridge.datapath().tables(), bridge.name(), key);
        return report.put("text", TraceReport.text(report));
    }

    private BridgePort port(String name) {
        BridgePort port = bridge.ports().byName(name);
        if (port == null && name.matches("[0-9]{1,5}")) {
            port = bridge.ports().byNumber(Integer.parseInt(name));
        }
        if (port == null) {
            throw new ConfigException(
                    "there is no port %s on bridge %s".formatted(name, bridge.name()));
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
