package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

class TraceReportTest {
    private static ObjectNode trace(String packet, String... flows) {
        Tables tables = new Tables();
        for (int port = 1; port <= 3; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
        tables.group(
                1,
                new GroupState(
                        GroupText.parse("group_id=1,type=all,bucket=actions=output:3"),
                        0,
                        () -> new FlowCounters(1)));
        for (String flow : flows) {
            tables.put(new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1)));
        }
        tables.publish();
        Match match = FlowText.parseMatch(packet);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = match.value(w);
        }
        return TraceReport.of(tables, "br0", key);
    }

    @Test
    void readsLikeThatOfOpenVSwitch() {
        ObjectNode report =
                trace(
                        "in_port=2,udp,nw_dst=10.0.0.1,udp_dst=80",
                        "priority=10,in_port=2,udp,tp_dst=53,actions=output:3",
                        "priority=9,in_port=2,ip,actions=resubmit(,2),write_actions(set_field:1.2.3.4->ip_dst,output:1),write_metadata:5,goto_table:1",
                        "table=1,priority=9,cookie=7,actions=set_field:02:00:00:00:00:09->eth_src,group:1");
        assertEquals(
                """
                Flow: udp,in_port=2,nw_dst=10.0.0.1,udp_dst=80

                bridge("br0")
                -------------
                 0. ip,in_port=2, priority 9
                    resubmit(,2)
                     2. No match.
                    write_actions(set_field:1.2.3.4->nw_dst,output:1)
                    write_metadata:0x5
                    goto_table:1
                 1. priority 9, cookie 0x7
                    set_field:02:00:00:00:00:09->eth_src
                    group:1
                        bucket 0
                        output:3
                    executing the action set:
                    set_field:1.2.3.4->nw_dst
                    output:1

                Final flow: udp,in_port=2,metadata=0x5,eth_src=02:00:00:00:00:09,nw_dst=1.2.3.4,udp_dst=80
                Megaflow: udp,in_port=2,ip_frag=0x0,udp_dst=80
                Datapath actions: set(eth_src=02:00:00:00:00:09),3,set(nw_dst=1.2.3.4),1\
                """,
                TraceReport.text(report));
    }

    @Test
    void saysThatNothingIsDone() {
        ObjectNode report = trace("in_port=1,arp", "in_port=2,actions=output:1");
        assertEquals(" 0. No match.", report.get("steps").get(0).asText());
        assertEquals("unchanged", report.get("finalFlow").asText());
        assertEquals("drop", report.get("datapathActions").asText());
    }

    @Test
    void namesPortsThatAPacketWithoutPortsWasAskedFor() {
        ObjectNode report =
                trace(
                        "in_port=1,ip,nw_proto=47",
                        "priority=9,in_port=1,tcp,tp_dst=80,actions=output:2",
                        "priority=1,in_port=1,actions=output:3");
        assertTrue(!report.get("megaflow").asText().contains("word"), report.toString());
        assertEquals("3", report.get("datapathActions").asText());
    }

    @Test
    void namesWhatIsWrittenIntoAPacketThatIsNotIp() {
        ObjectNode report = trace("in_port=1,mpls", "mpls,actions=set_field:5->mpls_tc,output:2");
        assertEquals("set(mpls_tc=5),2", report.get("datapathActions").asText());
    }
}
