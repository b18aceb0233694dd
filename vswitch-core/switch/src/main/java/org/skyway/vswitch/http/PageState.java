package org.skyway.vswitch.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the page and `skyway ctl top` show, from what the switch says and what it said before. One
/// thread.
///
/// ```
/// bridge, bridges, bypass, pollThreads, cpu, busy, faults
/// ports  [{name, number, type, up, vnf, pid, p2p, rxPps, rxBps, txPps, txBps, pastPps, dropped}]
/// links  [{from, to, state, reason, activations, sinceMillis, pps, bps, path}]
/// ```
///
/// Rates are per second; `cpu` and `busy` are shares of a core, of the process and of its poll
/// threads; `pastPps` is what a port's VNF sends past the switch.
public final class PageState {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NANOS = 1e9;

    private final Switchboard board;
    private final String bridge; // null for the only one
    private Map<String, Long> before = Map.of();
    private Map<String, Long> counts = new HashMap<>();
    private double seconds;

    /// Nothing is known yet, so the first rates are zero.
    ///
    /// @param board who is asked
    public PageState(Switchboard board) {
        this(board, null);
    }

    /// @param bridge which; null for the first, or only one
    PageState(Switchboard board, String bridge) {
        this.board = board;
        this.bridge = bridge;
    }

    /// How things are, with rates since the last time.
    ///
    /// @return an object, see above
    public ObjectNode now() {
        JsonNode show = ask("show");
        JsonNode statistics = ask("stats");
        JsonNode links = ask("links");
        counts = new HashMap<>();
        counts.put("nanoTime", statistics.path("nanoTime").asLong());
        seconds =
                before.containsKey("nanoTime")
                        ? (counts.get("nanoTime") - before.get("nanoTime")) / NANOS
                        : 0;
        ObjectNode o = JSON.createObjectNode();
        o.set("bridge", show.path("bridge"));
        List<String> bridges = board.bridges();
        if (!bridges.isEmpty()) {
            bridges.forEach(o.putArray("bridges")::add);
        }
        o.set("datapathId", show.path("datapathId"));
        o.set("failMode", show.path("failMode"));
        o.set("bypass", show.path("bypass"));
        o.set("controllers", show.path("controllers"));
        o.set("pollThreads", show.path("pollThreads"));
        o.put("cpu", rate("cpu", statistics.path("cpuNanos").asLong()) / NANOS);
        o.put("busy", rate("busy", statistics.path("busyNanos").asLong()) / NANOS);
        o.set("faults", statistics.path("faults"));
        Map<String, ObjectNode> byName = new HashMap<>();
        ArrayNode ports = o.putArray("ports");
        for (JsonNode port : show.path("ports")) {
            ObjectNode p = ports.addObject();
            for (String field :
                    new String[] {"name", "number", "type", "up", "vnf", "pid", "p2p"}) {
                p.set(field, port.path(field));
            }
            byName.put(port.path("name").asText(), p);
        }
        for (JsonNode port : statistics.path("ports")) {
            ObjectNode p = byName.get(port.path("name").asText());
            if (p != null) {
                rates(port, p);
            }
        }
        ArrayNode edges = o.putArray("links");
        for (JsonNode link : links) {
            ObjectNode l = edges.addObject();
            l.setAll((ObjectNode) link);
            ObjectNode from = byName.get(link.path("from").asText());
            // All that its sender sends takes the link, past the switch or not.
            l.put("pps", from == null ? 0 : from.path("rxPps").asDouble());
            l.put("bps", from == null ? 0 : from.path("rxBps").asDouble());
        }
        before = counts;
        return o;
    }

    private void rates(JsonNode port, ObjectNode p) {
        String name = port.path("name").asText();
        p.put("rxPps", rate(name + " rx", port.path("rxPackets").asLong()));
        p.put("rxBps", rate(name + " rxBytes", port.path("rxBytes").asLong()));
        p.put("txPps", rate(name + " tx", port.path("txPackets").asLong()));
        p.put("txBps", rate(name + " txBytes", port.path("txBytes").asLong()));
        p.put("pastPps", rate(name + " past", port.path("bypassRxPackets").asLong()));
        p.put("dropped", port.path("txDropped").asLong() + port.path("rxDropped").asLong());
        p.put("rxPackets", port.path("rxPackets").asLong());
        p.put("txPackets", port.path("txPackets").asLong());
    }

    private double rate(String what, long count) {
        counts.put(what, count);
        Long was = before.get(what);
        return was == null || seconds <= 0 ? 0 : Math.max(0, (count - was) / seconds);
    }

    private JsonNode ask(String command) {
        ObjectNode request = JSON.createObjectNode().put("command", command);
        return board.ask(named(board, bridge, request)).path("result");
    }

    /// A request to a bridge.
    ///
    /// @param name which; null for the first, or only one
    static ObjectNode named(Switchboard board, String name, ObjectNode request) {
        List<String> all = board.bridges();
        if (!all.isEmpty()) {
            request.put("bridge", name == null ? all.getFirst() : name);
        }
        return request;
    }
}
