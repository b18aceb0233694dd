package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;

class P2pDetectorTest {
    private final PortBook ports = Detectors.withPorts(4);
    private final P2pDetector detector = ports.detector;

    private static FlowRule rule(int priority, Match match, Action... actions) {
        return new FlowRule(0, priority, match, Instructions.apply(actions));
    }

    private static Match.Builder in(int port) {
        return Match.builder().exact(Field.IN_PORT, port);
    }

    private static Action to(int port) {
        return new Action.Output(port, 0xffff);
    }

    private Verdict add(FlowRule... rules) {
        for (FlowRule rule : rules) {
            detector.ruleAdded(rule);
        }
        detector.update();
        return detector.verdict(1);
    }

    @Test
    void dropsWithoutRules() {
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        assertEquals("packets are dropped: no entry of table 0 matches", none.reason());
        assertNotNull(none.example());
    }

    @Test
    void findsTheLinkOfOneRuleAboutTheIngressPort() {
        FlowRule rule = rule(100, in(1).build(), to(2));
        Verdict.Link link = assertInstanceOf(Verdict.Link.class, add(rule));
        assertEquals(2, link.to());
        assertEquals(List.of(rule), link.path());
        assertEquals(List.of(0), link.lookups());
    }

    @Test
    void ignoresARuleThatNoPacketCanHit() {
        FlowRule rule = rule(100, in(1).build(), to(2));
        FlowRule shadowed = rule(1, Match.ANY, to(3));
        assertEquals(
                List.of(rule), assertInstanceOf(Verdict.Link.class, add(rule, shadowed)).path());
    }

    @Test
    void seesTheRuleThatTakesSomePacketsElsewhere() {
        FlowRule special = rule(200, in(1).exact(Field.ETH_TYPE, 0x0806).build(), to(3));
        Verdict.NoLink none =
                assertInstanceOf(
                        Verdict.NoLink.class, add(rule(100, in(1).build(), to(2)), special));
        assertTrue(none.reason().contains("others at port"), none.reason());
        detector.ruleRemoved(special);
        assertEquals(1, detector.update().size());
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
    }

    @Test
    void reportsTwoHalvesThatAgreeAsNotTaken() {
        Match.Builder low = in(1).exact(Field.ETH_TYPE, 0x0800).masked(Field.IPV4_SRC, 0, 1L << 31);
        Match.Builder high =
                in(1).exact(Field.ETH_TYPE, 0x0800).masked(Field.IPV4_SRC, 1L << 31, 1L << 31);
        FlowRule a = rule(20, low.build(), to(2));
        FlowRule b = rule(20, high.build(), to(2));
        FlowRule covered = rule(10, in(1).exact(Field.ETH_TYPE, 0x0800).build(), to(3));
        FlowRule rest = rule(1, in(1).build(), to(2));
        Verdict.NotTaken link = assertInstanceOf(Verdict.NotTaken.class, add(a, b, covered, rest));
        assertEquals(2, link.to());
        assertTrue(link.entries().size() >= 2 && !link.entries().contains(covered));
    }

    @Test
    void knowsThatNoPacketHasAFieldWithoutItsPrerequisite() {
        // The IPv6 words are zero in every IPv4 packet, so the second rule can't be hit.
        Match ipv4 = in(1).exact(Field.ETH_TYPE, 0x0800).build();
        Match impossible = in(1).exact(Field.ETH_TYPE, 0x0800).masked(Field.IPV6_SRC, 1, 1).build();
        FlowRule all = rule(1, in(1).build(), to(2));
        assertInstanceOf(Verdict.Link.class, add(all, rule(5, impossible, to(3))));
        assertInstanceOf(Verdict.NotTaken.class, add(rule(3, ipv4, to(2))));
    }

