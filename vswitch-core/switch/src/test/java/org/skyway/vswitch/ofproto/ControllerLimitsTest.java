package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Version;

/// A controller gets no more packets than it was configured to.
@Timeout(60)
class ControllerLimitsTest {
    private static final int SENT = 60;

    @TempDir Path directory;

    private OfprotoConfig config(String target, ControllerSettings settings) {
        return new OfprotoConfig(
                "br0",
                1,
                directory,
                List.of(target),
                OfprotoConfig.FailMode.SECURE,
                Set.of(Version.OF10),
                OfprotoConfig.Description.DEFAULT,
                new ControllerSettings(5, 8),
                Map.of(target, settings),
                false,
                null);
    }

    private static void receive(TestSwitch sw) {
        sw.run(() -> {
            for (int i = 0; i < SENT; i++) {
                sw.forwarding.receive(new byte[60], 1 + i % 2);
            }
            return null;
        });
    }

    private static long counted(TestSwitch sw, String what) {
        Map<String, String> all = sw.run(sw.ofproto::controllerStatus).getFirst().packetIns();
        return Long.parseLong(all.get("packet-in-miss-" + what));
    }

    @Test
    void whatIsTooMuchWaitsOrIsDroppedAndIsCounted() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String target = "tcp:127.0.0.1:" + server.getLocalPort();
            ControllerSettings slow = new ControllerSettings(5, 8, 20, 6, 0, true);
            try (TestSwitch sw = new TestSwitch(config(target, slow));
                    TestController c = new TestController(server.accept(), Version.OF10)) {
                long before = System.nanoTime();
                receive(sw);
                long bypassed = counted(sw, "bypassed");
                // 20 a second are allowed meanwhile.
                long most = 7 + (System.nanoTime() - before) / 50_000_000;
                assertTrue(bypassed >= 6 && bypassed <= most, bypassed + " of at most " + most);
                assertEquals(SENT - bypassed, counted(sw, "queued"));
                // One may have left meanwhile.
                long least = SENT - bypassed - 8;
                assertTrue(counted(sw, "dropped") >= least, "" + counted(sw, "dropped"));
                for (long i = counted(sw, "dropped"); i < SENT; i++) {
                    assertEquals(0, c.next(PacketIn.class).reason());
                }
                assertFalse(c.gets(PacketIn.class));
                assertEquals(0, counted(sw, "backlog"));

                OfprotoConfig free = config(target, new ControllerSettings(5, 8));
                sw.run(() -> {
                    sw.ofproto.reconfigure(free);
                    return null;
                });
                receive(sw);
                for (int i = 0; i < SENT; i++) {
                    c.next(PacketIn.class);
                }
                assertEquals(Map.of(), sw.run(sw.ofproto::controllerStatus).getFirst().packetIns());
            }
        }
    }

    @Test
    void whoReadsGetsAllHoweverManyComeAtOnce() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String target = "tcp:127.0.0.1:" + server.getLocalPort();
            ControllerSettings few = new ControllerSettings(5, 8, 0, 0, 10, true);
            try (TestSwitch sw = new TestSwitch(config(target, few));
                    TestController c = new TestController(server.accept(), Version.OF10)) {
                receive(sw);
                for (int i = 0; i < SENT; i++) {
                    c.next(PacketIn.class);
                }
            }
        }
    }

    @Test
    void whoIsToBeToldNothingUnaskedIsNot() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String target = "tcp:127.0.0.1:" + server.getLocalPort();
            ControllerSettings quiet = new ControllerSettings(5, 8, 0, 0, 0, false);
            try (TestSwitch sw = new TestSwitch(config(target, quiet));
                    TestController c = new TestController(server.accept(), Version.OF10)) {
                receive(sw);
                assertFalse(c.gets(PacketIn.class));
            }
        }
    }
}
