package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowText;

class ExplanationTest {
    @Test
    void namesTheShadowedRuleOfThePrototypesExample() {
        P2pDetector detector =
                Detectors.of(
                        2,
                        "priority=100,in_port=1,actions=output:2",
                        "priority=1,in_port=1,tcp,actions=drop");
        Explanation why = detector.explain(1);
        assertEquals("all packets of port 1 leave unchanged at port 2", why.summary());
        assertEquals(List.of("table=0,priority=100,in_port=1 actions=output:2"), why.entries());
        assertEquals(List.of("table=0,priority=1,tcp,in_port=1 actions=drop"), why.shadowed());
        assertTrue(why.text().contains("do not matter"), why.text());
    }

    @Test
    void showsAPacketThatBreaksTheLink() {
        P2pDetector detector =
                Detectors.of(
                        3,
                        "priority=100,in_port=1,udp,tp_dst=53,actions=output:3",
                        "priority=1,in_port=1,actions=output:2");
        Explanation why = detector.explain(1);
        assertEquals(1, why.entries().size());
        long[] key = FrameParser.parse(HexFormat.of().parseHex(why.hex()), 1);
        Trace trace = detector.trace(key);
        Trace.Lookup hit = trace.steps().getFirst();
        assertEquals(FlowText.print(hit.hit()), why.entries().getFirst());
    }

    @Test
    void tracesAPacketThroughTheTables() {
        P2pDetector detector =
                Detectors.of(
                        3,
                        "in_port=1,ip,actions=write_metadata:1,goto_table:4",
                        "table=4,metadata=1,actions=resubmit(,5),output:3");
        Trace trace = detector.trace(SmallPackets.key("in_port=1,ip,nw_dst=10.0.0.1"));
        assertEquals("leaves unchanged at port 3", trace.end());
        assertEquals(List.of(0, 4, 5), trace.steps().stream().map(Trace.Lookup::table).toList());
        assertEquals(
                "no entry of table 0 matches",
                detector.trace(SmallPackets.key("in_port=1,arp")).end());
        assertTrue(trace.text().contains("table 5: no entry matches"), trace.text());
    }

    @Test
    void explainsOnlyCandidates() {
        assertThrows(IllegalArgumentException.class, () -> Detectors.of(1).explain(9));
    }
}
