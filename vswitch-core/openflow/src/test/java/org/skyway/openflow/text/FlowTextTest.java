package org.skyway.openflow.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

class FlowTextTest {
    @Test
    void readsTableAndPriorityAndDefaults() {
        FlowRule rule = FlowText.parse("table=3,priority=100,in_port=1,actions=output:2");
        assertEquals(3, rule.table());
        assertEquals(100, rule.priority());
        assertEquals(1, rule.match().exact(Field.IN_PORT));
        assertEquals(List.of(new Action.Output(2, 0)), rule.instructions().apply());
        FlowRule plain = FlowText.parse("actions=drop");
        assertEquals(0x8000, plain.priority());
        assertEquals(Match.ANY, plain.match());
        assertEquals(List.of(), plain.instructions().apply());
    }

    @Test
    void knowsProtocolsPrefixesAndMasks() {
        Match match = FlowText.parseMatch("tcp,nw_src=10.1.2.3/255.255.0.0,tp_dst=0x50/0xfff0");
        assertEquals(0x0800, match.exact(Field.ETH_TYPE));
        assertEquals(6, match.exact(Field.IP_PROTO));
        assertEquals(0x0a010000, match.valueOf(Field.IPV4_SRC));
        assertEquals(0xffff0000L, match.maskOf(Field.IPV4_SRC));
        assertEquals(0x50, match.valueOf(Field.TCP_DST));
        assertEquals(0xfff0, match.maskOf(Field.TCP_DST));
        Match six = FlowText.parseMatch("ipv6,ipv6_dst=2001:db8::/33");
        assertEquals(0x20010db800000000L, six.valueHighOf(Field.IPV6_DST));
        assertEquals(0xffffffff80000000L, six.maskHighOf(Field.IPV6_DST));
        assertEquals(0, six.maskOf(Field.IPV6_DST));
    }

    @Test
    void knowsTheWaysToMatchVlans() {
        assertEquals(0x100a, FlowText.parseMatch("dl_vlan=10").valueOf(Field.VLAN_TCI));
        assertEquals(0x1fff, FlowText.parseMatch("dl_vlan=10").maskOf(Field.VLAN_TCI));
        assertEquals(0x1fff, FlowText.parseMatch("dl_vlan=0xffff").maskOf(Field.VLAN_TCI));
        assertEquals(0x7000, FlowText.parseMatch("dl_vlan_pcp=3").valueOf(Field.VLAN_TCI));
        assertEquals(
                FlowKey.VLAN_PRESENT,
                FlowText.parseMatch("vlan_tci=0x1000/0x1000").maskOf(Field.VLAN_TCI));
        assertEquals(0x1fff, FlowText.parseMatch("vlan_vid=0").maskOf(Field.VLAN_TCI));
    }

    @Test
    void dropsFieldsWhosePrerequisiteIsNotMatched() {
        assertEquals(
                FlowText.parseMatch("in_port=1"), FlowText.parseMatch("in_port=1,nw_src=10.0.0.1"));
        assertEquals(FlowText.parseMatch("ip"), FlowText.parseMatch("ip,tp_src=80"));
        assertEquals(
                FlowText.parseMatch("arp,arp_spa=10.0.0.1"),
                FlowText.parseMatch("arp,nw_src=10.0.0.1"));
    }

    @Test
    void readsInstructions() {
        var instructions =
                FlowText.parse(
                                "actions=meter:3,push_vlan:0x8100,set_field:4097->vlan_vid,clear_actions,"
                                        + "write_actions(output:2,group:7),write_metadata:0x5/0xff,goto_table:9")
                        .instructions();
        assertEquals(3, instructions.meter());
        assertEquals(2, instructions.apply().size());
        assertTrue(instructions.clear());
        assertEquals(List.of(new Action.Output(2, 0), new Action.Group(7)), instructions.write());
        assertEquals(5, instructions.metadata());
        assertEquals(0xff, instructions.metadataMask());
        assertEquals(9, instructions.gotoTable());
    }

