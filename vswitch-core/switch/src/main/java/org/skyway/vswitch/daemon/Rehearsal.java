package org.skyway.vswitch.daemon;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A switch that nobody else sees gets flow-mods and answers requests for a moment, so that the
/// compiler has seen all of that before it matters. The first controller of a switch is often the
/// one that installs most of its rules, and without this it would meet code that is interpreted.
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final String BRIDGE = "r";
    private static final int XID = 1;
    private static final int MANY = 1024; // flow-mods of a round that are sent without waiting
    private static final int BUNDLED = 4096;
    private static final int MOST = 3072; // flow-mods of a round that are waited for one by one
    private static final int BUNDLE_OPEN = 0;
    private static final int BUNDLE_COMMIT = 4;
    private static final int BUNDLE_FLAGS = 3; // atomic, ordered
    private static final int ROUNDS = 4; // for each version
    private static final int BATCH = 64; // flow-mods that are sent before an answer is read
    private static final int BARRIER_REPLY_10 = 19;
    private static final int BARRIER_REPLY = 21;
    private static final int PORTS = 8;
    private static final int IPV4 = 0x0800;
    private static final int TCP = 6;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final Version version;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Rehearsal(Path socket, Version version) throws IOException {
        this.version = version;
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    }

    /// Rehearses on the calling thread. That it can't is no error.
    ///
    /// @param runDirectory of the switch; what is made in it is removed again
    /// @param nanos how long at most
    /// @param cancelled whether to end early
    /// @return how many flow-mods were installed
    static int run(Path runDirectory, long nanos, BooleanSupplier cancelled) {
        if (nanos <= 0) {
            return 0;
        }
        long end = System.nanoTime() + nanos;
        Path directory = runDirectory.resolve("rehearsal");
        try {
            delete(directory);
            try (Daemon _ = start(directory, true)) {
                return rehearse(
                        socket(directory),
                        () -> cancelled.getAsBoolean() || System.nanoTime() > end);
            } finally {
                delete(directory);
            }
        } catch (IOException | ConfigException e) {
            LOG.warn("the first flow-mods will be slow: {}", e.toString());
            return 0;
        }
    }

    /// Rehearses how a switch begins with what another one has left. That it can't is no error.
    ///
    /// @param runDirectory of the switch; what is made in it is removed again
    /// @param times how often at most
    /// @param nanos how long about, but once in any case
    /// @return how often it has begun so
    static int restart(Path runDirectory, int times, long nanos) {
        if (nanos <= 0) {
            return 0;
        }
        long end = System.nanoTime() + nanos;
        Path directory = runDirectory.resolve("rehearsal");
        int begun = 0;
        try {
            delete(directory);
            try (Daemon _ = start(directory, true)) {
                Rehearsal rehearsal = new Rehearsal(socket(directory), Version.OF14);
                try (rehearsal.channel) {
                    rehearsal.say(new Message.Hello(1 << Version.OF14.number()));
                    rehearsal.install(MANY, BATCH, () -> false);
                }
            }
            while (begun < times && (begun == 0 || System.nanoTime() < end)) {
                try (Daemon _ = start(directory, false);
                        ControlClient client = new ControlClient(directory)) {
                    client.ask(ControlClient.request("ports"));
                }
                begun++;
            }
        } catch (IOException | ConfigException e) {
            LOG.warn("taking over will be slow: {}", e.toString());
        } finally {
            try {
                delete(directory);
            } catch (IOException e) {
                LOG.warn("what was rehearsed is still there: {}", e.toString());
            }
        }
        return begun;
    }

    private static Daemon start(Path directory, boolean empty) {
        List<PortConfig> ports = new ArrayList<>();
        for (int i = 1; i <= PORTS; i++) {
            ports.add(PortConfig.ofTyped(i, "dpdkr", BRIDGE + i));
        }
        return Daemon.start(
                directory,
                SwitchConfig.defaults().named(BRIDGE).with(ports),
                new StateOptions(directory.resolve("state"), empty, false));
    }

    private static Path socket(Path directory) {
        return directory.resolve(BRIDGE + ".mgmt");
    }

    private static int rehearse(Path socket, BooleanSupplier over) throws IOException {
        int installed = 0;
        for (int i = 0; i < ROUNDS && !over.getAsBoolean(); i++) {
            if (i > 0) {
                System.gc(); // or each touches memory that is given back only after a while
            }
            // The tools' default, and one of those with the newer formats.
            for (Version v : List.of(Version.OF10, Version.OF14)) {
                installed += new Rehearsal(socket, v).round(over);
            }
        }
        return installed;
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private int round(BooleanSupplier over) throws IOException {
        try (channel) {
            say(new Message.Hello(1 << version.number()));
            // Most in the way of tools, which wait for a barrier after each.
            int installed = install(MANY, BATCH, over) + install(MOST, 1, over);
            say(new StatsRequest.Flow(Match.ANY, FlowMod.ALL_TABLES, OfPort.ANY, OfPort.ANY, 0, 0));
            barrier();
            for (int k = 0; k < BATCH; k++) {
                say(flowMod(FlowMod.Command.DELETE_STRICT, k));
            }
            say(flowMod(FlowMod.Command.DELETE, -1));
            barrier();
            if (version.atLeast(Version.OF14)) {
                bundle();
                say(flowMod(FlowMod.Command.DELETE, -1));
                barrier();
            }
            return installed;
        }
    }

    private int install(int count, int batch, BooleanSupplier over) throws IOException {
        int done = 0;
        while (done < count && !over.getAsBoolean()) {
            for (int k = done; k < done + batch; k++) {
                say(flowMod(FlowMod.Command.ADD, k));
                if (k % 2 == 1) {
                    say(new Message.BarrierRequest());
                }
            }
            barrier();
            done += batch;
        }
        return done;
    }

    private void bundle() throws IOException {
        say(new BundleMessage.Control(1, BUNDLE_OPEN, BUNDLE_FLAGS));
        for (int k = 0; k < BUNDLED; k++) {
            Bytes inner = Bytes.of(encode(flowMod(FlowMod.Command.ADD, k), XID));
            say(new BundleMessage.Add(1, BUNDLE_FLAGS, inner));
        }
        say(new BundleMessage.Control(1, BUNDLE_COMMIT, BUNDLE_FLAGS));
        barrier();
    }

    private byte[] encode(Message message, int xid) {
        return OpenFlowCodec.encode(new Envelope(version, xid, message));
    }

    private void say(Message message) {
        out.writeBytes(encode(message, XID));
    }

    /// Sends what was said, and reads all answers up to a barrier's of its own.
    private void barrier() throws IOException {
        int last = XID + 1;
        out.writeBytes(encode(new Message.BarrierRequest(), last));
        ByteBuffer all = ByteBuffer.wrap(out.toByteArray());
        out.reset();
        while (all.hasRemaining()) {
            channel.write(all);
        }
        int type;
        int xid;
        int reply = version == Version.OF10 ? BARRIER_REPLY_10 : BARRIER_REPLY;
        do {
            in.readUnsignedByte();
            type = in.readUnsignedByte();
            int length = in.readUnsignedShort();
            xid = in.readInt();
            in.skipNBytes(length - OpenFlowCodec.HEADER);
        } while (type != reply || xid != last);
    }

    /// Matches of several shapes, so that no one shape is taken for all there is.
    private static Match match(int k) {
        Match.Builder m = Match.builder();
        switch (k % 4) {
            case 0 -> m.exact(Field.IN_PORT, 1 + k % 8).exact(Field.ETH_DST, 0x020000000000L + k);
            case 1 -> m.exact(Field.ETH_TYPE, IPV4).exact(Field.IPV4_SRC, k);
            case 2 -> m.exact(Field.ETH_TYPE, IPV4).masked(Field.IPV4_DST, k << 8, 0xffffff00L);
            default ->
                    m.exact(Field.IN_PORT, 1 + k % 8)
                            .exact(Field.ETH_TYPE, IPV4)
                            .exact(Field.IP_PROTO, TCP)
                            .exact(Field.IPV4_SRC, k)
                            .exact(Field.TCP_DST, k & 0xffff);
        }
        return m.build();
    }

    /// @param k which; -1 for all
    private FlowMod flowMod(FlowMod.Command command, int k) {
        Match match = k < 0 ? Match.ANY : match(k);
        boolean add = command == FlowMod.Command.ADD;
        Instructions i =
                !add
                        ? Instructions.DROP
                        : k % 8 == 7
                                ? Instructions.apply(
                                        new Action.SetField(Field.ETH_SRC, k),
                                        new Action.Output(2, 0))
                                : Instructions.apply(new Action.Output(1 + k % 8, 0));
        int table =
                version == Version.OF10 || command == FlowMod.Command.DELETE
                        ? FlowMod.ALL_TABLES
                        : 0;
        return new FlowMod(
                command, match, 1000, table, 0, 0, 0, false, 0, 0, 0, -1, OfPort.ANY, -1, 0, i);
    }
}
