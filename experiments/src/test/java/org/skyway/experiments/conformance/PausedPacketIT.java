package org.skyway.experiments.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.process.Program;

/// `controller(pause)` with the real `ovs-ofctl monitor … resume` as the controller.
class PausedPacketIT {
    private static final String PACKET =
            "ffffffffffff020000000001080600010800060400010200000000010a0000010000000000000a000002";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path dir;

    @Test
    void aPausedPacketGoesOnWithItsRegistersWhenTheControllerResumesIt() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "skipped: ovs-ofctl is not installed (Debian's openvswitch-switch)");
        try (Program daemon =
                Program.skyway("vswitchd", dir, l -> {}, "vswitchd", "--rundir", dir.toString())) {
            daemon.await(l -> l.contains("is ready"), PATIENCE, "it is ready");
            ofctl(
                    "add-flow",
                    "br0",
                    "in_port=1,actions=load:7->NXM_NX_REG3[],controller(pause,userdata=01.02)"
                            + ",resubmit(,1)");
            ofctl("add-flow", "br0", "table=1,reg3=7,actions=drop");
            try (Program monitor =
                    Program.start(
                            "monitor",
                            dir,
                            l -> {},
                            List.of(
                                    "ovs-ofctl",
                                    "-Pnxt_packet_in2",
                                    "-v",
                                    "monitor",
                                    "br0",
                                    "resume"))) {
                // It asks for a barrier once, behind the format of packet-ins.
                monitor.await(l -> l.contains("OFPT_BARRIER_REPLY"), PATIENCE, "it is attached");
                ofctl("packet-out", "br0", "in_port=1 packet=" + PACKET + " actions=table");
                monitor.await(l -> l.contains("send: NXT_RESUME"), PATIENCE, "it resumed");
                // It says so before it does so.
                long deadline = System.nanoTime() + PATIENCE.toNanos();
                String flows = "";
                while (!flows.contains("n_packets=1,") && System.nanoTime() < deadline) {
                    flows = ofctl("dump-flows", "br0", "table=1");
                    Thread.sleep(20);
                }
                assertTrue(flows.contains("n_packets=1,"), flows);
            }
        }
    }

    private String ofctl(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "ovs-ofctl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Program.output(dir, command);
    }
}
