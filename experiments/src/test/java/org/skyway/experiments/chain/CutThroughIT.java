package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.vswitch.daemon.ControlClient;

/// Links between ports of different kinds, of two poll threads.
@Timeout(180)
class CutThroughIT extends StockBed {
    @Override
    String[] options() {
        return new String[] {"--poll-threads", "2"};
    }

    @Test
    void aGuestAndAMemifVnfAreLinkedWithOneCopy() throws Exception {
        port(5, "dpdkvhostuser", "vhost5");
        port(6, "memif", "memif6");
        String virtio = "net_virtio_user0,path=%s,queues=1".formatted(dir.resolve("vhost5"));
        String memif =
                "net_memif0,socket=%s,socket-abstract=no,id=6,role=client,zero-copy=yes"
                        .formatted(dir.resolve("memif.sock"));
        Testpmd memifEnd = stock("memif", 1, "rxonly", memif);
        Testpmd guest = stock("guest", 0, "txonly", virtio);
        awaitUp("vhost5", "memif6");
        rule(5, 6);
        memifEnd.tell("start");
        guest.tell("start");
        awaitCutThrough("vhost5", "memif6");
        await(() -> counted("memif6", "txPackets") > 10_000, "packets");
        JsonNode link = control.ask(ControlClient.request("links")).get(0);
        assertEquals("CUT-THROUGH", link.get("state").asText());
        assertEquals(1, link.get("path").size(), link::toString);

        // Both ways, and with another rule none.
        rule(6, 5);
        awaitCutThrough("memif6", "vhost5");
        ofctl("add-flow", "br0", "priority=200,in_port=5,udp,tp_dst=7,actions=drop");
        assertFalse(isCutThrough("vhost5", "memif6"));
        long before = counted("memif6", "txPackets");
        await(() -> counted("memif6", "txPackets") > before + 10_000, "packets by the table");
        ofctl("--strict", "del-flows", "br0", "priority=200,in_port=5,udp,tp_dst=7");
        awaitCutThrough("vhost5", "memif6");

        guest.tell("stop");
        long sent = guest.statistics(0).get("TX-packets");
        await(() -> counted("vhost5", "rxPackets") == sent, "all " + sent + " packets");
        await(
                () -> memifEnd.statistics(0).get("RX-packets") == counted("memif6", "txPackets"),
                "equal counters");
        assertEquals(sent, counted("memif6", "txPackets") + counted("memif6", "txDropped"));

        // A port that goes down has no link.
        assertEquals(0, guest.quit());
        awaitDown("vhost5");
        assertFalse(isCutThrough("vhost5", "memif6"));
        assertFalse(isCutThrough("memif6", "vhost5"));
        assertEquals(0, memifEnd.quit());
    }
}
