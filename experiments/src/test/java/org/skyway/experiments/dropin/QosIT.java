package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A port that may be sent so much only, by nothing but the stock tools of Open vSwitch.
@Timeout(180)
class QosIT extends DropInBed {
    private boolean isActive() {
        return db.appctl("skyway/links").contains("vnf1 -> vnf2  bypass  ACTIVE");
    }

    private boolean drops(int queue) {
        return Pattern.compile("queue %d: .*pkts=[1-9].*, errors=[1-9]".formatted(queue))
                .matcher(ofctl("queue-stats", "br0"))
                .find();
    }

    @Test
    void whatIsTooMuchForAQueueIsDroppedAndCountedAndNothingGoesPastIt() throws Exception {
        db.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "fail_mode=secure");
        db.vsctl("add-port", "br0", "vnf1", "--", "set", "Interface", "vnf1", "type=dpdkr");
        db.vsctl("add-port", "br0", "vnf2", "--", "set", "Interface", "vnf2", "type=dpdkr");
        ofctl("add-flow", "br0", "in_port=vnf1,actions=output:vnf2");
        vnf("sink", "--port", "vnf2", "--wait");
        vnf("source", "--port", "vnf1", "--rate", "20000", "--wait");
        await(this::isActive, "bypass from vnf1 to vnf2");
        assertTrue(ofctl("queue-stats", "br0").contains(": 0 queues"));

        db.vsctl(
                ("set Port vnf2 qos=@q"
                                + " -- --id=@q create QoS type=linux-htb"
                                + " other_config:max-rate=8000000 queues:5=@five"
                                + " -- --id=@five create Queue other_config:max-rate=800000")
                        .split(" "));
        assertFalse(isActive());
        assertEquals("[]", db.get("Interface", "vnf2", "error"));
        String why = db.appctl("skyway/explain", "vnf1");
        assertTrue(why.contains("is sent is limited by a QoS of type linux-htb"), why);
        await(() -> drops(0), "packets that were too many for the port");
        assertFalse(drops(5));
        ofctl("add-flow", "br0", "in_port=vnf1,actions=set_queue:5,output:vnf2");
        await(() -> drops(5), "packets that were too many for the queue");
        for (String version : new String[] {"OpenFlow10", "OpenFlow13", "OpenFlow15"}) {
            String told = ofctl("-O", version, "queue-get-config", "br0", "2");
            assertTrue(told.matches("(?s).*queue 0:.*queue 5:.*"), told);
        }
        String shown = db.appctl("qos/show", "vnf2");
        assertTrue(
                shown.matches(
                        "(?s)QoS: vnf2 linux-htb\nmax-rate: 8000000\n\nDefault:\n  tx_packets: \\d+\n.*"
                                + "\nQueue 5:\n  max-rate: 800000\n  burst: 80000\n.*tx_errors: [1-9].*"),
                shown);

        db.vsctl("clear", "Port", "vnf2", "qos");
        await(this::isActive, "bypass again");
        db.vsctl("set Port vnf2 qos=@q -- --id=@q create QoS type=linux-sfq".split(" "));
        assertTrue(db.get("Interface", "vnf2", "error").contains("linux-sfq is not supported"));
        assertTrue(isActive());
    }
}
