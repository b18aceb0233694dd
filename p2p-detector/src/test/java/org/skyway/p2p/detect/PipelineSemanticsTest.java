package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// What single actions and instructions mean for port 1 of four. Flows are separated by `;`.
class PipelineSemanticsTest {
    private static Verdict verdict(String pipeline) {
        String[] lines = pipeline.split(";");
        return Bridges.of(4, Arrays.stream(lines).map(String::strip).toArray(String[]::new))
                .verdict(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "in_port=1,actions=output:2",
                "actions=output:2",
                "in_port=1,actions=write_actions(output:2)",
                "in_port=1,actions=write_actions(output:3),goto_table:1; table=1,actions=write_actions(output:2)",
                "in_port=1,actions=write_actions(output:3),goto_table:1; table=1,actions=output:2,clear_actions",
                "in_port=1,actions=write_metadata:0x5/0xf,goto_table:1; table=1,metadata=5,actions=2; table=1,priority=1,actions=drop",
                "in_port=1,actions=set_field:7->reg3,resubmit(,2); table=2,reg3=7,actions=2",
                "in_port=1,actions=resubmit(3,2); table=2,in_port=3,actions=2; table=2,in_port=1,actions=drop",
                "in_port=1,actions=resubmit(,9),output:2",
                "in_port=1,actions=set_field:0->in_port_oxm,output:2",
                "in_port=1,actions=set_field:2->in_port_oxm,in_port",
                "in_port=1,actions=output:1,output:2",
                "in_port=1,actions=output:7,output:2",
                "in_port=1,actions=group:1; group_id=1,type=indirect,bucket=actions=output:2",
                "in_port=1,actions=group:1,set_field:02:00:00:00:00:01->eth_dst; group_id=1,type=all,bucket=actions=group:2; group_id=2,type=all,bucket=actions=output:2",
                "in_port=1,actions=group:1,output:2; group_id=1,type=all,bucket=actions=set_field:02:00:00:00:00:01->eth_dst",
                "in_port=1,actions=write_actions(group:1,output:3); group_id=1,type=all,bucket=actions=output:2",
                "in_port=1,actions=group:1; group_id=1,type=ff,bucket=watch_port:9,actions=output:3,bucket=watch_port:2,actions=output:2",
                "in_port=1,actions=group:1; group_id=1,type=ff,bucket=watch_group:2,actions=output:3,bucket=watch_port:2,actions=output:2; group_id=2,type=ff,bucket=watch_port:9,actions=drop",
                "in_port=1,actions=group:1; group_id=1,type=select,bucket=weight:0,actions=output:3,bucket=actions=output:2",
                "in_port=1,actions=output:2,push_vlan:0x8100",
                "in_port=1,vlan_tci=0/0x1000,actions=push_vlan:0x8100,push_vlan:0x8100,push_vlan:0x8100,pop_vlan,pop_vlan,pop_vlan,output:2; priority=1,in_port=1,actions=2",
                "priority=9,in_port=1,vlan_tci=0x1000/0x1000,actions=push_vlan:0x8100,pop_vlan,output:2; priority=1,in_port=1,actions=output:2",
                "priority=9,in_port=1,vlan_tci=0x1000/0x1000,actions=output:2; priority=1,in_port=1,actions=load:0->vlan_tci[],output:2",
                "priority=9,in_port=1,vlan_tci=0x1000/0x1000,actions=output:2; priority=1,in_port=1,actions=set_field:5/0xfff->vlan_vid,output:2",
                "priority=9,in_port=1,vlan_tci=0x1000/0x1000,actions=output:2; priority=1,in_port=1,actions=load:0x1005->vlan_tci[],pop_vlan,output:2",
                "priority=9,in_port=1,dl_vlan=5,actions=load:5->vlan_tci[0..11],output:2; priority=1,in_port=1,actions=output:2",
                "in_port=1,actions=load:2->reg0[],output:reg0[]",
                "in_port=1,actions=load:0x10003->reg0[],output:reg0[],output:2",
                "in_port=1,actions=load:0x00010003->reg0[],output:reg0[16..31],output:2",
                "in_port=1,actions=load:0xffffffff->reg0[],output:reg0[],output:2",
                "in_port=1,actions=load:0xffff->reg0[],output:reg0[],output:2",
                "in_port=1,actions=load:0xfff7->reg0[],output:reg0[],output:2",
                "in_port=1,actions=output:2,goto_table:5",
                "in_port=1,actions=resubmit(,1),output:2; table=1,actions=goto_table:4",
                "priority=1,in_port=1,actions=write_actions(resubmit(1,255)),goto_table:1; table=1,actions=write_metadata:1,goto_table:2; table=2,actions=write_metadata:1; priority=9,in_port=1,metadata=1,actions=output:2",
                "in_port=1,actions=write_actions(output:2),goto_table:1; table=1,actset_output=2,actions=write_metadata:1; table=1,priority=1,actions=clear_actions",
                "in_port=1,actions=write_actions(group:1),goto_table:1; table=1,actset_output=2,actions=clear_actions; table=1,priority=1,actions=drop; group_id=1,type=all,bucket=actions=output:2",
                "in_port=1,actions=output:2,clone(exit),output:3",
                "in_port=1,actions=group:2; group_id=2,type=all,bucket=actions=resubmit(,2); table=2,actions=write_actions(output:2)",
                "in_port=1,actions=group:1,output:2; group_id=1,type=all,bucket=actions=resubmit(,1); table=1,actions=exit,output:3",
                "priority=9,in_port=1,tcp,ip_frag=first,tcp_dst=80,actions=output:3; priority=1,in_port=1,actions=output:2",
                "in_port=1,actions=push:eth_src[],set_field:02:00:00:00:00:01->eth_src,pop:eth_src[],output:2",
                "in_port=1,actions=move:eth_dst[]->xxreg0[0..47],set_field:02:00:00:00:00:01->eth_dst,move:xxreg0[0..47]->eth_dst[],output:2",
                "in_port=1,actions=clone(push_vlan:0x8100,set_field:02:00:00:00:00:01->eth_src),output:2",
                "in_port=1,actions=load:2->reg0[],output:reg0[0..15]",
                "in_port=1,actions=mod_vlan_vid:5,strip_vlan,output:2",
                "in_port=1,actions=clone(pop_vlan),output:2",
                "in_port=1,arp,actions=dec_ttl,output:2; priority=1,in_port=1,actions=2",
                "in_port=1,actions=set_field:5->tun_id,set_field:1->pkt_mark,output:2",
                "in_port=1,actions=note:0102,output:2,exit",
                "priority=9,in_port=1,metadata=1,actions=drop; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,ip,ip_frag=0x2/0x3,actions=drop; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,vlan_tci=0x0004/0x1004,actions=drop; priority=8,in_port=1,actions=2"
            })
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
    @ValueSource(
            strings = {
                "in_port=1,actions=drop",
                "in_port=1,actions=output:1",
                "in_port=1,actions=in_port",
                "in_port=1,actions=set_field:0->in_port_oxm,output:1",
                "in_port=1,actions=NORMAL",
                "in_port=1,actions=output:2,output:2",
                "in_port=1,actions=output:2,CONTROLLER",
                "in_port=1,actions=output:2,controller(max_len=10)",
                "in_port=1,actions=meter:1,output:2",
                "in_port=1,actions=set_queue:1,output:2",
                "in_port=1,actions=enqueue:2:1",
                "in_port=1,actions=learn(table=1,NXM_OF_ETH_SRC[]),output:2",
                "in_port=1,actions=ALL",
                "in_port=1,actions=write_actions(output:2),exit",
                "in_port=1,actions=write_actions(output:2),goto_table:1",
                "in_port=1,actions=dec_ttl,output:2",
                "in_port=1,actions=output:2,dec_ttl",
                "in_port=1,actions=push_vlan:0x8100,output:2",
                "in_port=1,dl_vlan=5,actions=push_vlan:0x8100,set_field:0x1005->vlan_vid,output:2; priority=1,in_port=1,actions=2",
                "in_port=1,actions=pop_vlan,output:2",
                "in_port=1,actions=mod_vlan_pcp:0,output:2",
                "in_port=1,actions=push_mpls:0x8847,output:2",
                "in_port=1,actions=move:eth_src[]->eth_dst[],output:2",
                "in_port=1,actions=output:reg0[]",
                "in_port=1,actions=load:0x10002->reg0[],output:reg0[]",
                "in_port=1,actions=load:0xfff8->reg0[],output:reg0[]",
                "in_port=1,actions=load:0xfffd->reg0[0..15],output:reg0[0..15],output:2",
                "in_port=1,actions=load:0xfffd->reg0[],output:reg0[],output:2",
                "in_port=1,actions=load:0xfffffffd->reg0[],output:reg0[]",
                "in_port=1,actions=push_vlan:0x8100,push_vlan:0x8100,pop_vlan,pop_vlan,output:2",
                "in_port=1,actions=load:0->vlan_tci[],output:2",
                "in_port=1,dl_vlan=5,dl_vlan_pcp=0,actions=load:0->vlan_tci[],load:0x1005->vlan_tci[],output:2; priority=1,in_port=1,actions=2",
                "in_port=1,actions=write_actions(output:2),goto_table:1; table=1,actions=clone(note:01)",
                "in_port=1,actions=write_actions(resubmit(1,255)),goto_table:1; table=1,priority=9,metadata=1,actions=output:2; table=1,priority=1,actions=write_metadata:1; priority=65535,in_port=1,metadata=1,actions=drop",
                "priority=9,in_port=1,tcp,ip_frag=first,actions=set_field:0->tcp_dst,output:2; priority=1,in_port=1,actions=output:2",
                "priority=9,in_port=1,udp,ip_frag=first,udp_dst=0,actions=set_field:0->udp_dst,output:2; priority=1,in_port=1,actions=output:2",
                "priority=9,in_port=1,tcp,ip_frag=first,tcp_dst=0,actions=output:3; priority=1,in_port=1,actions=output:2",
                "in_port=1,actions=output:2,move:tcp_dst[]->reg0[0..15],resubmit(,1); table=1,priority=9,reg0=80,actions=output:3",
                "in_port=1,actions=clone(exit),output:2",
                "in_port=1,actions=clone(group:1),output:2; group_id=1,type=select,bucket=actions=set_field:02:00:00:00:00:01->eth_dst,output:7",
                "in_port=1,actions=push_vlan:0x8100,group:1,pop_vlan,output:2; group_id=1,type=select,bucket=actions=output:7",
                "in_port=1,actions=clone(resubmit(,1)),output:2; table=1,actions=write_actions(output:3)",
                "in_port=1,actions=group:1,output:2; group_id=1,type=all,bucket=actions=resubmit(,1); table=1,actions=write_actions(output:2)",
                "in_port=1,actions=push_vlan:0x8100,resubmit(,1),pop_vlan,output:2; table=1,dl_vlan=5,actions=output:3",
                "in_port=1,actions=move:eth_dst[0..15]->reg0[0..15],output:reg0[0..15]",
                "in_port=1,actions=resubmit(,0)",
                "in_port=1,actions=group:1",
                "in_port=1,actions=group:1; group_id=1,type=all,bucket=actions=group:1",
                "in_port=1,actions=group:1; group_id=1,type=select,bucket=actions=output:2,bucket=actions=output:3",
                "in_port=1,actions=group:1; group_id=1,type=all,bucket=actions=output:2,bucket=actions=output:3",
                "in_port=1,actions=conjunction(1,1/2); conj_id=1,actions=2; priority=1,actions=2",
                "in_port=1,actions=ct(commit),output:2",
                "priority=9,in_port=1,tcp,tcp_flags=+syn,actions=drop; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,ipv6,ipv6_dst=2001:db8::1,actions=3; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,mpls,mpls_bos=0,actions=3; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,eth_type=0x05ff,actions=3; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,ip,ip_frag=later,actions=3; priority=8,in_port=1,actions=2",
                "priority=9,in_port=1,icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1,actions=3; priority=8,in_port=1,actions=2"
            })
    void isNoLink(String pipeline) {
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, verdict(pipeline));
        assertTrue(none.reason().length() > 8, none.reason());
    }

    @Test
    void floodsOnABridgeOfTwoPortsReachOnlyTheOther() {
        P2pDetector two = Bridges.of(2, "actions=FLOOD");
        assertEquals(2, assertInstanceOf(Verdict.Link.class, two.verdict(1)).to());
        assertEquals(1, assertInstanceOf(Verdict.Link.class, two.verdict(2)).to());
        two.portChanged(Bridges.port(OfPort.LOCAL, 0));
        two.update();
        assertInstanceOf(Verdict.NoLink.class, two.verdict(1));
        two.portChanged(Bridges.port(OfPort.LOCAL, PortState.NO_FLOOD));
        two.update();
        assertInstanceOf(Verdict.Link.class, two.verdict(1));
    }

    @Test
    void followsFastFailoverWhenAWatchedPortGoesDown() {
        P2pDetector detector =
                Bridges.of(
                        4,
                        "in_port=1,actions=group:1",
                        "group_id=1,type=ff,bucket=watch_port:2,actions=output:2,bucket=watch_port:3,actions=output:3");
        Verdict.Link first = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(2, first.to());
        assertEquals(hits(0), first.groups());
        detector.portChanged(Bridges.port(2, PortState.PORT_DOWN));
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
                Bridges.of(
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
        P2pDetector detector = Bridges.of(2, "in_port=1,actions=2");
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
                Bridges.of(
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
        P2pDetector detector = Bridges.of(2, "in_port=1,actions=output:2,goto_table:1");
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        detector.missToController(true);
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void countsTheTablesThatAreLookedUpInVain() {
        P2pDetector detector = Bridges.of(2, "in_port=1,actions=resubmit(,3),output:2");
        Verdict.Link link = assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertEquals(List.of(0, 3), link.lookups());
        assertEquals(1, link.path().size());
    }
}
