package org.skyway.experiments.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.conformance.generate.CaseGenerator;
import org.skyway.experiments.conformance.generate.Feature;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.conformance.lab.Side;
import org.skyway.experiments.fuzz.FuzzSeeds;
import org.skyway.experiments.process.ExperimentException;

/// Messages that can't be: what Skyway answers, and whether it hangs up, is what Open vSwitch does;
/// and another controller does not notice.
@Timeout(300)
class WireFuzzIT {
    private static final int MESSAGES = Integer.getInteger("skyway.fuzz.messages", 400);
    private static final long SEED = Long.getLong("skyway.fuzz.seed", 1);
    private static final int[] VERSIONS = {1, 2, 3, 4, 5, 6};
    private static final int AT_ONCE = 100; // messages, before tables are compared
    private static final String INVALID_TLV_FIELD = "ffff002500002320"; // NXFMFC_
    private static final int BUNDLE_CONTROL = 33;
    private static final int DISCARD_REPLY = 7;
    private static final int BARRIER_XID = 0x0ba1_0001;

    private final Random random = new Random(SEED);

    @Test
    void impossibleMessagesAreAnsweredAlikeAndHarmNoOneElse() throws IOException {
        String missing = Lab.missing();
        assumeTrue(missing == null, () -> "skipped: " + missing);
        System.out.printf("seed %d, %d messages of each version%n", SEED, MESSAGES);
        List<String> differences = new ArrayList<>();
        try (Lab lab = new Lab(line -> {});
                Encoder encoder = new Encoder(lab.scratch())) {
            for (int version : VERSIONS) {
                lab.sides().forEach(side -> side.connect(version));
                List<byte[]> valid = valid(encoder, version);
                for (int i = 0; i < MESSAGES; i++) {
                    byte[] message = mutate(valid.get(random.nextInt(valid.size())));
                    String theirs = answer(lab.ovs(), version, message);
                    String ours = answer(lab.skyway(), version, message);
                    if (!theirs.equals(ours) && !isExplained(message, theirs, ours)) {
                        String sent = HexFormat.of().formatHex(head(message));
                        differences.add(
                                "version %d, %s%n  Open vSwitch %s%n  Skyway       %s"
                                        .formatted(version, sent, theirs, ours));
                    }
                    // The other connection: a barrier is answered.
                    assertEquals(List.of(), lab.skyway().connection().exchange(List.of()));
                    if ((i + 1) % AT_ONCE == 0) {
                        compareTables(lab, version, differences);
                    }
                }
            }
        }
        assertTrue(
                differences.isEmpty(),
                () -> differences.size() + " differ:\n" + String.join("\n", differences));
    }

    /// Compares what was added, and removes it.
    private static void compareTables(Lab lab, int version, List<String> differences) {
        String name = "OpenFlow1" + (version - 1);
        for (String kind : version == 1 ? List.of("flows") : List.of("flows", "groups")) {
            List<String> theirs = dump(lab.ovs(), name, kind);
            List<String> ours = dump(lab.skyway(), name, kind);
            assertNotNull(ours, () -> "%s: ovs-ofctl can't read our %s".formatted(name, kind));
            if (theirs != null && !theirs.equals(ours)) {
                differences.add(
                        "%s, %s%n  Open vSwitch %s%n  Skyway       %s"
                                .formatted(
                                        name, kind, without(theirs, ours), without(ours, theirs)));
            }
            for (Side side : lab.sides()) {
                side.ofctl("-O", name, "del-" + kind, side.bridge());
            }
        }
    }

    /// @return what is there, but for what ends by the clock; null if ovs-ofctl can't read it
    private static List<String> dump(Side side, String version, String kind) {
        try {
            return side.ofctl("-O", version, "--no-stats", "dump-" + kind, side.bridge())
                    .lines()
                    .filter(l -> isCompared(version, l))
                    .sorted()
                    .toList();
        } catch (ExperimentException e) {
            return null;
        }
    }

    /// Not what ends by the clock, nor what there is only in Open vSwitch: tunnel metadata, and a
    /// packet type that OpenFlow 1.0 does not tell but that sets two matches of everything apart.
    private static boolean isCompared(String version, String line) {
        boolean all =
                line.replaceAll("actions=.*|(cookie|table|priority|in_port)=[^, ]+,?", "")
                        .isBlank();
        return !line.contains("reply")
                && !line.contains("|INFO|")
                && !line.contains("_timeout=")
                && !line.contains("tun_metadata")
                && !(version.equals("OpenFlow10") && all);
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(l -> !others.contains(l)).toList();
    }

    private static List<byte[]> valid(Encoder encoder, int version) throws IOException {
        List<byte[]> valid = new ArrayList<>();
        boolean generated = version != 2 && version != 3;
        for (long seed = 1; generated && valid.size() < 40; seed++) {
            var c = new CaseGenerator(seed, 4, EnumSet.of(Feature.GROUPS)).next();
            if (c.version() == version) {
                valid.addAll(encoder.encode(c).messages());
            }
        }
        for (byte[] m :
                FuzzSeeds.read("state.hex")) { // flow-mods, group-mods and meter-mods of all kinds
            if (m[0] == version && m.length > 8) {
                valid.add(m);
            }
        }
        for (String command : List.of("dump-flows", "dump-ports", "dump-tables", "dump-desc")) {
            valid.addAll(encoder.request(version, command));
        }
        byte[] echo = new byte[8];
        echo[0] = (byte) version;
        echo[1] = 2;
        valid.add(echo);
        return valid;
    }

