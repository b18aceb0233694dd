package org.skyway.vswitch.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;
import org.skyway.vswitch.http.PageState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway ctl top`: ports, what they do and which way, again and again.
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = {
            "Shows ports, where their packets go and which way, in a table that refreshes. In a terminal, a letter and",
            "Enter sort it: n by number, p by packets, b by bytes, d by drops; q ends."
        })
final class TopCommand extends CtlCommand.Request {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLEAR = "\033[H\033[2J";

    /// What the table may be sorted by.
    enum Order {
        /// The port's number.
        NUMBER,
        /// Packets a second that it sends, most first.
        PACKETS,
        /// Bytes a second that it sends, most first.
        BYTES,
        /// Packets that were dropped, most first.
        DROPS;

        Comparator<JsonNode> comparator() {
            return switch (this) {
                case NUMBER -> Comparator.comparingInt(p -> p.path("number").asInt());
                case PACKETS -> most("rxPps");
                case BYTES -> most("rxBps");
                case DROPS -> most("dropped");
            };
        }

        private static Comparator<JsonNode> most(String field) {
            return Comparator.comparingDouble((JsonNode p) -> p.path(field).asDouble()).reversed();
        }
    }

    // spotless:off
    @Option(names = "--sort", paramLabel = "ORDER", defaultValue = "number",
            description = "number, packets, bytes or drops (default: ${DEFAULT-VALUE})")
    private Order order;
    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "1", description = "0.1 to 3600 (default: ${DEFAULT-VALUE})")
    private double seconds;
    @Option(names = "--count", paramLabel = "N", description = "tables before it ends (default: without end in a terminal, else one table)")
    private Integer count;
    // spotless:on

    TopCommand() {}

    @Override
    public Integer call() throws IOException {
        if (!(seconds >= 0.1 && seconds <= 3600)) {
            throw new ConfigException("--interval is 0.1 to 3600 seconds, not " + seconds);
        }
        boolean terminal = System.console() != null && System.console().isTerminal() && !json;
        int left = count != null ? count : terminal ? Integer.MAX_VALUE : 1;
        try (ControlClient client = client()) {
            PageState state =
                    new PageState(
                            request -> JSON.createObjectNode().set("result", client.ask(request)));
            state.now();
            while (left-- > 0 && !sleptAndWasToldToEnd(terminal)) {
                ObjectNode now = state.now();
                if (terminal) {
                    out().print(CLEAR);
                }
                show(now);
                out().flush();
            }
        }
        return 0;
    }

    private void show(ObjectNode now) throws IOException {
        List<JsonNode> ports = sorted(now.path("ports"), order);
        if (json) {
            now.putArray("ports").addAll(ports);
            out().println(JSON.writeValueAsString(now));
            return;
        }
        Map<String, JsonNode> links = new HashMap<>();
        now.path("links").forEach(l -> links.put(l.path("from").asText(), l));
        out().printf(
                        "bridge %s, the switch has %.0f %% of a core, poll threads busy %.0f %%, bypass %s, by %s%n",
                        now.path("bridge").asText(),
                        100 * now.path("cpu").asDouble(),
                        100 * now.path("busy").asDouble(),
                        now.path("bypass").asBoolean() ? "on" : "off",
                        order.name().toLowerCase(java.util.Locale.ROOT));
        String row = "%-4s %-16s %-12s %-16s %-14s %10s %10s %10s %12s%n";
        out().printf(row, "no", "port", "vnf", "to", "way", "pps", "B/s", "past pps", "dropped");
        for (JsonNode p : ports) {
            JsonNode link = links.get(p.path("name").asText());
            out().printf(
                            row,
                            p.path("number").asText(),
                            p.path("name").asText(),
                            p.path("vnf").isNull() ? "-" : p.path("vnf").asText(),
                            link == null ? "-" : link.path("to").asText(),
                            link == null ? "switch" : way(link.path("state").asText()),
                            rate(p.path("rxPps").asDouble()),
                            rate(p.path("rxBps").asDouble()),
                            rate(p.path("pastPps").asDouble()),
                            p.path("dropped").asText());
        }
    }

    private static String way(String state) {
        return state.equals("ACTIVE") ? "past" : state.toLowerCase(java.util.Locale.ROOT);
    }

    /// Ports in an order.
    static List<JsonNode> sorted(JsonNode ports, Order order) {
        List<JsonNode> sorted = new ArrayList<>();
        ports.forEach(sorted::add);
        sorted.sort(order.comparator());
        return sorted;
    }

    /// A number with three digits and a unit.
    static String rate(double perSecond) {
        String units = " kMG";
        double n = perSecond;
        int unit = 0;
        while (n >= 999.5 && unit < units.length() - 1) {
            n /= 1000;
            unit++;
        }
        String digits =
                unit == 0 || n >= 99.95
                        ? "%.0f".formatted(n)
                        : n >= 9.995 ? "%.1f".formatted(n) : "%.2f".formatted(n);
        return unit == 0 ? digits : digits + " " + units.charAt(unit);
    }

    // Whole lines, so the terminal need not be told to hand over single keys.
    private boolean sleptAndWasToldToEnd(boolean terminal) throws IOException {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
        if (!terminal || System.in.available() == 0) {
            return false;
        }
        byte[] typed = new byte[Math.min(64, System.in.available())];
        int n = System.in.read(typed);
        for (char c :
                new String(typed, 0, Math.max(0, n), StandardCharsets.US_ASCII).toCharArray()) {
            switch (c) {
                case 'q' -> {
                    return true;
                }
                case 'n' -> order = Order.NUMBER;
                case 'p' -> order = Order.PACKETS;
                case 'b' -> order = Order.BYTES;
                case 'd' -> order = Order.DROPS;
                default -> {} // whatever else was typed
            }
        }
        return false;
    }
}