    @Test
    void pushesATagWhereNoneIsKnownToBe() {
        Action push = new Action.PushVlan(0x8100);
        Action vid5 = new Action.SetField(Field.VLAN_VID, 0x1005);
        assertEquals(List.of(push, vid5), FlowText.parseActions("mod_vlan_vid:5", Match.ANY));
        assertEquals(
                List.of(vid5),
                FlowText.parseActions("mod_vlan_vid:5", FlowText.parseMatch("dl_vlan=7")));
        assertEquals(
                List.of(
                        push,
                        vid5,
                        new Action.SetField(Field.VLAN_PCP, 2),
                        new Action.PopVlan(),
                        push,
                        new Action.SetField(Field.VLAN_PCP, 1)),
                FlowText.parseActions(
                        "mod_vlan_vid:5,mod_vlan_pcp:2,strip_vlan,mod_vlan_pcp:1", Match.ANY));
    }

    @Test
    void readsPlainPortsAndReservedOnes() {
        assertEquals(
                List.of(
                        new Action.Output(7, 0),
                        new Action.Output(OfPort.LOCAL, 0),
                        new Action.Output(OfPort.CONTROLLER, 128),
                        new Action.Output(OfPort.IN_PORT, 0)),
                FlowText.parseActions("7,LOCAL,CONTROLLER:128,in_port", Match.ANY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "table=0,priority=1 actions=drop",
                "table=1,priority=9,idle_timeout=5,hard_timeout=6,cookie=0xab,send_flow_rem,"
                        + "in_port=3,eth_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=output:2",
                "priority=7,icmp6,ipv6_src=fe80::/10,icmp_type=1 actions=NORMAL",
                "icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1,nd_sll=02:00:00:00:00:01 actions=1",
                "tcp6,tcp_flags=+syn-ack actions=in_port",
                "udp,ip_frag=not_later,nw_tos=184,nw_ecn=1,nw_ttl=64 actions=dec_ttl,output:1",
                "arp,arp_op=1,arp_sha=02:00:00:00:00:01,arp_tpa=10.0.0.0/8 actions=FLOOD",
                "mpls,mpls_label=17,mpls_tc=3,mpls_bos=1,mpls_ttl=9 actions=pop_mpls:0x0800",
                "dl_vlan=5,dl_vlan_pcp=2 actions=strip_vlan,mod_vlan_vid:7,set_vlan_pcp:3,ALL",
                "vlan_tci=0x1000/0x1003 actions=push_vlan:0x88a8,set_field:0x1005->vlan_vid",
                "metadata=0x5/0xf,reg3=0x1/0x1,tun_id=0x7 actions=load:0x3->NXM_NX_REG1[4..7],output:reg1[4..7]",
                "actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],push:reg0[],pop:reg1[],resubmit(2,5),resubmit:3",
                "actions=resubmit(,7),clone(set_field:1->reg0,output:3),note:0102,exit",
                "actions=controller(reason=action,max_len=64,id=3,userdata=aabb,pause)",
                "actions=learn(table=2,priority=3,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])",
                "actions=conjunction(5,1/2)",
                "conj_id=5 actions=set_queue:1,enqueue:3:2,fin_timeout(idle_timeout=1,hard_timeout=2)",
                "actions=multipath(symmetric_l4,1024,modulo_n,16,0,reg0[0..3])",
                "actions=bundle(eth_src,0,active_backup,ofport,members:1,2),bundle_load(eth_src,0,hrw,ofport,reg0[],members:3)",
                "udp actions=mod_tp_dst:53,mod_nw_src:10.0.0.1,mod_dl_dst:02:00:00:00:00:09,mod_nw_tos:32",
                "ipv6 actions=set_field:2001:db8::1->ipv6_dst,set_field:0x1/0x3->reg2,set_tunnel:5",
                "ip,nw_dst=224.0.0.0/4 actions=ct(commit,zone=1),CONTROLLER:65535",
                "ct_state=+trk-new,ct_zone=5 actions=output(port=2,max_len=100)",
                "eth,packet_type=(0,0),recirc_id=0 actions=check_pkt_larger(100)->reg0[0],output:2",
                "tcp,tcp_flags=syn|ack actions=learn(table=1,eth_dst=eth_src,load:in_port->reg0[0..15])"
            })
    void printsWhatItCanReadAgain(String text) {
        FlowRule rule = FlowText.parse(text);
        String printed = FlowText.print(rule);
        assertEquals(rule, FlowText.parse(printed), printed);
    }

    @Test
    void knowsFlagsOfTcpAndOfConnections() {
        Match match = FlowText.parseMatch("tcp,tcp_flags=syn|ack,ct_state=-trk");
        assertEquals(0x12, match.valueOf(Field.TCP_FLAGS));
        assertEquals(0xfff, match.maskOf(Field.TCP_FLAGS));
        assertEquals(0, match.valueOf(Field.CT_STATE));
        assertEquals(0x20, match.maskOf(Field.CT_STATE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "in_port=1",
                "bogus=1,actions=drop",
                "actions=fly:3",
                "in_port=70000,actions=drop",
                "table=256,actions=drop",
                "ip,nw_src=10.0.0.0/33,actions=drop",
                "ip,nw_src=example.org,actions=drop",
                "eth_src=1:2:3,actions=drop",
                "actions=set_field:3->eth_type",
                "actions=load:16->reg0[0..3]",
                "actions=move:reg0[0..3",
                "actions=resubmit(,255)",
                "ct_state=+bogus,actions=drop",
                "recirc_id=1,actions=drop",
                "dl_vlan_pcp=256,actions=drop"
            })
    void refusesWhatItDoesNotUnderstand(String text) {
        FlowSyntaxException e = assertThrows(FlowSyntaxException.class, () -> FlowText.parse(text));
        assertTrue(e.getMessage().length() > 10, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "group_id=1,type=all,bucket=actions=output:2",
                "group_id=2,type=select,bucket=weight:10,actions=output:1,bucket=weight:0,actions=output:2",
                "group_id=3,type=ff,bucket=watch_port:1,actions=output:1,bucket=watch_group:2,output:2",
                "group_id=4,type=indirect,bucket=actions=set_field:02:00:00:00:00:01->eth_dst,output:3",
                "group_id=5,type=select,selection_method=hash,fields(ip_src,ip_dst),bucket=actions=1",
                "group_id=5,type=select,selection_method=hash,fields(eth_dst=ff:ff:ff:00:00:00,ip_src=255.255.255.0,tcp_src=0xff00,ipv6_dst=ffff::),bucket=actions=1",
                "group_id=6,type=all"
            })
    void printsGroupsThatItCanReadAgain(String text) {
        GroupEntry group = GroupText.parse(text);
        String printed = GroupText.print(group);
        assertEquals(group, GroupText.parse(printed), printed);
    }

    @Test
    void readsBuckets() {
        GroupEntry group =
                GroupText.parse(
                        "group_id=7,type=ff,bucket=watch_port:1,actions=output:1,bucket=watch_port=2,actions=dec_ttl,output:2");
        assertEquals(GroupEntry.Type.FAST_FAILOVER, group.type());
        assertEquals(2, group.buckets().size());
        assertEquals(2, group.buckets().get(1).watchPort());
        assertEquals(2, group.buckets().get(1).actions().size());
        assertThrows(FlowSyntaxException.class, () -> GroupText.parse("group_id=1,type=indirect"));
        assertThrows(FlowSyntaxException.class, () -> GroupText.parse("type=all"));
        assertThrows(FlowSyntaxException.class, () -> GroupText.parse("group_id=1"));
    }
}
