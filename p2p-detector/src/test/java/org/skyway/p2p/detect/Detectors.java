package org.skyway.p2p.detect;

import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// Detectors for tests, from text.
final class Detectors {
    private Detectors() {}

    /// A detector for ports 1 to `ports`, all up, and lines of flows and groups; updated.
    static P2pDetector of(int ports, String... lines) {
        return withPorts(ports, lines).detector;
    }

    /// The same with the ports that it looks at.
    static PortBook withPorts(int ports, String... lines) {
        PortBook book = new PortBook();
        P2pDetector detector = book.detector;
        for (int port = 1; port <= ports; port++) {
            book.put(port, 0);
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
        return book;
    }
}
