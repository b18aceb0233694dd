package org.skyway.vswitch.bridge;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.datapath.EgressQueues;
import org.skyway.vswitch.tables.PortQos;

/// Which ports may be sent so much only. Ofproto thread.
final class LimitedPorts {
    private final Set<BridgePort> limited = new HashSet<>();

    LimitedPorts() {}

    /// Has ports be sent no more than so much.
    ///
    /// @param now by name; the others have no limit
    /// @param ports all there are
    /// @return whether any port has another limit than before
    boolean limit(Map<String, PortQos> now, Collection<BridgePort> ports) {
        boolean changed = limited.retainAll(ports);
        for (BridgePort port : ports) {
            PortQos limit = now.get(port.config().name());
            EgressQueues before = port.datapathPort().egress();
            if (limit == null && before != null) {
                port.datapathPort().limit(null);
                changed |= limited.remove(port);
            } else if (limit != null && (before == null || !before.qos().equals(limit))) {
                port.datapathPort().limit(new EgressQueues(limit, before, System.nanoTime()));
                limited.add(port);
                changed = true;
            }
        }
        return changed;
    }

    /// What there is.
    ///
    /// @return by number
    Map<Integer, PortQos> all() {
        Map<Integer, PortQos> all = new HashMap<>();
        limited.forEach(p -> all.put(p.config().number(), p.datapathPort().egress().qos()));
        return all;
    }

    /// Why ports' packets must pass the switch, by number.
    Map<Integer, String> why() {
        Map<Integer, String> all = new HashMap<>();
        all().forEach((number, qos) ->
                all.put(
                        number,
                        "what port %s is sent is limited by a QoS of type %s"
                                .formatted(OfPort.name(number), qos.type())));
        return all;
    }
}
