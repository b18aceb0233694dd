package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.Version;

/// Open vSwitch and Skyway side by side, told the same raw messages: what they answer must be the
/// same bytes.
class OvsConversationIT extends BothSwitches {
    private static final HexFormat HEX = HexFormat.of();

    private List<String> answers(Path socket, Version version, List<byte[]> frames)
            throws IOException {
        try (RawConnection c = connect(socket, version)) {
            return c.replies(frames).stream().map(HEX::formatHex).toList();
        }
    }

    /// Open vSwitch may close a connection at once while it is busy with its configuration.
    private static RawConnection connect(Path socket, Version version) throws IOException {
        for (int tries = 20; ; tries--) {
            try {
                return new RawConnection(socket, version);
            } catch (IOException e) {
                if (tries == 0) {
                    throw e;
                }
            }
        }
    }

    /// Each line is a connection: its version, and the messages that are sent. The switches keep
    /// their state from line to line.
    @Test
    void conversationsGoAlike() throws Exception {
        List<String> differences = new ArrayList<>();
        int n = 0;
        for (String line : lines()) {
            String[] words = line.split(" ");
            Version version = Version.of(Integer.parseInt(words[0]));
            List<byte[]> frames = Arrays.stream(words).skip(1).map(HEX::parseHex).toList();
            List<String> theirs = answers(ovs.directory.resolve("br0.mgmt"), version, frames);
            List<String> ours = answers(sw.management(), version, frames);
            if (!theirs.equals(ours)) {
                differences.add("%s%n  expected %s%n  but was  %s".formatted(line, theirs, ours));
            }
            n++;
        }
        assertEquals(true, n > 20, n + " conversations");
        assertEquals(List.of(), differences, () -> String.join("\n", differences));
    }

    private static List<String> lines() throws IOException {
        try (InputStream in =
                OvsConversationIT.class.getResourceAsStream("comparison-conversations.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList();
        }
    }

    /// Every number that a message can have, with bodies of zeros.
    @Test
    void messagesOfEveryTypeAreRefusedAlike() throws Exception {
        List<String> differences = new ArrayList<>();
        for (Version v : Version.values()) {
            try (RawConnection a = new RawConnection(ovs.directory.resolve("br0.mgmt"), v);
                    RawConnection b = new RawConnection(sw.management(), v)) {
                for (byte[] frame : everyType(v)) {
                    Set<String> theirs = a.errors(frame);
                    Set<String> ours = b.errors(frame);
                    if (!theirs.equals(ours) && !explained(theirs, frame)) {
                        differences.add(
                                "%s, not %s: %s".formatted(ours, theirs, HEX.formatHex(frame)));
                    }
                }
            }
        }
        assertEquals(List.of(), differences, () -> String.join("\n", differences));
    }

    private static List<byte[]> everyType(Version v) {
        int multipart = v == Version.OF10 ? 16 : 18;
        int pad = v == Version.OF10 ? 0 : 4;
        int[] vendors = {0x2320, 0x4f4e4600, 0x1234};
        List<byte[]> all = new ArrayList<>();
        for (int body = 0; body <= 64; body += body < 16 ? 4 : 16) {
            for (int type = 1; type < 40; type++) {
                if (type != 3) {
                    all.add(frame(v, type, ByteBuffer.allocate(body)));
                }
            }
            for (int type : new int[] {multipart, multipart + 1}) {
                for (int number = 0; number < 22; number++) {
                    all.add(frame(v, type, numbers(pad + body, number << 16)));
                }
                for (int vendor : vendors) {
                    for (int number = 0; number < 6; number++) {
                        int size = pad + body;
                        ByteBuffer b = numbers(size + 8, 0xffff0000);
                        b.putInt(4 + pad, vendor).putInt(8 + pad, number);
                        all.add(frame(v, type, b));
                    }
                }
            }
            for (int vendor : vendors) {
                for (int number = 0; number < 40; number++) {
                    all.add(frame(v, 4, numbers(body, vendor, number)));
                }
            }
        }
        return all;
    }

    private static ByteBuffer numbers(int rest, int... numbers) {
        ByteBuffer b = ByteBuffer.allocate(4 * numbers.length + rest);
        for (int n : numbers) {
            b.putInt(n);
        }
        return b;
    }

    private static byte[] frame(Version v, int type, ByteBuffer body) {
        int length = 8 + body.capacity();
        return ByteBuffer.allocate(length)
                .put((byte) v.number())
                .put((byte) type)
                .putShort((short) length)
                .putInt(9)
                .put(body.array())
                .array();
    }

    /// Open vSwitch answers bad flow monitor requests with errors of a version that it takes from
    /// the wrong place. It knows replies about IPFIX, which it never gets.
    private static boolean explained(Set<String> theirs, byte[] frame) {
        boolean ipfix = frame[1] == 17 || frame[1] == 19;
        return theirs.contains("Numbers[of another version]")
                || ipfix && HEX.formatHex(frame).matches(".*ffff0+2320000000(03|04)0*");
    }
}
