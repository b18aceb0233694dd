package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.Traffic;

/// The point-to-point links that can have no bypass, because one of their ports is a stock VNF's or
/// an interface's. What the poll threads know of the ingress port alone is enough for them: they
/// move its packets from where they are into the receiver's buffers, with one copy, no parsing and
/// no look-up. So nothing is to be begun or revoked. What is done here is to know of them, and to
/// have both ports of each on one poll thread. Ofproto thread.
final class CutThroughs {
    private final Bridge bridge;
    private final Ports ports;
    private final Detection detector;
    private final Datapath datapath;
    private final Placement placement;
    private final Events events;
    private final Map<Ends, CutThrough> all = new TreeMap<>();

    private record Ends(int from, int to) implements Comparable<Ends> {
        @Override
        public int compareTo(Ends other) {
            return from != other.from
                    ? Integer.compare(from, other.from)
                    : Integer.compare(to, other.to);
        }
    }

    /// A link.
    static final class CutThrough {
        final BridgePort from;
        final BridgePort to;
        final long sinceNanos = System.nanoTime();
        private final long packetsBefore;
        private final long bytesBefore;
        private Verdict.Link verdict;

        CutThrough(BridgePort from, BridgePort to) {
            this.from = from;
            this.to = to;
            packetsBefore = traffic().sum(Traffic.RX_PACKETS);
            bytesBefore = traffic().sum(Traffic.RX_BYTES);
        }

        private Traffic traffic() {
            return from.datapathPort().traffic();
        }

        /// The entries on its way, as the detector saw them last.
        Verdict.Link verdict() {
            return verdict;
        }

        /// Packets that took it: all that its sender sends do.
        long packets() {
            return traffic().sum(Traffic.RX_PACKETS) - packetsBefore;
        }

        long bytes() {
            return traffic().sum(Traffic.RX_BYTES) - bytesBefore;
        }
    }

    CutThroughs(
            Bridge bridge,
            Ports ports,
            Detection detector,
            Datapath datapath,
            Placement placement,
            Events events) {
        this.bridge = bridge;
        this.ports = ports;
        this.detector = detector;
        this.datapath = datapath;
        this.placement = placement;
        this.events = events;
    }

    /// The links that there are.
    Collection<CutThrough> list() {
        update();
        return List.copyOf(all.values());
    }

    /// Looks what became of them. A few times a second.
    void update() {
        Map<Ends, Verdict.Link> now = new HashMap<>();
        if (detector.works()) {
            for (Verdict verdict : detector.verdicts()) {
                if (verdict instanceof Verdict.Link link && isOne(link)) {
                    now.put(new Ends(link.from(), link.to()), link);
                }
            }
        }
        for (Iterator<Map.Entry<Ends, CutThrough>> i = all.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Ends, CutThrough> e = i.next();
            CutThrough c = e.getValue();
            boolean same =
                    ports.byNumber(e.getKey().from) == c.from
                            && ports.byNumber(e.getKey().to) == c.to;
            if (!same || !now.containsKey(e.getKey())) {
                i.remove();
                events.cutThrough(name(c.from), name(c.to), false);
            }
        }
        now.forEach((ends, link) -> {
            CutThrough c = all.get(ends);
            if (c == null) {
                c = new CutThrough(ports.byNumber(ends.from), ports.byNumber(ends.to));
                all.put(ends, c);
                events.cutThrough(name(c.from), name(c.to), true);
                // Entries that are gone may have had them look at the packets.
                datapath.lookAnew(link.path());
            }
            c.verdict = link;
        });
        placement.together(units());
    }

    private boolean isOne(Verdict.Link link) {
        BridgePort from = ports.byNumber(link.from());
        BridgePort to = ports.byNumber(link.to());
        return from != null
                && to != null
                && from.state().isUp()
                && to.state().isUp()
                && !(isOurs(from) && (isOurs(to) || leadsOn(from, to)));
    }

    // To a VNF at another bridge, and there may be a bypass.
    private boolean leadsOn(BridgePort from, BridgePort to) {
        if (to.config().type() != PortConfig.Type.PATCH) {
            return false;
        }
        PortWay way = PortWay.of(bridge.fabric(), bridge, from.config().number());
        return way != null && isOurs(way.to());
    }

    private static boolean isOurs(BridgePort port) {
        return port.config().type() == PortConfig.Type.DPDKR;
    }

    private static String name(BridgePort port) {
        return port.config().name();
    }

    // Ports that links connect, however many, are polled by one thread: else a burst would go from
    // one core's cache to another's, and its receiver be locked. Lowest numbers first.
    private List<List<BridgePort>> units() {
        Map<Integer, Integer> first = new TreeMap<>(); // of those that a port is connected with
        boolean changed = true;
        while (changed) { // at most once for each port
            changed = false;
            for (Ends e : all.keySet()) {
                int a = first.getOrDefault(e.from, e.from);
                int b = first.getOrDefault(e.to, e.to);
                int low = Math.min(a, b);
                if (a != low || b != low || !first.containsKey(e.from)) {
                    changed |= first.put(e.from, low) == null | a != low | b != low;
                    first.put(e.to, low);
                }
            }
        }
        Map<Integer, List<BridgePort>> units = new TreeMap<>();
        first.forEach((number, head) ->
                units.computeIfAbsent(head, _ -> new ArrayList<>()).add(ports.byNumber(number)));
        return List.copyOf(units.values());
    }
}
