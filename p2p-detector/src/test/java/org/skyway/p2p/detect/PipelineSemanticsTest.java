package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// What single actions and instructions mean for port 1 of four. Flows are separated by `;`.
class PipelineSemanticsTest {
    private static Verdict verdict(String pipeline) {
        String[] lines = pipeline.split(";");
        return Detectors.of(4, Arrays.stream(lines).map(String::strip).toArray(String[]::new))
                .verdict(1);
    }

    @ParameterizedTest
    @FieldSource("org.skyway.p2p.detect.SemanticsCases#LINKS")
    void isALinkToPort2(String pipeline) {
        Verdict verdict = verdict(pipeline);
        int to =
                switch (verdict) {
                    case Verdict.Link link -> link.to();
                    case Verdict.NotTaken link -> link.to();
                    case Verdict.NoLink none -> throw new AssertionError(none.toString());
                };
        assertEquals(2, to);
    }

    @ParameterizedTest
    @FieldSource("org.skyway.p2p.detect.SemanticsCases#NO_LINKS")
    void isNoLink(String pipeline) {
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, verdict(pipeline));
        assertTrue(none.reason().length() > 8, none.reason());
    }

    @Test
    void floodsOnABridgeOfTwoPortsReachOnlyTheOther() {
        PortBook ports = Detectors.withPorts(2, "actions=FLOOD");
        P2pDetector two = ports.detector;
        assertEquals(2, assertInstanceOf(Verdict.Link.class, two.verdict(1)).to());
        assertEquals(1, assertInstanceOf(Verdict.Link.class, two.verdict(2)).to());
        ports.put(OfPort.LOCAL, 0);
        two.update();
        assertInstanceOf(Verdict.NoLink.class, two.verdict(1));
        ports.put(OfPort.LOCAL, PortState.NO_FLOOD);
        two.update();
        assertInstanceOf(Verdict.Link.class, two.verdict(1));
    }

    @Test
    void followsFastFailoverWhenAWatchedPortGoesDown() {
        PortBook ports =
                Detectors.withPorts(
                        4,
                        "in_port=1,actions=group:1",
                        "group_id=1,type=ff,bucket=watch_port:2,actions=output:2,bucket=watch_port:3,actions=output:3");
        P2pDetector detector = ports.detector;
        Verdict.Link first = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(2, first.to());
        assertEquals(hits(0), first.groups());
        ports.put(2, PortState.PORT_DOWN);
        detector.update();
        Verdict.Link second = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(3, second.to());
        assertEquals(hits(1), second.groups());
    }

    private static List<Verdict.GroupHit> hits(int bucket) {
        return List.of(
                new Verdict.GroupHit(1, Verdict.GroupHit.WHOLE), new Verdict.GroupHit(1, bucket));
    }

    @Test
    void countsAGroupOnceHoweverManyBucketsItHas() {
        P2pDetector detector =
                Detectors.of(
                        2,
                        "in_port=1,actions=group:1",
                        "group_id=1,type=all,bucket=actions=output:2,bucket=actions=output:7");
        Verdict.Link link = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(
                List.of(
                        new Verdict.GroupHit(1, Verdict.GroupHit.WHOLE),
                        new Verdict.GroupHit(1, 0),
                        new Verdict.GroupHit(1, 1)),
                link.groups());
    }

    @Test
    void dropsFragmentsWhereTheSwitchDoes() {
        P2pDetector detector = Detectors.of(2, "in_port=1,actions=2");
        detector.fragments(FragmentHandling.DROPPED);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        detector.fragments(FragmentHandling.NORMAL);
        detector.update();
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
    }

    @Test
    void matchesPortsOfFragmentsWhereTheSwitchDoes() {
        P2pDetector detector =
                Detectors.of(
                        3,
                        "priority=9,in_port=1,tcp,ip_frag=first,tcp_dst=80,actions=output:3",
                        "priority=1,in_port=1,actions=output:2");
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        detector.fragments(FragmentHandling.MATCHED);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void hasNoLinkWhereMissesAreToldToControllers() {
        P2pDetector detector = Detectors.of(2, "in_port=1,actions=output:2,goto_table:1");
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        detector.missToController(true);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void hasNoLinkWhileMissesGoOnToTheNextTable() {
        P2pDetector detector = Detectors.of(2, "in_port=1,actions=output:2");
        detector.missesGoOn(true);
        detector.update();
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        assertEquals(
                "packets that no entry of some table matches go on to the next table",
                none.reason());
        detector.missesGoOn(false);
        detector.update();
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
    }

    @Test
    void countsTheTablesThatAreLookedUpInVain() {
        P2pDetector detector = Detectors.of(2, "in_port=1,actions=resubmit(,3),output:2");
        Verdict.Link link = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(List.of(0, 3), link.lookups());
        assertEquals(1, link.path().size());
    }
}
