package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;

/// A link from a VNF at one bridge to a VNF at another, through a bridge between them that has no
/// VNF at all.
@Timeout(240)
class PatchLinksIT extends DropInBed {
    private static final Pattern LINK = Pattern.compile("pa -> pc +bypass +ACTIVE");

    @BeforeEach
    void threeBridges() {
        for (String bridge : List.of("brA", "brB", "brC")) {
            db.vsctl("add-br", bridge, "--", "set", "bridge", bridge, "fail_mode=secure");
        }
        dpdkr("brA", "pa", 1);
        patch("brA", "ab", 2, "ba");
        patch("brB", "ba", 1, "ab");
        patch("brB", "bc", 2, "cb");
        patch("brC", "cb", 1, "bc");
        dpdkr("brC", "pc", 2);
        for (String bridge : List.of("brA", "brB", "brC")) {
            ofctl("add-flow", bridge, "in_port=1,actions=output:2");
            ofctl("add-flow", bridge, "in_port=2,actions=output:1");
        }
    }

    private void dpdkr(String bridge, String port, int number) {
        db.vsctl(
                ("add-port %s %s -- set Interface %s type=dpdkr ofport_request=%d"
                                .formatted(bridge, port, port, number))
                        .split(" "));
    }

    private void patch(String bridge, String port, int number, String peer) {
        db.vsctl(
                ("add-port %s %s -- set Interface %s type=patch ofport_request=%d options:peer=%s"
                                .formatted(bridge, port, port, number, peer))
                        .split(" "));
    }

    private boolean isActive() {
        return LINK.matcher(db.appctl("skyway/links")).find();
    }

    private void awaitActive() throws InterruptedException {
        await(this::isActive, "bypass from pa to pc");
    }

    private void assertNothingWasLost(long frames) throws InterruptedException {
        await(() -> counted("pc", "tx_packets") == frames, "all frames at pc");
        for (String port : List.of("pa", "ba", "cb")) {
            await(() -> counted(port, "rx_packets") == frames, "all frames from " + port);
        }
        for (String port : List.of("ab", "bc", "pc")) {
            await(() -> counted(port, "tx_packets") == frames, "all frames at " + port);
        }
        for (String bridge : List.of("brA", "brB", "brC")) {
            String flows = ofctl("dump-flows", bridge, "in_port=1");
            assertTrue(flows.contains("n_packets=" + frames + ","), bridge + ": " + flows);
            String tables = ofctl("-OOpenFlow13", "dump-tables", bridge);
            assertTrue(tables.contains("matched=" + frames), bridge + ": " + tables);
        }
        assertSinksLostNothing();
    }

    @Test
    void theRulesOfEachBridgeOnTheWayEndTheLinkAndMakeItAgain() throws Exception {
        vnf("sink", "--port", "pc", "--wait");
        Program source = source("pa", 10_000);
        awaitActive();
        String why = db.appctl("skyway/explain", "pa");
        assertTrue(why.contains("bridge brB") && why.contains("bridge brC"), why);
        Random random = new Random(17);
        for (int changes = 0; changes < 80; changes++) {
            String bridge = List.of("brA", "brB", "brC").get(random.nextInt(3));
            String modified = "in_port=1,actions=mod_dl_src:02:00:00:00:00:01,output:2";
            ofctl("mod-flows", bridge, modified);
            assertFalse(isActive(), "with a change of " + bridge);
            Thread.sleep(random.nextInt(20));
            ofctl("mod-flows", bridge, "in_port=1,actions=output:2");
            Thread.sleep(random.nextInt(60));
            if (changes % 8 == 0) {
                awaitActive();
            }
        }
        assertNothingWasLost(end(source, "pa"));
    }

    @Test
    void aSwitchThatIsKilledAndOneThatTakesOverLoseNothing() throws Exception {
        vnf("sink", "--port", "pc", "--wait");
        Program source = source("pa", 2000);
        awaitActive();
        killSwitch();
        startSwitch();
        awaitActive();
        long counted = counted("cb", "rx_packets");
        assertTrue(counted > 0);
        Program before = vswitchd;
        vswitchd =
                program(
                        "another vswitchd",
                        "the switch is configured",
                        "vswitchd",
                        db.remote(),
                        "--pidfile",
                        "--take-over",
                        "--rehearsal",
                        "0");
        assertEquals(0, before.waitFor(Duration.ofSeconds(60)));
        awaitActive();
        await(
                () -> log.stream().anyMatch(l -> l.contains("link pa->pc is ACTIVE: taken over")),
                "word of the link that is taken over");
        ofctl("mod-flows", "brB", "in_port=1,actions=mod_dl_src:02:00:00:00:00:07,output:2");
        assertFalse(isActive(), "with a change of brB");
        killSwitch();
        startSwitch();
        ofctl("mod-flows", "brB", "in_port=1,actions=output:2");
        awaitActive();
        long frames = end(source, "pa");
        await(() -> counted("pc", "tx_packets") >= frames, "all frames at pc");
        await(() -> counted("ba", "rx_packets") >= frames, "all frames from ba");
        assertSinksLostNothing();
    }

    @Test
    void whileAnotherHasTheDatabasesLockThereAreNoBridgesAndThenTheyAreBack() throws Exception {
        vnf("exchange", "--port", "pa", "--rate", "2000", "--wait");
        vnf("exchange", "--port", "pc", "--rate", "2000", "--wait");
        awaitActive();
        for (int i = 0; i < 2; i++) {
            Process other =
                    new ProcessBuilder("ovsdb-client", "steal", db.remote(), "ovs_vswitchd")
                            .redirectErrorStream(true)
                            .start();
            try {
                await(() -> db.appctl("ofproto/list").isEmpty(), "end of all bridges");
            } finally {
                other.destroy();
                other.waitFor();
            }
            await(() -> db.appctl("ofproto/list").contains("brC"), "bridges that are back");
            awaitActive();
        }
        assertTrue(vswitchd.isAlive());
    }

    @Test
    void aCableThatIsPulledOutEndsTheLinkAndABridgeThatGoesDoesNotHang() throws Exception {
        vnf("sink", "--port", "pc", "--wait");
        vnf("source", "--port", "pa", "--rate", "2000", "--wait");
        awaitActive();
        // Back to where they came from: each packet would be counted twice there.
        patch("brA", "ab2", 3, "ba2");
        patch("brB", "ba2", 3, "ab2");
        dpdkr("brA", "pd", 4);
        ofctl("add-flow", "brA", "in_port=3,actions=output:4");
        ofctl("mod-flows", "brB", "in_port=1,actions=output:3");
        assertFalse(isActive());
        String why = db.appctl("skyway/explain", "pa");
        assertTrue(why.contains("They were at that bridge before"), why);
        ofctl("mod-flows", "brB", "in_port=1,actions=output:2");
        awaitActive();
        db.vsctl("del-port", "brB", "bc");
        assertFalse(isActive());
        patch("brB", "bc", 2, "cb");
        awaitActive();
        db.vsctl("set", "Bridge", "brB", "datapath_type=netdev"); // which makes it anew
        ofctl("add-flow", "brB", "in_port=1,actions=output:2");
        awaitActive();
        db.vsctl("del-br", "brB");
        assertFalse(isActive());
        assertTrue(ofctl("dump-ports", "brC", "pc").matches("(?s).*tx pkts=[1-9].*"));
        db.vsctl("del-br", "brC");
        assertEquals("brA\n", db.appctl("ofproto/list"));
        assertTrue(ofctl("dump-flows", "brA").contains("in_port=1"));
    }
}
