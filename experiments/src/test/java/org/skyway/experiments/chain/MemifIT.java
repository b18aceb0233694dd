package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.experiments.dpdk.Testpmd;

/// Stock DPDK applications at memif ports.
@Timeout(180)
class MemifIT extends StockBed {
    private String device(int n, String socket, int id, String role, String more) {
        return "net_memif%d,socket=%s,socket-abstract=no,id=%d,role=%s,rsize=12%s"
                .formatted(n, dir.resolve(socket), id, role, more);
    }

    /// Packets of Skyway's own VNFs go through a testpmd that is client at one port and server at
    /// the other, byte for byte and in order, while rules change which way the switch takes.
    @ParameterizedTest
    @ValueSource(strings = {"", ",zero-copy=yes"})
    void testpmdForwardsEveryPacketAsClientAndAsServer(String zeroCopy) throws Exception {
        port(5, "memif,id=7", "memif5");
        port(6, "memif,socket=their.sock,id=9,role=client,ring-size=4096", "memif6");
        Testpmd middle =
                stock(
                        "middle",
                        1,
                        "io",
                        device(0, "memif.sock", 7, "client", zeroCopy),
                        device(1, "their.sock", 9, "server", ""));
        middle.tell("start");
        awaitUp("memif5", "memif6");
        assertTrue(shown("memif5").get("agreed").asText().contains("rx 4096, tx 4096"));
        assertTrue(shown("memif6").get("vnf").asText().startsWith("DPDK"));
        assertEquals(middle.program().pid(), shown("memif5").get("pid").asLong());
        rule(1, 5);
        rule(6, 4);
        forwards("memif5", "memif6", () -> endAndBegin(6, "memif6", "vnf4"));
        assertEquals(0, middle.quit());
        awaitDown("memif5");
        awaitDown("memif6");
    }

    @Test
    void fullSpeedIsCountedAndAKilledClientLosesThePort() throws Exception {
        port(5, "memif", "memif5");
        port(6, "memif", "memif6");
        Testpmd receiver =
                stock(
                        "receiver",
                        1,
                        "rxonly",
                        device(0, "memif.sock", 6, "client", ",zero-copy=yes"));
        Testpmd sender = stock("sender", 0, "txonly", device(0, "memif.sock", 5, "client", ""));
        awaitUp("memif5", "memif6");
        rule(5, 6);
        receiver.tell("start");
        sender.tell("start");
        awaitCutThrough("memif5", "memif6");
        await(() -> counted("memif6", "txPackets") > 100_000, "packets");
        sender.tell("stop");
        long sent = sender.statistics(0).get("TX-packets");
        await(() -> counted("memif5", "rxPackets") == sent, "all " + sent + " packets");
        await(
                () -> receiver.statistics(0).get("RX-packets") == counted("memif6", "txPackets"),
                "equal counters");
        assertEquals(sent, counted("memif6", "txPackets") + counted("memif6", "txDropped"));

        // The second client of an id is refused; the first notices nothing.
        Testpmd second = stock("second", 0, "txonly", device(0, "memif.sock", 5, "client", ""));
        await(
                () -> shown("memif5").get("trouble").asText().contains("is connected already"),
                "a refusal");
        second.close();
        sender.tell("start");
        long before = counted("memif6", "txPackets");
        await(() -> counted("memif6", "txPackets") > before + 10_000, "packets after that");

        sender.program().kill();
        awaitDown("memif5");
        assertEquals("the other side is gone", shown("memif5").get("trouble").asText());
        Testpmd next =
                stock("next", 0, "txonly", device(0, "memif.sock", 5, "client", ",zero-copy=yes"));
        awaitUp("memif5");
        next.tell("start");
        long then = receiver.statistics(0).get("RX-packets");
        await(() -> receiver.statistics(0).get("RX-packets") > then + 10_000, "its packets");
        assertTrue(shown("memif5").get("trouble").isNull());
    }
}
