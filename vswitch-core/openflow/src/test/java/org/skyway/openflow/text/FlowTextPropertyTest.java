package org.skyway.openflow.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;

/// Damaged text is either understood, and then printed and read again the same, or refused with a
/// [FlowSyntaxException]; nothing else is ever thrown.
class FlowTextPropertyTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());

    private static final String[] FLOWS = {
        "table=3,priority=100,in_port=1,tcp,nw_src=10.0.0.0/8,tp_dst=0x50/0xfff0 actions=output:2",
        "icmp6,icmpv6_type=135,nd_target=fe80::1/64,nd_sll=02:00:00:00:00:01 actions=dec_ttl(1,2),1",
        "dl_vlan=5,dl_vlan_pcp=2 actions=strip_vlan,mod_vlan_vid:7,set_field:0x5/0x7->reg2,ALL",
        "metadata=0x5/0xf actions=load:0x3->NXM_NX_REG1[4..7],move:reg0[0..7]->reg1[8..15],output:reg1[4..7]",
        "actions=resubmit(,7),clone(set_field:1->reg0,output:3),note:0102,group:5,exit",
        "actions=controller(reason=action,max_len=64,id=3,userdata=aabb,pause),enqueue:3:2",
        "actions=learn(table=2,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:5->reg0[],output:in_port)",
        "ip actions=dec_ttl(,),1",
        "actions=multipath(symmetric_l4,1024,modulo_n,16,0,reg0[0..3]),conjunction(5,1/2)",
        "actions=bundle_load(eth_src,0,hrw,ofport,reg0[],members:3,4),fin_timeout(idle_timeout=1)",
        "tcp,tcp_flags=+syn-ack,ip_frag=first,nw_tos=4 actions=meter:3,clear_actions,write_actions(output:2),write_metadata:1/3,goto_table:9"
    };

    private static final String[] GROUPS = {
        "group_id=1,type=select,selection_method=hash,fields(ip_src),bucket=weight:10,actions=output:1,bucket=actions=2",
        "group_id=3,type=ff,bucket=bucket_id:1,watch_port:1,actions=output:1,bucket=watch_group:2,output:2"
    };

    @Test
    void understandsOrRefusesDamagedText() {
        System.out.printf("seed %d%n", SEED);
        Random random = new Random(SEED);
        int understood = 0;
        for (int i = 0; i < 40_000; i++) {
            String text = damage(FLOWS[random.nextInt(FLOWS.length)], random);
            try {
                FlowRule rule = FlowText.parse(text);
                assertEquals(rule, FlowText.parse(FlowText.print(rule)), text);
                understood++;
            } catch (FlowSyntaxException e) {
                assertTrue(e.getMessage().length() > 5, text);
            } catch (RuntimeException e) {
                throw new AssertionError(text, e);
            }
            String group = damage(GROUPS[random.nextInt(GROUPS.length)], random);
            try {
                GroupEntry entry = GroupText.parse(group);
                assertEquals(entry, GroupText.parse(GroupText.print(entry)), group);
            } catch (FlowSyntaxException e) {
                assertTrue(e.getMessage().length() > 5, group);
            } catch (RuntimeException e) {
                throw new AssertionError(group, e);
            }
        }
        assertTrue(understood > 1000, "hardly anything was understood: " + understood);
    }

    private static String damage(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int at = random.nextInt(damaged.length());
            char other = text.charAt(random.nextInt(text.length()));
            switch (random.nextInt(4)) {
                case 0 -> damaged.deleteCharAt(at);
                case 1 -> damaged.insert(at, other);
                case 2 -> damaged.setCharAt(at, other);
                default -> damaged.setLength(Math.max(1, at));
            }
        }
        return damaged.toString();
    }
}
