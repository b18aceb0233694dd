package org.skyway.p2p.detect;

import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// Detectors for tests, from text.
final class Detectors {
    private Detectors() {}

    /// A detector for ports 1 to `ports`, all up, and lines of flows and groups; updated.
    static P2pDetector of(int ports, String... lines) {
        P2pDetector detector = new P2pDetector();
        for (int port = 1; port <= ports; port++) {
            detector.portChanged(port(port, 0));
            detector.candidate(port, true);
        }
        for (String line : lines) {
            if (line.startsWith("group_id")) {
                var group = GroupText.parse(line);
                detector.groupChanged(group.id(), group);
            } else {
                detector.ruleInstalled(FlowText.parse(line));
            }
        }
        detector.update();
        return detector;
    }

    static PortState port(int number, int config) {
        return PortState.of(number, "p" + number, number).withConfig(config);
    }
}
