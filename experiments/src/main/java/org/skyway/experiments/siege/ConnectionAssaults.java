package org.skyway.experiments.siege;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Connections that are too many, say too much, or do not listen.
final class ConnectionAssaults {
    private static final byte[] HELLO = {4, 0, 0, 8, 0, 0, 0, 0};
    private static final byte[] SET_CONFIG = {
        4, 9, 0, 12, 0, 0, 0, 1, 0, 0, (byte) 0xff, (byte) 0xff
    };
    private static final StatsRequest.Flow ALL_FLOWS =
            new StatsRequest.Flow(Match.ANY, 255, OfPort.ANY, GroupMod.ANY, 0, 0);
    private static final int OPEN = 0;
    private static final int ATOMIC = 1;

    private ConnectionAssaults() {}

    /// Connections that are closed at the end of an assault.
    private static final class Crowd implements AutoCloseable {
        private final List<SocketChannel> open = new ArrayList<>();
        private final Ground ground;
        private final String socket;

        Crowd(Ground ground, String socket) {
            this.ground = ground;
            this.socket = socket;
        }

        Crowd(Ground ground) {
            this(ground, SwitchProcess.BRIDGE + ".mgmt");
        }

        /// One more.
        ///
        /// @return null if the switch or the system lets nobody in
        SocketChannel join() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(
                        UnixDomainSocketAddress.of(ground.vswitch().directory().resolve(socket)));
            } catch (IOException e) {
                channel.close();
                return null;
            }
            channel.configureBlocking(false);
            open.add(channel);
            return channel;
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }

    /// Writes as much as the other side takes.
    ///
    /// @return false if it takes no more, or has hung up
    private static boolean write(SocketChannel channel, byte[] bytes) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        try {
            for (int tries = 0; out.hasRemaining(); ) {
                if (channel.write(out) == 0 && ++tries > 200) {
                    return false;
                }
                if (tries > 0) {
                    Thread.sleep(1);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static byte[] encode(int xid, Message message) {
        return Controller.encode(xid, message);
    }

    // They want every packet and every change, and read none of them.
    static void deaf(Ground g) throws Exception {
        g.controller().add("in_port=3,actions=controller");
        g.controller().barrier();
        try (Crowd crowd = new Crowd(g)) {
            for (int i = 0; i < g.some(50); i++) {
                SocketChannel c = crowd.join();
                if (c != null) {
                    write(c, HELLO);
                    write(c, SET_CONFIG);
                    write(c, encode(7, monitor()));
                }
            }
            for (int round = 0; round < 5; round++) {
                g.flood(0.5, 1500, at -> Ground.udp(at, 1, 1));
                for (int i = 0; i < g.some(2000); i++) {
                    String rule = "priority=%d,in_port=99,actions=output:4".formatted(i);
                    g.controller().add(rule);
                    g.controller().delete(rule);
                }
                g.controller().barrier();
            }
        }
    }

    private static Message monitor() {
        // initial, add, delete, modify, actions, own
        return new StatsRequest.FlowMonitor(
                List.of(
                        new StatsRequest.FlowMonitor.Item(
                                1, 0, 0x3f, OfPort.ANY, GroupMod.ANY, 255, Match.ANY)));
    }

    static void dumps(Ground g) throws Exception {
        int rules = g.some(50_000);
        for (int i = 0; i < rules; i++) {
            g.controller()
                    .add(
                            "table=2,ip,nw_src=10.%d.%d.%d,actions=output:4"
                                    .formatted(i >> 16, i >> 8 & 255, i & 255));
        }
        g.controller().barrier();
        try (Crowd crowd = new Crowd(g)) {
            for (int i = 0; i < g.some(30); i++) {
                SocketChannel c = crowd.join();
                if (c != null) {
                    write(c, HELLO);
                    for (int xid = 1; xid < 200; xid++) {
                        write(c, encode(xid, ALL_FLOWS));
                    }
                }
            }
            g.controller().barrier();
            Thread.sleep(500);
        }
    }

    static void silent(Ground g) throws Exception {
        try (Crowd crowd = new Crowd(g)) {
            int refused = 0;
            for (int i = 0; i < g.some(10_000) && refused < 200; i++) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    refused++;
                } else if (i % 3 != 0) {
                    write(c, new byte[] {4, 0, 0, i % 3 == 1 ? (byte) 8 : 16, 0});
                }
                if (i % 500 == 0) {
                    g.controller().barrier();
                    g.vswitch().controller("late").close(); // somebody else may still come
                }
            }
            Thread.sleep(500);
        }
    }

    static void greeted(Ground g) throws Exception {
        try (Crowd crowd = new Crowd(g)) {
            for (int i = 0; i < g.some(2000); i++) {
                SocketChannel c = crowd.join();
                if (c != null) {
                    write(c, HELLO);
                    write(c, encode(1, new Message.FeaturesRequest()));
                }
            }
            g.controller().barrier();
        }
    }

    static void bundles(Ground g) throws Exception {
        byte[] flow =
                Controller.encode(
                        9,
                        Controller.flowMod(
                                FlowMod.Command.ADD,
                                "table=3,in_port=3,actions="
                                        + "output:4,".repeat(100)
                                        + "output:4"));
        try (Crowd crowd = new Crowd(g)) {
            for (int i = 0; i < g.some(20); i++) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    continue;
                }
                write(c, HELLO);
                boolean more = true;
                for (int bundle = 1; bundle <= 70 && more; bundle++) {
                    more = write(c, bundle(new BundleMessage.Control(bundle, OPEN, ATOMIC)));
                    for (int item = 0; item < 500 && more; item++) {
                        more =
                                write(
                                        c,
                                        bundle(
                                                new BundleMessage.Add(
                                                        bundle, ATOMIC, Bytes.of(flow))));
                        read(c);
                    }
                }
            }
            g.controller().barrier();
        }
    }

    // OpenFlow 1.3 has bundles as messages of the ONF's.
    private static byte[] bundle(BundleMessage message) {
        return OpenFlowCodec.encode(new Envelope(Version.OF13, 9, Dialect.ONF, false, message));
    }

    private static void read(SocketChannel channel) throws IOException {
        channel.read(ByteBuffer.allocate(65536));
    }

    // Multipart requests that say that more is to come.
    static void halves(Ground g) throws Exception {
        try (Crowd crowd = new Crowd(g)) {
            for (int i = 0; i < g.some(50); i++) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    continue;
                }
                write(c, HELLO);
                for (int xid = 0; xid < 200; xid++) {
                    ByteBuffer part = ByteBuffer.allocate(65_528);
                    part.put((byte) 4).put((byte) 18).putShort((short) 65_528).putInt(xid);
                    part.putShort((short) 12).putShort((short) 1); // table features, more
                    if (!write(c, part.array())) {
                        break;
                    }
                    read(c);
                }
            }
            g.controller().barrier();
        }
    }

    static void longest(Ground g) throws Exception {
        for (int type = 0; type < 40; type++) {
            try (Crowd crowd = new Crowd(g)) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    continue;
                }
                write(c, HELLO);
                for (int round = 0; round < 10; round++) {
                    byte[] message = new byte[65_535];
                    if (round > 0) {
                        g.random().nextBytes(message);
                    }
                    ByteBuffer.wrap(message)
                            .put((byte) 4)
                            .put((byte) type)
                            .putShort((short) 65_535)
                            .putInt(round);
                    if (!write(c, message)) {
                        break;
                    }
                    read(c);
                }
            }
            g.controller().barrier();
        }
    }

    static void garbage(Ground g) throws Exception {
        for (int i = 0; i < g.some(300); i++) {
            try (Crowd crowd = new Crowd(g)) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    continue;
                }
                if (g.random().nextBoolean()) {
                    write(c, HELLO);
                }
                byte[] bytes = new byte[g.random().nextInt(1, 20_000)];
                g.random().nextBytes(bytes);
                bytes[0] = 4;
                write(c, bytes);
                read(c);
            }
        }
        g.controller().barrier();
    }

    static void ctl(Ground g) throws Exception {
        try (Crowd crowd = new Crowd(g, "ctl.sock")) {
            for (int i = 0; i < g.some(500); i++) {
                SocketChannel c = crowd.join();
                if (c == null) {
                    continue;
                }
                switch (i % 4) {
                    case 0 -> {}
                    case 1 -> write(c, "{\"command\":".getBytes(StandardCharsets.UTF_8));
                    case 2 -> write(c, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8));
                    default ->
                            write(
                                    c,
                                    "{\"command\":\"no\"}\nnull\n{}\n[[[\n"
                                            .getBytes(StandardCharsets.UTF_8));
                }
            }
            g.controller().barrier();
        }
    }
}
