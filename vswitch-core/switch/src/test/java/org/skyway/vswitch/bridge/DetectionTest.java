package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

class DetectionTest {
    private final Tables tables = new Tables();
    private final Faults faults = new Faults();
    private final Detection detection = new Detection(tables, faults);
    private final List<BridgePort> ports = new ArrayList<>();

    DetectionTest() {
        tables.port(PortState.of(OfPort.LOCAL, "br0", 9)); // no interface of the host
        for (int number = 1; number <= 2; number++) {
            PortState state = PortState.of(number, "p" + number, number);
            PortConfig config = new PortConfig(number, PortConfig.Type.DPDKR, "p" + number);
            DpdkrPort port = new DpdkrPort(number, 1, CounterMemory.ofProcess());
            ports.add(new BridgePort(config, port, tables));
            tables.port(state);
            detection.portAdded(number);
        }
        FlowRule rule = FlowText.parse("in_port=1,actions=output:2,output:LOCAL");
        tables.put(new FlowEntry(rule, 0, 0, new FlowCounters(1)));
        detection.ruleAdded(rule);
        detection.update();
    }

    private Verdict anew() {
        P2pDetector fresh = detection.lookingAt(tables, tables::ports, ports);
        fresh.update();
        return fresh.verdict(1);
    }

    @Test
    void oneThatIsMadeAnewKnowsThePortsAsTheyAreByNow() {
        assertInstanceOf(Verdict.Link.class, anew());
        assertEquals(detection.verdict(1), anew());
        PortState up = tables.port(2);
        PortState down = up.withState(PortState.LINK_DOWN);
        tables.port(down);
        detection.portChanged(up, down);
        detection.update();
        assertInstanceOf(Verdict.NoLink.class, anew());
        assertEquals(detection.verdict(1), anew());
    }

    @Test
    void oneThatFailsKnowsOfNoLink() {
        detection.portChanged(null, null);
        assertTrue(faults.total() > 0);
        assertNull(detection.verdict(1));
        assertEquals(List.of(), detection.verdicts());
    }
}
