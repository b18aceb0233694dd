package org.skyway.vswitch.dropin;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.unixctl.Command;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.datapath.CacheStatistics;

/// What `ovs-appctl` may ask about the datapath. There is one for each bridge, but Open vSwitch has
/// one for all of a kind, so that is what is shown. Any thread.
final class AppctlDatapath {
    private static final String DATAPATH = "netdev@ovs-netdev";

    private final Bridges bridges;

    AppctlDatapath(Bridges bridges) {
        this.bridges = bridges;
    }

    // spotless:off
    void addTo(List<Command> all) {
        all.add(new Command("dpif/show", "", 0, 0, _ -> show()));
        all.add(Appctl.now("dpif/dump-dps", "", 0, 0, _ -> datapaths()));
        all.add(Appctl.now("dpctl/dump-dps", "", 0, 0, _ -> bridges.all().isEmpty() ? "" : DATAPATH + "\n"));
        all.add(new Command("dpctl/show", "[-s] [dp...]", 0, 9, _ -> dpctlShow()));
        all.add(new Command("dpctl/dump-flows", "[-m] [--names] [dp] [filter=..] [type=..] [pmd=..]", 0, 9, _ -> Appctl.onAll(bridges.all(), AppctlDatapath::flows)));
        all.add(new Command("dpif/dump-flows", "[-m] [--names | --no-names] bridge", 1, 4, a -> Appctl.on(Appctl.bridge(bridges, a.getLast()), AppctlDatapath::flows)));
        all.add(new Command("dpif-netdev/pmd-stats-show", "[-pmd core] [dp]", 0, 3, _ -> Appctl.onAll(bridges.all(), AppctlDatapath::pmdStatistics)));
        all.add(Appctl.now("dpif-netdev/pmd-stats-clear", "[-pmd core] [dp]", 0, 3, _ -> ""));
        all.add(new Command("dpif-netdev/pmd-rxq-show", "[-pmd core] [-secs secs] [dp]", 0, 5, _ -> pollThreads()));
        all.add(new Command("upcall/show", "", 0, 0, _ -> Appctl.onAll(bridges.all(), AppctlDatapath::upcalls)));
    }
    // spotless:on

    private String datapaths() {
        StringBuilder b = new StringBuilder();
        bridges.all().forEach(s -> b.append("netdev@").append(s.name()).append('\n'));
        return b.toString();
    }

    private CompletionStage<String> pollThreads() {
        return Appctl.onAll(bridges.all(), AppctlDatapath::queues)
                .thenApply(t -> "Displaying last 60 seconds pmd usage %\n" + t);
    }

    private record Sums(long hit, long missed, long flows) {
        static Sums of(Slot slot) {
            long hit = 0;
            long missed = 0;
            long flows = 0;
            for (CacheStatistics c : slot.running().bridge().datapath().cacheStatistics()) {
                hit += c.portHits() + c.exactHits() + c.megaflowHits();
                missed += c.misses();
                flows += c.megaflows();
            }
            return new Sums(hit, missed, flows);
        }

        Sums plus(Sums other) {
            return new Sums(hit + other.hit, missed + other.missed, flows + other.flows);
        }
    }

    private CompletionStage<Sums> sums() {
        CompletionStage<Sums> all = CompletableFuture.completedStage(new Sums(0, 0, 0));
        for (Slot slot : bridges.all()) {
            Sums[] one = new Sums[1];
            all =
                    all.thenCombine(
                            Appctl.on(
                                    slot,
                                    s -> {
                                        one[0] = Sums.of(s);
                                        return "";
                                    }),
                            (sum, _) -> sum.plus(one[0]));
        }
        return all;
    }

    private CompletionStage<String> show() {
        if (bridges.all().isEmpty()) {
            return CompletableFuture.completedStage("");
        }
        return sums().thenCombine(
                        Appctl.onAll(bridges.all(), AppctlDatapath::ports),
                        (sums, ports) ->
                                "%s: hit:%d missed:%d\n%s"
                                        .formatted(DATAPATH, sums.hit, sums.missed, ports));
    }

    private static String ports(Slot slot) {
        StringBuilder b = new StringBuilder("  ").append(slot.name()).append(":\n");
        for (PortState p : sorted(slot)) {
            b.append(
                    "    %s %s/%s: (%s)\n"
                            .formatted(p.name(), shown(p), inDatapath(slot, p), type(slot, p)));
        }
        return b.toString();
    }

    private static List<PortState> sorted(Slot slot) {
        return slot.running().bridge().forwarding().tables().ports().values().stream()
                .sorted(Comparator.comparing(PortState::name))
                .toList();
    }

    private static String shown(PortState p) {
        return Long.toString(p.number() == OfPort.LOCAL ? Pass.LOCAL : p.number());
    }