    @Test
    void needsBothPortsUp() {
        add(rule(1, in(1).build(), to(2)));
        ports.put(2, PortState.NO_FWD);
        assertEquals(List.of(1), detector.update().stream().map(Change::port).toList());
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        ports.put(2, 0);
        detector.update();
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        ports.put(1, PortState.NO_RECV);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void takesNoPacketBackToWhereItCameFrom() {
        assertInstanceOf(Verdict.NoLink.class, add(rule(1, in(1).build(), to(1))));
        detector.ruleAdded(rule(2, in(1).build(), to(OfPort.IN_PORT)));
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void portOfAnyProtocolIsRewrittenInPacketsThatHaveOne() {
        Action set = new Action.SetPort(true, 80);
        FlowRule copy = rule(1, in(1).build(), new Action.Clone(List.of(set)), to(2));
        assertInstanceOf(Verdict.Link.class, add(copy));
        FlowRule arp = rule(9, in(1).exact(Field.ETH_TYPE, 0x0806).build(), set, to(2));
        assertInstanceOf(Verdict.NotTaken.class, add(arp));
        for (int protocol : new int[] {6, 17, 132, 1}) {
            Match.Builder some = in(1).exact(Field.ETH_TYPE, 0x0800);
            FlowRule other = rule(9, some.exact(Field.IP_PROTO, protocol).build(), set, to(2));
            assertInstanceOf(Verdict.NoLink.class, add(other), "protocol " + protocol);
            detector.ruleRemoved(other);
        }
        Match.Builder gre = in(1).exact(Field.ETH_TYPE, 0x0800).exact(Field.IP_PROTO, 47);
        assertInstanceOf(Verdict.NotTaken.class, add(rule(9, gre.build(), set, to(2))));
    }

    @Test
    void keepsTheLinkWhenAWriteChangesNothing() {
        Match match = in(1).exact(Field.ETH_DST, 0x020000000001L).build();
        FlowRule same = rule(9, match, new Action.SetField(Field.ETH_DST, 0x020000000001L), to(2));
        assertInstanceOf(Verdict.NotTaken.class, add(same, rule(1, in(1).build(), to(2))));
        FlowRule other = rule(9, match, new Action.SetField(Field.ETH_DST, 0x020000000002L), to(2));
        detector.ruleReplaced(same, other);
        detector.update();
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        assertEquals("packets leave changed: eth_dst", none.reason());
        assertEquals(0x020000000001L, Field.ETH_DST.get(none.example()));
    }

    @Test
    void doesNotDecideAboutPortsThatARuleDoesNotTouch() {
        add(rule(100, in(1).build(), to(2)));
        long before = detector.decisions();
        add(rule(100, in(3).build(), to(4)), rule(1, in(1).build(), to(4)));
        assertEquals(before + 1, detector.decisions());
    }

    @Test
    void takesOnlyLinksBetweenPortsThatAreThereAndNotHeld() {
        add(rule(1, in(1).build(), to(2)));
        ports.remove(2);
        List<Change> changes = detector.update();
        assertEquals(List.of(2, 1), changes.stream().map(Change::port).toList());
        assertNull(changes.getFirst().after());
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        ports.put(2, 0);
        detector.update();
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        detector.hold(2, "port 2 is mirrored");
        detector.update();
        assertEquals(
                "port 2 is mirrored",
                assertInstanceOf(Verdict.NotTaken.class, detector.verdict(1)).reason());
    }

    @Test
    void sendsNothingToAPortThatItWasNotToldOf() {
        ports.ports.put(OfPort.LOCAL, PortState.of(OfPort.LOCAL, "br0", 9));
        assertInstanceOf(Verdict.Link.class, add(rule(1, in(1).build(), to(2), to(OfPort.LOCAL))));
        detector.portAdded(OfPort.LOCAL);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void decidesOnlyAboutPortsWhereTheChangeMatters() {
        add(rule(1, in(1).build(), to(2)));
        long before = detector.decisions();
        PortState old = ports.ports.get(2);
        PortState readdressed = old.withMac(5);
        ports.ports.put(2, readdressed);
        detector.portChanged(old, readdressed);
        assertEquals(List.of(), detector.update());
        assertEquals(before, detector.decisions());
    }

    @Test
    void decidesOnceAboutABundleOfChanges() {
        P2pDetector bundled = Detectors.of(2, "in_port=1,actions=2");
        long before = bundled.decisions();
        // On its way the bundle has no rule, a wrong one, and the same link again.
        FlowRule link = FlowText.parse("in_port=1,actions=2");
        FlowRule other = FlowText.parse("in_port=1,actions=drop");
        bundled.ruleReplaced(link, other);
        bundled.ruleRemoved(other);
        bundled.ruleAdded(link);
        bundled.ruleAdded(FlowText.parse("priority=1,in_port=1,actions=drop"));
        assertEquals(List.of(), bundled.update());
        assertEquals(before + 1, bundled.decisions());
    }

    @Test
    void refusesToForgetARuleItNeverKnew() {
        assertThrows(
                IllegalArgumentException.class,
                () -> detector.ruleRemoved(rule(1, in(1).build(), to(2))));
    }
}