    private byte[] mutate(byte[] original) {
        byte[] m = original.clone();
        ByteBuffer.wrap(m).putInt(4, 7);
        switch (random.nextInt(6)) {
            case 0 -> ByteBuffer.wrap(m).putShort(2, (short) random.nextInt(8)); // no length at all
            case 1 -> { // longer than it is, up to all that fits
                int length = random.nextBoolean() ? 0xffff : m.length + random.nextInt(100);
                m = Arrays.copyOf(m, length);
            }
            case 2 -> m = Arrays.copyOf(m, 8 + random.nextInt(m.length - 7));
            case 3 -> m[1] = (byte) random.nextInt(256);
            case 4 -> m[0] = (byte) (random.nextBoolean() ? random.nextInt(8) : random.nextInt());
            default -> {
                if (m.length > 8) {
                    m[8 + random.nextInt(m.length - 8)] = (byte) random.nextInt();
                }
            }
        }
        if ((ByteBuffer.wrap(m).getShort(2) & 0xffff) >= 8) {
            ByteBuffer.wrap(m).putShort(2, (short) m.length);
        }
        return hangsOpenVSwitch(m) ? original : m;
    }

    // Open vSwitch 3.1 never comes back from inserting no buckets into a group.
    private static boolean hangsOpenVSwitch(byte[] m) {
        return m[0] == 6 && m[1] == 15 && (m.length < 18 || m[8] == 0 && m[9] == 3);
    }

    /// What comes back until the barrier behind it is answered, or the other end hangs up.
    private static String answer(Side side, int version, byte[] message) throws IOException {
        var address = UnixDomainSocketAddress.of(side.directory().resolve(side.bridge() + ".mgmt"));
        StringBuilder text = new StringBuilder();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(address);
            channel.write(ByteBuffer.wrap(header(version, 0, 1)));
            List<byte[]> greeting = new ArrayList<>();
            ByteBuffer in = ByteBuffer.allocate(1 << 18);
            while (greeting.isEmpty()) {
                if (channel.read(in) < 0) {
                    return "hangs up at once";
                }
                take(in, greeting);
            }
            ByteBuffer out = ByteBuffer.allocate(message.length + 8);
            out.put(message).put(header(version, version == 1 ? 18 : 20, BARRIER_XID)).flip();
            write(channel, out);
            boolean open = true;
            List<byte[]> answers = new ArrayList<>();
            while (open && answers.stream().noneMatch(WireFuzzIT::isBarrierReply)) {
                open = read(channel, in);
                take(in, answers);
            }
            if (!open) {
                return "hangs up"; // what it said before may be lost with the connection
            }
            for (byte[] a : answers) {
                boolean error = a[1] == 1;
                if (error) {
                    ByteBuffer.wrap(a).putInt(4, 0); // the xid: of what can't be read there is none
                }
                boolean mine = ByteBuffer.wrap(a).getInt(4) == 7;
                if (error || mine && a[1] != 17 && a[1] != 19) { // counters are another test's
                    text.append(HexFormat.of().formatHex(a, 0, Math.min(a.length, 76))).append(' ');
                }
            }
            return text + "goes on";
        }
    }

    private static void write(SocketChannel channel, ByteBuffer out) {
        try {
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException e) {
            // It hung up meanwhile, as reading will show.
        }
    }

    private static boolean read(SocketChannel channel, ByteBuffer in) {
        try {
            return channel.read(in) >= 0;
        } catch (IOException e) {
            return false; // reset: it hung up before it had read everything
        }
    }

    private static void take(ByteBuffer in, List<byte[]> messages) {
        in.flip();
        while (in.remaining() >= 8) {
            int length = in.getShort(in.position() + 2) & 0xffff;
            if (in.remaining() < length) {
                break;
            }
            byte[] message = new byte[length];
            in.get(message);
            messages.add(message);
        }
        in.compact();
    }

    private static boolean isBarrierReply(byte[] m) {
        return ByteBuffer.wrap(m).getInt(4) == BARRIER_XID;
    }

    private static byte[] header(int version, int type, int xid) {
        return ByteBuffer.allocate(8)
                .put((byte) version)
                .put((byte) type)
                .putShort((short) 8)
                .putInt(xid)
                .array();
    }

    private static byte[] head(byte[] message) {
        return Arrays.copyOf(message, Math.min(message.length, 200));
    }

    // Of doubly broken messages, and of unknown fields, Open vSwitch answers what its parser or
    // hash
    // table happens to come to first: both refuse, and both go on. What a bundle is to do that no
    // version knows, it answers with whatever lies in its memory.
    private static boolean isExplained(byte[] message, String theirs, String ours) {
        boolean unknown =
                message[0] >= 5
                        && message[1] == BUNDLE_CONTROL
                        && message.length > 14
                        && ByteBuffer.wrap(message).getShort(12) > DISCARD_REPLY;
        boolean tunnelMetadata = ours.contains(INVALID_TLV_FIELD);
        return isRefused(ours) && (isRefused(theirs) || unknown || tunnelMetadata);
    }

    private static boolean isRefused(String answer) {
        return answer.matches("0[1-6]01.* goes on");
    }
}
