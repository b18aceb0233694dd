package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.vm.host.QemuGuest;

/// Guests that leave checksums and segmentation to others, and one that does not take that.
@Timeout(400)
class OffloadsIT extends StockBed {
    private static final String COMPLETE_ONLY =
            ",csum=off,guest_csum=off,guest_tso4=off,guest_tso6=off,host_tso4=off,host_tso6=off";
    private static final int MOST = 1514;

    @Override
    String[] options() {
        return new String[] {"--offloads"};
    }

    @Test
    void superFramesPassBetweenTwoThatAgreedAndAreCutForAllOthers() throws Exception {
        port(5, "dpdkvhostuserclient,socket=one.sock", "guest5");
        port(6, "dpdkvhostuserclient,socket=two.sock", "guest6");
        port(7, "dpdkvhostuserclient,socket=three.sock", "guest7");
        QemuGuest one = guest("one", "one.sock", true, "--address", "10.9.0.1/24");
        QemuGuest two = guest("two", "two.sock", true, "--address", "10.9.0.2/24");
        QemuGuest three =
                guestWith(COMPLETE_ONLY, "three", "three.sock", true, "--address", "10.9.0.3/24");
        for (QemuGuest guest : guests) {
            guest.run("iperf3 -s -D");
        }
        awaitUp("guest5", "guest6", "guest7");
        assertTrue(shown("guest5").get("agreed").asText().contains("offloads"));
        assertFalse(shown("guest7").get("agreed").asText().contains("offloads"));

        rule(5, 6);
        rule(6, 5);
        awaitCutThrough("guest6", "guest5");
        awaitCutThrough("guest5", "guest6");
        assertTrue(bytesPerPacket(two, "10.9.0.1", "guest5") > 2 * MOST, "as they are");

        // While rules change which way the switch takes, TCP loses nothing by a wrong checksum.
        two.begin("iperf3 -c 10.9.0.1 -t 5");
        do {
            endAndBegin(6, "guest6", "guest5");
        } while (!two.hasEnded());
        assertTrue(two.said().contains("iperf Done"), two::said);
        ofctl("add-flow", "br0", "priority=200,in_port=6,udp,tp_dst=9,actions=drop");
        assertTrue(bytesPerPacket(two, "10.9.0.1", "guest5") <= MOST, "by the table");
        assertNoErrors(one);

        // Over a link, but not to one that agreed; back come whole packets only.
        ofctl("del-flows", "br0");
        rule(6, 7);
        rule(7, 6);
        awaitCutThrough("guest6", "guest7");
        assertTrue(bytesPerPacket(two, "10.9.0.3", "guest7") <= MOST, "cut for the receiver");
        assertTrue(bytesPerPacket(three, "10.9.0.2", "guest6") <= MOST, "as it sends them");
        assertNoErrors(two);
        assertNoErrors(three);
        for (String port : new String[] {"guest5", "guest6", "guest7"}) {
            assertTrue(shown(port).get("up").asBoolean(), port);
        }
    }

    private long bytesPerPacket(QemuGuest from, String to, String port) {
        long packets = counted(port, "txPackets");
        long bytes = counted(port, "txBytes");
        String said = from.run("iperf3 -n 20M -c " + to);
        assertTrue(said.contains("iperf Done"), said);
        return (counted(port, "txBytes") - bytes) / (counted(port, "txPackets") - packets);
    }

    private static void assertNoErrors(QemuGuest guest) {
        String[] tcp = guest.run("grep ^Tcp: /proc/net/snmp").split("\n");
        String[] names = tcp[0].split(" ");
        String[] values = tcp[1].split(" ");
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals("InErrs") || names[i].equals("InCsumErrors")) {
                assertEquals("0", values[i], names[i]);
            }
        }
    }
}
