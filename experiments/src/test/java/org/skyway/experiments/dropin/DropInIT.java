package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;

/// A bypass made by nothing but the stock tools of Open vSwitch, and what they are told of it.
@Timeout(240)
class DropInIT extends DropInBed {
    private void addPorts() {
        db.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "fail_mode=secure");
        db.vsctl("add-port", "br0", "vnf1", "--", "set", "Interface", "vnf1", "type=dpdkr");
        db.vsctl(
                "add-port",
                "br0",
                "vnf2",
                "--",
                "set",
                "Interface",
                "vnf2",
                "type=dpdkr",
                "ofport_request=7");
    }

    /// What the only entry of br0 has counted.
    private long entryPackets() {
        String flows = ofctl("dump-flows", "br0");
        return Long.parseLong(flows.replaceAll("(?s).*n_packets=([0-9]+),.*", "$1"));
    }

    private void awaitActive() throws InterruptedException {
        await(
                () -> db.appctl("skyway/links").contains("vnf1 -> vnf2  bypass  ACTIVE"),
                "bypass from vnf1 to vnf2");
    }

    @Test
    void stockToolsMakeABypassAndReadItsCounters() throws Exception {
        addPorts();
        assertEquals("1", db.get("Interface", "vnf1", "ofport"));
        assertEquals("7", db.get("Interface", "vnf2", "ofport"));
        assertEquals("65534", db.get("Interface", "br0", "ofport"));
        String dpid = db.get("Bridge", "br0", "datapath_id");
        assertTrue(ofctl("show", "br0").contains("dpid:" + dpid));
        ofctl("add-flow", "br0", "in_port=1,actions=output:7");

        vnf("sink", "--port", "vnf2");
        Program source = source("vnf1", 5000);
        awaitActive();
        String why = db.appctl("skyway/explain", "vnf1");
        assertTrue(why.startsWith("all packets of port 1 leave unchanged at port 7"), why);
        assertTrue(
                db.appctl("ofproto/trace", "br0", "in_port=1").contains("Bypass: link to port 7"));
        await(() -> db.get("Interface", "vnf1", "link_state").equals("up"), "port that is up");
        await(() -> entryPackets() > 10_000, "frames");
        long frames = end(source, "vnf1");
        await(
                () -> counted("vnf2", "tx_packets") == frames,
                "all frames in the statistics of vnf2");
        await(() -> counted("vnf1", "rx_packets") == frames, "all frames in those of vnf1");
        assertEquals(frames, entryPackets());
        await(
                () -> db.get("Interface", "vnf1", "link_state").equals("down"),
                "port vnf1 that is down without its VNF");

        // The same by the second half of the tools: what a person looks at.
        assertTrue(db.appctl("version").startsWith("ovs-vswitchd (Open vSwitch) "));
        assertEquals("br0\n", db.appctl("ofproto/list"));
        assertTrue(db.appctl("dpif/show").contains("    vnf2 7/7: (dpdkr)"));
        assertTrue(db.appctl("bridge/dump-flows", "br0").contains("n_packets=" + frames + ","));
    }

    @Test
    void anotherSwitchTakesOverWhileTheBypassGoesOn() throws Exception {
        addPorts();
        ofctl("add-flow", "br0", "in_port=1,actions=output:7");
        vnf("sink", "--port", "vnf2", "--wait");
        Program source = source("vnf1", 2000);
        awaitActive();
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
                        "0",
                        "--http",
                        "127.0.0.1:0");
        assertEquals(0, before.waitFor(Duration.ofSeconds(60)));
        await(
                () ->
                        log.stream()
                                .anyMatch(l -> l.contains("is ACTIVE: taken over from the switch")),
                "word of the link that is taken over");
        db.vsctl("add-port", "br0", "vnf3", "--", "set", "Interface", "vnf3", "type=dpdkr");
        assertEquals("7", db.get("Interface", "vnf2", "ofport"));
        awaitActive();
        long then = entryPackets();
        await(() -> entryPackets() > then + 1000, "more frames");
        long frames = end(source, "vnf1");
        await(() -> counted("vnf2", "tx_packets") == frames, "all frames at vnf2");
        assertEquals(frames, entryPackets());

        // The page is there as well, and says of which bridge.
        db.vsctl("add-br", "br1", "--", "set", "Bridge", "br1", "datapath_type=netdev");
        String url =
                log.stream()
                        .filter(l -> l.contains("the live page is "))
                        .map(l -> l.replaceAll(".*live page is ([^,]*),.*", "$1"))
                        .findFirst()
                        .orElseThrow();
        String metrics = page(url + "metrics");
        assertTrue(metrics.contains("skyway_port_up{bridge=\"br0\",port=\"vnf1\""), metrics);
        assertTrue(metrics.contains("skyway_bypass_allowed{bridge=\"br1\"}"), metrics);
        assertTrue(page(url + "api/state?bridge=br1").startsWith("{\"bridge\":\"br1\""));
        assertTrue(page(url + "api/state").contains("\"bridges\":[\"br0\",\"br1\"]"));
        assertEquals("there is no bridge of that name\n", page(url + "api/state?bridge=br2"));
    }

    @Test
    void aBondOfASwitchThatWasKilledSendsWhatWaitedInTheRings() throws Exception {
        db.vsctl("add-br", "br0");
        db.vsctl("add-port", "br0", "w0", "--", "set", "Interface", "w0", "type=dpdkr");
        db.vsctl(
                ("add-bond br0 bond w1 w2 bond_mode=active-backup"
                                + " -- set Interface w1 type=dpdkr -- set Interface w2 type=dpdkr")
                        .split(" "));
        vnf("sink", "--port", "w1", "--wait");
        vnf("sink", "--port", "w2", "--wait");
        Program source = source("w0", 3000);
        for (int i = 0; i < 2; i++) {
            long before = sent();
            await(() -> sent() > before, "frames that the bond sends");
            killSwitch();
            startSwitch();
        }
        long frames = end(source, "w0");
        // One that was in hand when the switch was killed may be sent and counted again.
        await(() -> sent() >= frames, "all frames at the bond's members");
        assertSinksLostNothing();
    }

    private long sent() {
        return counted("w1", "tx_packets") + counted("w2", "tx_packets");
    }

    private static String page(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void aPortThatIsMirroredOrPolicedHasNoBypassUntilItIsNoMore() throws Exception {
        addPorts();
        db.vsctl("add-port", "br0", "vnf3", "--", "set", "Interface", "vnf3", "type=dpdkr");
        ofctl("add-flow", "br0", "in_port=1,actions=output:7");
        vnf("sink", "--port", "vnf2", "--wait");
        vnf("sink", "--port", "vnf3", "--wait");
        vnf("source", "--port", "vnf1", "--rate", "5000", "--wait");
        awaitActive();
        db.vsctl(
                ("-- --id=@a get Port vnf1 -- --id=@b get Port vnf3"
                                + " -- --id=@m create Mirror name=m0 select_src_port=@a output_port=@b"
                                + " -- set Bridge br0 mirrors=@m")
                        .split(" "));
        assertFalse(db.appctl("skyway/links").contains("vnf1 -> vnf2  bypass  ACTIVE"));
        String why = db.appctl("skyway/explain", "vnf1");
        assertTrue(why.contains("mirrored by m0"), why);
        await(
                () -> !db.get("Mirror", "m0", "statistics:tx_packets").matches("0?"),
                "packets in the mirror's statistics");
        assertTrue(ofctl("dump-ports", "br0", "vnf3").matches("(?s).*tx pkts=[1-9].*"));
        db.vsctl("clear", "Bridge", "br0", "mirrors");
        awaitActive();

        db.vsctl(
                "set",
                "Interface",
                "vnf1",
                "ingress_policing_kpkts_rate=1",
                "ingress_policing_kpkts_burst=1");
        assertFalse(db.appctl("skyway/links").contains("vnf1 -> vnf2  bypass  ACTIVE"));
        assertEquals("[]", db.get("Interface", "vnf1", "error"));
        await(
                () -> ofctl("dump-ports", "br0", "vnf1").matches("(?s).*rx [^\\n]*drop=[1-9].*"),
                "packets that were too many");
        db.vsctl("set", "Interface", "vnf1", "ingress_policing_kpkts_rate=0");
        awaitActive();
    }

    @Test
    void theDatabaseGoesAwayAndComesBackAndSoDoesTheSwitch() throws Exception {
        addPorts();
        ofctl("add-flow", "br0", "in_port=1,actions=output:7");
        vnf("sink", "--port", "vnf2", "--wait");
        vnf("source", "--port", "vnf1", "--rate", "1000", "--wait");
        awaitActive();
        String dpid = db.get("Bridge", "br0", "datapath_id");
        db.stop();
        assertTrue(ofctl("dump-flows", "br0").contains("in_port=1"));
        assertTrue(db.appctl("skyway/links").contains("ACTIVE"));
        db.start();
        await(
                () -> db.get("Interface", "vnf1", "link_state").equals("up"),
                "columns that are written anew");
        assertEquals(dpid, db.get("Bridge", "br0", "datapath_id"));
        assertTrue(db.appctl("skyway/links").contains("ACTIVE"));

        // The switch is killed in the middle of it all: the traffic is not, and numbers stay.
        killSwitch();
        startSwitch();
        assertEquals("1", db.get("Interface", "vnf1", "ofport"));
        assertEquals("7", db.get("Interface", "vnf2", "ofport"));
        assertEquals(dpid, db.get("Bridge", "br0", "datapath_id"));
        assertTrue(ofctl("dump-flows", "br0").contains("in_port=1"));
        awaitActive();
        long before = counted("vnf2", "tx_packets");
        await(() -> counted("vnf2", "tx_packets") > before, "more packets");

        db.appctl("exit");
        assertEquals(0, vswitchd.waitFor(Duration.ofSeconds(60)));
    }

    @Test
    void whatCanNotBeIsSaidAndHurtsNobodyElse() throws Exception {
        addPorts();
        db.vsctl("add-port", "br0", "nosuch");
        assertEquals("-1", db.get("Interface", "nosuch", "ofport"));
        assertEquals(
                "could not open network device nosuch (No such device)",
                db.get("Interface", "nosuch", "error"));
        db.vsctl("add-port", "br0", "odd", "--", "set", "Interface", "odd", "type=odd");
        assertEquals(
                "could not open network device odd (Address family not supported by protocol)",
                db.get("Interface", "odd", "error"));
        db.vsctl(
                "add-port",
                "br0",
                "vu",
                "--",
                "set",
                "Interface",
                "vu",
                "type=dpdkvhostuserclient");
        assertTrue(db.get("Interface", "vu", "error").contains("vhost-server-path"));
        db.vsctl(
                "set",
                "Interface",
                "vu",
                "options:vhost-server-path=" + dir.resolve("vu.sock"),
                "--",
                "add-port",
                "br0",
                "m",
                "--",
                "set",
                "Interface",
                "m",
                "type=memif",
                "options:socket=m.sock",
                "options:id=5");
        assertEquals("[]", db.get("Interface", "vu", "error"));
        assertEquals("[]", db.get("Interface", "m", "error"));
        // What is asked for is had when its holder moves away, in one step.
        db.vsctl(
                "set",
                "Interface",
                "vnf1",
                "ofport_request=9",
                "--",
                "set",
                "Interface",
                "vnf2",
                "ofport_request=1");
        assertEquals("9", db.get("Interface", "vnf1", "ofport"));
        assertEquals("1", db.get("Interface", "vnf2", "ofport"));
        db.vsctl("del-port", "nosuch", "--", "del-port", "odd");
        db.vsctl("add-br", "br1");
        db.vsctl("add-port", "br1", "vnf3", "--", "set", "Interface", "vnf3", "type=dpdkr");
        assertEquals("br0\nbr1\n", db.appctl("ofproto/list"));
        assertTrue(ofctl("show", "br1").contains("(vnf3)"));
        db.vsctl("del-br", "br0");
        assertEquals("br1\n", db.appctl("ofproto/list"));
        assertTrue(java.nio.file.Files.notExists(dir.resolve("br0.mgmt")));
    }
}
