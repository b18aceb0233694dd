package org.skyway.vswitch.bridge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.TreeMap;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.datapath.CacheStatistics;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.tables.PortCounters;

/// A bridge's state as JSON, for `skyway ctl`. Ofproto thread.
public final class Reports {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final int LOCAL = 65534; // as tools write it

    private final Bridge bridge;

    /// Reports of a bridge.
    ///
    /// @param bridge the bridge
    public Reports(Bridge bridge) {
        this.bridge = bridge;
    }

    /// All ports.
    ///
    /// @return an array
    public ArrayNode ports() {
        ArrayNode array = JSON.createArrayNode();
        for (BridgePort port : bridge.ports().all()) {
            array.add(port(port));
        }
        return array;
    }

    /// One port.
    ///
    /// @param port the port
    /// @return an object
    public ObjectNode port(BridgePort port) {
        int number = port.config().number();
        ObjectNode o =
                JSON.createObjectNode()
                        .put("number", number == OfPort.LOCAL ? LOCAL : number)
                        .put("name", port.config().name())
                        .put("type", port.config().type().toString())
                        .put("up", port.state().isUp())
                        .put("config", port.state().config());
        Attachment vnf = port.attachment();
        o.put("vnf", vnf == null ? null : vnf.program());
        o.put("pid", vnf == null ? 0 : vnf.pid());
        if (port.datapathPort() instanceof StockPort s) {
            StockPort.Peer peer = s.peer();
            o.put("vnf", peer == null ? null : peer.program());
            o.put("pid", peer == null ? 0 : peer.pid());
            o.put("agreed", peer == null ? null : peer.detail());
            o.put("trouble", s.trouble());
            o.put("socket", bridge.socketOf(port.config()).toString());
        }
        o.put("awaited", vnf != null && vnf.isAwaited()); // taken over, and not connected yet
        o.put("region", bridge.vnfs().lastingRegion(port.config().name()));
        o.put("p2p", Requests.describe(bridge.detector().verdict(number)));
        return o;
    }

    /// All links, and those that are held back.
    ///
    /// @return an array
    public ArrayNode links() {
        ArrayNode array = JSON.createArrayNode();
        long now = System.nanoTime();
        for (Link link : bridge.links().list()) {
            if (bridge.fabric().bridgeOf(link.sender().port()) != bridge) {
                continue;
            }
            String waits = bridge.links().waitsFor(link);
            if (waits == null) {
                waits = bridge.fabric().observed(link);
            }
            ArrayNode path = JSON.createArrayNode();
            link.path().entries().forEach(e -> path.add(FlowText.print(e.rule())));
            array.add(
                    JSON.createObjectNode()
                            .put("from", link.sender().portName())
                            .put("to", link.receiver().portName())
                            .put("kind", "bypass")
                            .put("state", link.state().toString())
                            .put(
                                    "reason",
                                    waits == null ? link.reason() : link.reason() + "; " + waits)
                            .put("sinceMillis", (now - link.sinceNanos()) / 1_000_000)
                            .put("ageMillis", (now - link.bornNanos()) / 1_000_000)
                            .put("epoch", Integer.toUnsignedLong(link.epoch()))
                            .put("activations", link.activations())
                            .put("switchOverMicros", micros(link.switchOverNanos()))
                            .put("lastFailure", link.lastFailure())
                            .put("packets", link.packets())
                            .put("bytes", link.bytes())
                            .put("switchOverSumNanos", link.switchOvers().sumNanos())
                            .<ObjectNode>set(
                                    "switchOverTimes",
                                    JSON.valueToTree(link.switchOvers().counts()))
                            .set("path", path));
        }
        for (Bypasses.HeldBack link : bridge.bypasses().heldBack()) {
            array.add(
                    JSON.createObjectNode()
                            .put("from", link.from())
                            .put("to", link.to())
                            .put("kind", "bypass")
                            .put("state", "HELD")
                            .put("reason", link.why())
                            .put("sinceMillis", 0)
                            .put("ageMillis", 0)
                            .put("epoch", 0)
                            .put("activations", 0)
                            .put("switchOverMicros", (Long) null)
                            .put("lastFailure", (String) null)
                            .put("packets", 0)
                            .put("bytes", 0)
                            .set("path", JSON.createArrayNode()));
        }
        for (CutThroughs.CutThrough link : bridge.cutThroughs().list()) {
            long age = (now - link.sinceNanos) / 1_000_000;
            ArrayNode path = JSON.createArrayNode();
            link.verdict().path().forEach(rule -> path.add(FlowText.print(rule)));
            array.add(
                    JSON.createObjectNode()
                            .put("from", link.from.config().name())
                            .put("to", link.to.config().name())
                            .put("kind", "cut-through")
                            .put("state", "CUT-THROUGH")
                            .put("reason", "one copy in the switch, without a look-up")
                            .put("sinceMillis", age)
                            .put("ageMillis", age)
                            .put("epoch", 0)
                            .put("activations", 0)
                            .put("switchOverMicros", (Long) null)
                            .put("lastFailure", (String) null)
                            .put("packets", link.packets())
                            .put("bytes", link.bytes())
                            .set("path", path));
        }
        return array;
    }

