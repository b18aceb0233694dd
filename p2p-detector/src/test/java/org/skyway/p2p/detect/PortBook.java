package org.skyway.p2p.detect;

import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.model.PortState;

/// A detector with the ports that it looks at, as a switch would have them.
final class PortBook {
    final Map<Integer, PortState> ports = new TreeMap<>(Integer::compareUnsigned);
    final P2pDetector detector = new P2pDetector(() -> ports);

    /// Adds or changes a port.
    ///
    /// @param config OFPPC_ bits
    void put(int number, int config) {
        PortState now = PortState.of(number, "p" + number, number).withConfig(config);
        PortState old = ports.put(number, now);
        if (old == null) {
            detector.portAdded(number);
        } else {
            detector.portChanged(old, now);
        }
    }

    /// Removes a port, if it is there.
    void remove(int number) {
        ports.remove(number);
        detector.portRemoved(number);
    }
}
