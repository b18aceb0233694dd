package org.skyway.vswitch.dropin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowSyntaxException;
import org.skyway.openflow.text.FlowText;
import org.skyway.unixctl.Command;
import org.skyway.unixctl.UnixctlException;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.MacTable;

/// What `ovs-appctl` may ask about bridges: addresses, rules, links. Any thread.
final class AppctlBridges {
    private static final int HIDDEN_TABLE = 254;

    private final Bridges bridges;

    AppctlBridges(Bridges bridges) {
        this.bridges = bridges;
    }

    // spotless:off
    void addTo(List<Command> all) {
        all.add(Appctl.now("ofproto/list", "", 0, 0, _ -> list()));
        all.add(onBridge("fdb/show", "bridge", AppctlBridges::fdb));
        all.add(onBridge("fdb/stats-show", "bridge", AppctlBridges::fdbStatistics));
        all.add(new Command("fdb/stats-clear", "[bridge]", 0, 1, this::fdbClear));
        all.add(new Command("fdb/flush", "[bridge]", 0, 1, this::fdbFlush));
        all.add(onBridge("bridge/dump-flows", "[--offload-stats] bridge", AppctlBridges::flows));
        all.add(new Command("bridge/reconnect", "[bridge]", 0, 1, this::reconnect));
        all.add(new Command("ofproto/trace", "{[dp_name] odp_flow | bridge br_flow} [-generate|packet]", 1, 9, this::trace));
        all.add(new Command("skyway/links", "[bridge]", 0, 1, this::links));
        all.add(new Command("skyway/explain", "port", 1, 1, this::explain));
    }
    // spotless:on

    private Command onBridge(String name, String usage, Function<Slot, String> work) {
        return new Command(
                name, usage, 1, 2, a -> Appctl.on(Appctl.bridge(bridges, a.getLast()), work));
    }

    private Collection<Slot> some(List<String> arguments) {
        return arguments.isEmpty()
                ? bridges.all()
                : List.of(Appctl.bridge(bridges, arguments.getFirst()));
    }

    private String list() {
        StringBuilder b = new StringBuilder();
        bridges.all().forEach(s -> b.append(s.name()).append('\n'));
        return b.toString();
    }

    private static String fdb(Slot slot) {
        StringBuilder b = new StringBuilder(" port  VLAN  MAC                Age\n");
        List<MacTable.Known> known =
                slot.running().bridge().forwarding().tables().macs().known(System.nanoTime());
        known.sort(Comparator.comparingLong(MacTable.Known::silentNanos).reversed());
        for (MacTable.Known k : known) {
            int port = slot.running().bridge().portSettings().portAt(k.port());
            b.append(
                    "%5s  %4d  %s  %3d\n"
                            .formatted(
                                    port == Pass.local() ? "LOCAL" : port,
                                    k.vlan(),
                                    StatusColumns.mac(k.mac()),
                                    TimeUnit.NANOSECONDS.toSeconds(k.silentNanos())));
        }
        return b.toString();
    }

    private static String fdbStatistics(Slot slot) {
        MacTable macs = slot.running().bridge().forwarding().tables().macs();
        MacTable.Statistics s = macs.statistics();
        return """
        Statistics for bridge "%s":
          Current/maximum MAC entries in the table: %d/%d
          Current static MAC entries in the table : 0
          Total number of learned MAC entries     : %d
          Total number of expired MAC entries     : %d
          Total number of evicted MAC entries     : %d
          Total number of port moved MAC entries  : %d
        """
                .formatted(
                        slot.name(),
                        macs.size(),
                        macs.mostEntries(),
                        s.learned(),
                        s.expired(),
                        s.evicted(),
                        s.moved());
    }

    private CompletionStage<String> fdbClear(List<String> arguments) {
        return Appctl.onAll(
                        some(arguments),
                        slot -> {
                            slot.running().bridge().forwarding().tables().macs().clearStatistics();
                            return "";
                        })
                .thenApply(_ -> "statistics successfully cleared\n");
    }

    private CompletionStage<String> fdbFlush(List<String> arguments) {
        return Appctl.onAll(
                        some(arguments),
                        slot -> {
                            slot.running().bridge().forwarding().tables().macs().flush();
                            return "";
                        })
                .thenApply(_ -> "table successfully flushed\n");
    }

