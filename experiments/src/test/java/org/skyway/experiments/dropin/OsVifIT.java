package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.process.Program;

/// OpenStack's os-vif plugs a guest's vhost-user port, and a front end takes it.
@Timeout(180)
class OsVifIT extends DropInBed {
    private static final Path PACKAGE = Path.of("/usr/lib/python3/dist-packages/os_vif");
    private static final String PORT = "vhud3b4d0a2-6a";
    private static final Path SCRIPT =
            Path.of(System.getProperty("user.dir"), "src/test/resources/os_vif_plug.py");

    private void osVif(String action) {
        Program.output(
                dir,
                "/usr/bin/python3",
                SCRIPT.toString(),
                action,
                "unix:" + db.socket(),
                "br0",
                dir.resolve("guest.sock").toString());
    }

    @Test
    void aVhostUserPortIsPluggedAndUnplugged() throws Exception {
        assumeTrue(
                Files.isDirectory(PACKAGE), "there is no os-vif; apt-get install python3-os-vif");
        db.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev");
        osVif("plug");
        assertEquals("dpdkvhostuserclient", db.get("Interface", PORT, "type"));
        assertEquals("[]", db.get("Interface", PORT, "error"));
        assertTrue(Integer.parseInt(db.get("Interface", PORT, "ofport")) > 0);
        assertEquals("down", db.get("Interface", PORT, "link_state"));

        db.vsctl("add-port", "br0", "vnf2", "--", "set", "Interface", "vnf2", "type=dpdkr");
        ofctl("del-flows", "br0");
        ofctl("add-flow", "br0", "in_port=%s,actions=output:vnf2".formatted(PORT));
        vnf("sink", "--port", "vnf2");
        String device =
                "net_virtio_user0,path=%s,server=1,queues=1".formatted(dir.resolve("guest.sock"));
        List<String> command =
                List.of(
                        "/usr/bin/" + Testpmd.PROGRAM,
                        "--lcores",
                        "0@0,1@0",
                        "--no-pci",
                        "--no-huge",
                        "-m",
                        "256",
                        "--no-telemetry",
                        "--no-shconf",
                        "--single-file-segments",
                        "--vdev",
                        device);
        try (Testpmd guest =
                Testpmd.start("guest", dir, log::add, command, "--forward-mode=txonly")) {
            await(() -> db.get("Interface", PORT, "link_state").equals("up"), "link");
            guest.tell("start");
            await(() -> counted("vnf2", "tx_packets") > 1000, "packets of the guest");
            guest.tell("stop");
        }
        await(() -> db.get("Interface", PORT, "link_state").equals("down"), "end of the guest");
        osVif("unplug");
        assertTrue(!db.vsctl("list-ports", "br0").contains(PORT));
    }
}