    // A patch port is none of Open vSwitch's datapath.
    private static String inDatapath(Slot slot, PortState p) {
        BridgePort port = slot.running().bridge().port(p.name());
        boolean patch = port != null && port.config().type() == PortConfig.Type.PATCH;
        return patch ? "none" : shown(p);
    }

    private static String type(Slot slot, PortState p) {
        BridgePort port = slot.running().bridge().port(p.name());
        if (port == null) {
            return "tap";
        }
        return switch (port.config().type()) {
            case NETDEV -> "system";
            case INTERNAL -> "tap";
            case PATCH -> "patch: peer=" + port.config().peer();
            case DPDKR, MEMIF, DPDKVHOSTUSER, DPDKVHOSTUSERCLIENT ->
                    port.config().type().toString();
        };
    }

    private CompletionStage<String> dpctlShow() {
        if (bridges.all().isEmpty()) {
            return CompletableFuture.completedStage("");
        }
        return sums().thenCombine(
                        Appctl.onAll(
                                bridges.all(),
                                slot -> {
                                    StringBuilder b = new StringBuilder();
                                    for (PortState p : sorted(slot)) {
                                        b.append(
                                                "  port %s: %s (%s)\n"
                                                        .formatted(
                                                                shown(p), p.name(), type(slot, p)));
                                    }
                                    return b.toString();
                                }),
                        (sums, ports) ->
                                "%s:\n  lookups: hit:%d missed:%d lost:0\n  flows: %d\n%s"
                                        .formatted(
                                                DATAPATH,
                                                sums.hit,
                                                sums.missed,
                                                sums.flows,
                                                ports));
    }

    private static String flows(Slot slot) {
        StringBuilder b = new StringBuilder();
        int thread = 0;
        for (List<String> flows : slot.running().bridge().megaflows()) {
            b.append("flow-dump from pmd on cpu core: %d\n".formatted(thread++));
            flows.forEach(f -> b.append(f).append('\n'));
        }
        return b.toString();
    }

    private static String pmdStatistics(Slot slot) {
        StringBuilder b = new StringBuilder();
        for (CacheStatistics c : slot.running().bridge().datapath().cacheStatistics()) {
            long recirculated = c.recirculationHits() + c.recirculationMisses();
            b.append("pmd thread numa_id 0 core_id %d:\n".formatted(c.thread()));
            b.append("  packets received: %d\n".formatted(c.packets()));
            b.append("  packet recirculations: %d\n".formatted(recirculated));
            b.append(
                    "  avg. datapath passes per packet: %.2f\n"
                            .formatted(
                                    c.packets() == 0
                                            ? 0.0
                                            : 1.0 + (double) recirculated / c.packets()));
            b.append("  phwol hits: 0\n  mfex opt hits: 0\n");
            b.append("  simple match hits: %d\n".formatted(c.portHits()));
            b.append("  emc hits: %d\n  smc hits: 0\n".formatted(c.exactHits()));
            b.append("  megaflow hits: %d\n".formatted(c.megaflowHits() + c.recirculationHits()));
            b.append("  avg. subtable lookups per megaflow hit: 0.00\n");
            b.append(
                    "  miss with success upcall: %d\n"
                            .formatted(c.misses() + c.recirculationMisses()));
            b.append("  miss with failed upcall: 0\n");
            b.append(
                    "  avg. packets per output batch: %.2f\n"
                            .formatted(c.bursts() == 0 ? 0.0 : (double) c.packets() / c.bursts()));
        }
        return b.toString();
    }

    private static String queues(Slot slot) {
        StringBuilder b = new StringBuilder();
        int threads = slot.running().bridge().forwarding().pollThreads();
        for (int thread = 0; thread < threads; thread++) {
            b.append("pmd thread numa_id 0 core_id %d:\n  isolated : false\n".formatted(thread));
            for (BridgePort p : slot.running().bridge().allPorts()) {
                if (slot.running().bridge().datapath().threadOf(p.datapathPort()) == thread) {
                    b.append(
                            "  port: %-16s  queue-id:  0 (enabled)   pmd usage: NOT AVAIL\n"
                                    .formatted(p.config().name()));
                }
            }
            b.append("  overhead: NOT AVAIL\n");
        }
        return b.toString();
    }

    private static String upcalls(Slot slot) {
        Sums sums = Sums.of(slot);
        return """
        netdev@%s:
          flows         : (current %d) (avg %d) (max %d) (limit 65536)
          dump duration : 0ms
          ufid enabled : true

          0: (keys %d)
        """
                .formatted(slot.name(), sums.flows, sums.flows, sums.flows, sums.flows);
    }
}
