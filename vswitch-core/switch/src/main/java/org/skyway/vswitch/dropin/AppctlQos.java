package org.skyway.vswitch.dropin;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.skyway.openflow.model.OfPort;
import org.skyway.unixctl.Command;
import org.skyway.unixctl.UnixctlException;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.datapath.EgressQueues;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.QueueCounters;

/// What `ovs-appctl` may ask about how much ports are sent. Any thread.
final class AppctlQos {
    private final Bridges bridges;

    AppctlQos(Bridges bridges) {
        this.bridges = bridges;
    }

    // spotless:off
    void addTo(List<Command> all) {
        all.add(new Command("qos/show-types", "interface", 1, 1, a -> onPort(a.getFirst(), (_, _) -> types())));
        all.add(new Command("qos/show", "interface", 1, 1, a -> onPort(a.getFirst(), AppctlQos::show)));
    }
    // spotless:on

    private CompletionStage<String> onPort(
            String name, BiFunction<String, EgressQueues, String> work) {
        for (Slot slot : bridges.all()) {
            if (slot.hasPort(name) || slot.name().equals(name)) {
                return Appctl.on(slot, s -> work.apply(name, egress(s, name)));
            }
        }
        return CompletableFuture.failedStage(new UnixctlException("no such interface"));
    }

    private static EgressQueues egress(Slot slot, String name) {
        for (BridgePort port : slot.running().bridge().allPorts()) {
            boolean local = port.config().number() == OfPort.LOCAL && slot.name().equals(name);
            if (local || port.config().name().equals(name)) {
                return port.datapathPort().egress();
            }
        }
        return null;
    }

    private static String types() {
        StringBuilder b = new StringBuilder();
        QosSettings.TYPES.forEach(t -> b.append("QoS type: ").append(t).append('\n'));
        return b.toString();
    }

    private static String show(String name, EgressQueues egress) {
        if (egress == null) {
            return "QoS not configured on %s\n".formatted(name);
        }
        PortQos qos = egress.qos();
        StringBuilder b = new StringBuilder("QoS: %s %s\n".formatted(name, qos.type()));
        PortQos.Rate all = qos.rate();
        if (qos.queues().isEmpty()) {
            b.append("cir: %d\n".formatted(all.bitsPerSecond() / 8));
            b.append("cbs: %d\n".formatted(all.burstBits() / 8));
        } else {
            rate(b, "max-rate", all);
        }
        for (QueueCounters c : egress.counters()) {
            b.append(c.queue() == 0 ? "\nDefault:\n" : "\nQueue %d:\n".formatted(c.queue()));
            PortQos.Queue queue = qos.queues().get(c.queue());
            rate(b, "  min-rate", queue.least());
            rate(b, "  max-rate", queue.most());
            long burst = Math.max(queue.least().burstBits(), queue.most().burstBits());
            b.append(burst == 0 ? "" : "  burst: %d\n".formatted(burst));
            b.append("  tx_packets: %d\n".formatted(c.packets()));
            b.append("  tx_bytes: %d\n".formatted(c.bytes()));
            b.append("  tx_errors: %d\n".formatted(c.errors()));
        }
        return b.toString();
    }

    private static void rate(StringBuilder b, String name, PortQos.Rate rate) {
        b.append(rate.bitsPerSecond() == 0 ? "" : "%s: %d\n".formatted(name, rate.bitsPerSecond()));
    }
}