    /// The mirrors, with what their targets have taken.
    ///
    /// @return an array
    public ArrayNode mirrors() {
        ArrayNode array = JSON.createArrayNode();
        new TreeMap<>(bridge.observers().mirrors())
                .forEach((name, m) ->
                        array.addObject()
                                .put("name", name)
                                .put("from", m.port().config().name())
                                .put("to", m.target().config().name()));
        return array;
    }

    // Null if there was none.
    private static Long micros(long nanos) {
        return nanos < 0 ? null : nanos / 1000;
    }

    /// What went wrong inside the switch and was survived, by kind.
    ///
    /// @return an array
    public ArrayNode faults() {
        ArrayNode array = JSON.createArrayNode();
        for (Faults.Fault f : bridge.forwarding().faults().list()) {
            array.addObject()
                    .put("where", f.where())
                    .put("what", f.what())
                    .put("count", f.count())
                    .put("last", f.last())
                    .put("lastTime", f.lastTime().toString());
        }
        return array;
    }

    /// Counters of ports and poll threads.
    ///
    /// @return an object with `ports` and `pollThreads`
    public ObjectNode statistics() {
        ArrayNode array = JSON.createArrayNode();
        for (BridgePort port : bridge.ports().all()) {
            PortCounters c = bridge.forwarding().portCounters(port.config().number());
            array.add(
                    JSON.createObjectNode()
                            .put("number", port.config().number())
                            .put("name", port.config().name())
                            .put("rxPackets", c.rxPackets())
                            .put("rxBytes", c.rxBytes())
                            .put("rxDropped", c.rxDropped())
                            .put("rxErrors", c.rxErrors())
                            .put("txPackets", c.txPackets())
                            .put("txBytes", c.txBytes())
                            .put("txDropped", c.txDropped())
                            .put("txErrors", c.txErrors())
                            .put("bypassRxPackets", port.bypassRx().packets())
                            .put("bypassTxPackets", port.bypassTx().packets()));
        }
        ObjectNode o = JSON.createObjectNode();
        o.set("ports", array);
        o.put("pollThreads", bridge.forwarding().pollThreads());
        o.put("busyNanos", bridge.datapath().busyNanos());
        o.put("cpuNanos", PROCESS.getProcessCpuTime());
        o.put("nanoTime", System.nanoTime());
        o.put("packetInsDropped", bridge.packetInsDropped());
        o.put("packetOutsDropped", bridge.datapath().programsDropped());
        o.put("faults", bridge.forwarding().faults().total());
        Journal.Condition journal = bridge.events().condition();
        o.putObject("journal")
                .put("written", journal.written())
                .put("lost", journal.lost())
                .put("waiting", journal.waiting())
                .put("failing", journal.failing());
        ArrayNode caches = o.putArray("caches");
        for (CacheStatistics c : bridge.datapath().cacheStatistics()) {
            caches.add(JSON.<ObjectNode>valueToTree(c)); // read here, too, not only printed
        }
        return o;
    }

    /// The poll threads and what they receive from: a row for each port, and one for a thread that
    /// has none.
    ArrayNode threads() {
        Placement placement = bridge.placement();
        ArrayNode rows = JSON.createArrayNode();
        List<Integer> cores = bridge.config().cores();
        for (int thread = 0; thread < bridge.forwarding().pollThreads(); thread++) {
            int rowsBefore = rows.size();
            for (BridgePort port : bridge.ports().all()) {
                if (bridge.datapath().receivesFrom(port.datapathPort())
                        && bridge.datapath().threadOf(port.datapathPort()) == thread) {
                    thread(rows, placement, cores, thread)
                            .put("port", port.config().name())
                            .put("pinned", placement.pinned(port) != Placement.ANY)
                            .put("packetsPerSecond", Math.round(placement.load(port)));
                }
            }
            if (rows.size() == rowsBefore) {
                thread(rows, placement, cores, thread);
            }
        }
        return rows;
    }

    private static ObjectNode thread(
            ArrayNode rows, Placement placement, List<Integer> cores, int thread) {
        return rows.addObject()
                .put("thread", thread)
                .put("core", thread < cores.size() ? cores.get(thread).toString() : "any")
                .put("busyPercent", Math.round(100 * placement.busy(thread)));
    }

    /// Ports that were moved to other poll threads.
    ArrayNode moves(List<Placement.Move> moves) {
        ArrayNode rows = JSON.createArrayNode();
        for (Placement.Move move : moves) {
            rows.addObject()
                    .put("port", move.port().config().name())
                    .put("from", move.from())
                    .put("to", move.to());
        }
        return rows;
    }
}
