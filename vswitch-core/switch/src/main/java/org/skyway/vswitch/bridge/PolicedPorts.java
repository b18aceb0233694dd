package org.skyway.vswitch.bridge;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.tables.Policing;

/// Which ports may send so much only. Ofproto thread.
final class PolicedPorts {
    private final Map<BridgePort, Policing> limits = new HashMap<>();

    PolicedPorts() {}

    /// Has ports keep to limits.
    ///
    /// @param now by name; the others have none
    /// @param ports all there are
    /// @return whether any port has another limit than before
    boolean police(Map<String, Policing> now, Collection<BridgePort> ports) {
        boolean changed = limits.keySet().retainAll(ports);
        for (BridgePort port : ports) {
            Policing limit = now.getOrDefault(port.config().name(), Policing.NONE);
            Policing before = limits.getOrDefault(port, Policing.NONE);
            if (limit.equals(before)) {
                continue;
            }
            changed = true;
            port.datapathPort().police(limit);
            if (limit.equals(Policing.NONE)) {
                limits.remove(port);
            } else {
                limits.put(port, limit);
            }
        }
        return changed;
    }

    /// Why ports' packets must pass the switch, by number.
    Map<Integer, String> why(Collection<BridgePort> ports) {
        Map<Integer, String> all = new HashMap<>();
        for (BridgePort port : ports) {
            if (limits.containsKey(port)) {
                int number = port.config().number();
                all.put(number, "what port %s sends is policed".formatted(OfPort.name(number)));
            }
        }
        return all;
    }
}