    private static String flows(Slot slot) {
        StringBuilder b = new StringBuilder();
        long now = System.nanoTime();
        for (int table = 0; table <= HIDDEN_TABLE; table++) {
            for (FlowEntry e : slot.running().ofproto().entries(table)) {
                String text = FlowText.print(e.rule());
                String rest = text.substring(text.indexOf(',') + 1);
                b.append(table == 0 ? "" : "table_id=%d, ".formatted(table))
                        .append(
                                "duration=%ds, n_packets=%d, n_bytes=%d, %s\n"
                                        .formatted(
                                                TimeUnit.NANOSECONDS.toSeconds(
                                                        now - e.createdNanos()),
                                                e.counters().packets(),
                                                e.counters().bytes(),
                                                rest.replace(" actions=", ",actions=")));
            }
        }
        return b.toString();
    }

    private CompletionStage<String> reconnect(List<String> arguments) {
        return Appctl.onAll(
                some(arguments),
                slot -> {
                    slot.running().ofproto().hangUp();
                    return "";
                });
    }

    private CompletionStage<String> trace(List<String> arguments) {
        String packet = null;
        List<String> words = new ArrayList<>();
        for (String a : arguments) {
            if (a.matches("[0-9a-fA-F]{28,}")) {
                packet = a;
            } else if (!a.startsWith("-")) {
                words.add(a);
            }
        }
        if (words.size() < 2) {
            throw new UnixctlException(
                    "name the bridge and the flow, for instance: ofproto/trace br0 in_port=1,tcp");
        }
        Slot slot = Appctl.bridge(bridges, words.getFirst());
        String frame = packet;
        return Appctl.on(slot, s -> s.requests().trace(key(s, words.get(1), frame)) + "\n");
    }

    private static long[] key(Slot slot, String flow, String packet) {
        Match match;
        try {
            match = FlowText.parseMatch(named(slot, flow));
        } catch (FlowSyntaxException e) {
            throw new UnixctlException("syntax error: " + e.getMessage());
        }
        long[] key = new long[FlowKey.WORDS];
        if (packet != null) {
            byte[] frame;
            try {
                frame = HexFormat.of().parseHex(packet);
            } catch (IllegalArgumentException e) {
                throw new UnixctlException("packet \"" + packet + "\" is not in hexadecimal");
            }
            key = FrameParser.parse(frame, (int) match.valueOf(Field.IN_PORT));
        }
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] |= match.value(w);
        }
        return key;
    }

    // A port may be named in place of its number.
    private static String named(Slot slot, String flow) {
        StringBuilder b = new StringBuilder();
        for (String item : flow.split(",", -1)) {
            String name = item.startsWith("in_port=") ? item.substring(8).replace("\"", "") : "";
            BridgePort port = slot.running().bridge().port(name);
            b.append(b.isEmpty() ? "" : ",")
                    .append(port == null ? item : "in_port=" + port.config().number());
        }
        return b.toString();
    }

    private static JsonNode ask(Slot slot, String command) {
        return slot.requests().run(command, JsonNodeFactory.instance.objectNode());
    }

    private CompletionStage<String> links(List<String> arguments) {
        return Appctl.onAll(
                some(arguments),
                slot -> {
                    List<String[]> rows = new ArrayList<>();
                    for (JsonNode l : ask(slot, "links")) {
                        rows.add(
                                Appctl.row(
                                        l.get("from").asText() + " -> " + l.get("to").asText(),
                                        l.get("kind").asText(),
                                        l.get("state").asText(),
                                        "packets:" + l.get("packets").asLong(),
                                        l.get("reason").asText()));
                    }
                    return slot.name()
                            + ":\n"
                            + Appctl.table(rows).replaceAll("(?m)^", "  ").stripTrailing()
                            + (rows.isEmpty() ? "  no links\n" : "\n");
                });
    }

    private CompletionStage<String> explain(List<String> arguments) {
        String name = arguments.getFirst();
        for (Slot slot : bridges.all()) {
            if (slot.hasPort(name)) {
                return Appctl.on(slot, s -> explain(s, name));
            }
        }
        return CompletableFuture.failedStage(
                new UnixctlException("no bridge has a port %s".formatted(name)));
    }

    private static String explain(Slot slot, String port) {
        try {
            JsonNode e =
                    slot.requests()
                            .run(
                                    "p2p-explain",
                                    JsonNodeFactory.instance.objectNode().put("port", port));
            return e.get("text").asText().stripTrailing() + "\n";
        } catch (ConfigException e) {
            throw new UnixctlException(e.getMessage());
        }
    }
}
