package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Every field that Open vSwitch has a name for on the wire, in every action that can name one:
/// what is refused and why, what the dump says, and that the dump can be restored.
class FieldActionsIT extends BothSwitches {
    private static final int[] LENGTHS = {1, 2, 4, 6, 8, 16};
    private static final int[] VENDORS = {0x2320, 0x005ad650, 0x4f4e4600};

    private static final String UNREADABLE = "can't be read";
    private static final Pattern ENTRY =
            Pattern.compile("\\w+ reply.*?\\(xid=0x(\\w+)\\):(.*)", Pattern.DOTALL);

    /// A request of Nicira's for all flows.
    private static final String ALL_FLOWS_NXM =
            "0110002000000007ffff0000000023200000000000000000ffff0000ff000000";

    /// As many as there are priorities.
    private static final int MOST = 60000;

    private record Flow(WireField.When when, WireField.Sample sample) {}

    @ParameterizedTest
    @ValueSource(strings = {"OpenFlow13", "OpenFlow15"})
    void everyFieldInEveryActionIsTakenAsByOpenVSwitch(String name) throws Exception {
        Version version = name.equals("OpenFlow13") ? Version.OF13 : Version.OF15;
        List<Flow> flows = new ArrayList<>();
        for (WireField f : fields(version)) {
            f.samples(version.number()).forEach(s -> flows.add(new Flow(f.when(), s)));
        }
        assertTrue(flows.size() > 5000 && flows.size() < MOST, flows.size() + " flows");
        List<byte[]> mods = new ArrayList<>();
        for (Flow f : flows) {
            mods.add(flowMod(version, f.when, mods.size(), f.sample.bytes()));
        }
        List<String> different = new ArrayList<>();
        Map<Integer, String> theirs = errors(ovs.directory.resolve("br0.mgmt"), version, mods);
        Map<Integer, String> ours = errors(sw.management(), version, mods);
        for (int i = 0; i < flows.size(); i++) {
            String a = theirs.getOrDefault(i, "accepted");
            String b = ours.getOrDefault(i, "accepted");
            if (!a.equals(b)) {
                different.add(
                        "%s on %s: expected %s, but was %s"
                                .formatted(flows.get(i).sample.what(), flows.get(i).when, a, b));
            }
        }
        assertEquals(List.of(), different, different.size() + " answers differ");
        dumpsAreAlike(version, flows);
        dumpIsRestored(version, flows);
    }

    /// Both switches take back what Skyway lists, and list it again.
    private void dumpIsRestored(Version version, List<Flow> flows) throws Exception {
        List<String> lines = new ArrayList<>();
        dump(sw.management(), version)
                .forEach((priority, entry) -> {
                    if (isReadAgain(flows.get(priority), entry)) {
                        lines.add(entry.strip());
                    }
                });
        assertTrue(lines.size() > 5000, lines.size() + " lines");
        Path file = directory.resolve("dump");
        Files.write(file, lines);
        String name = version == Version.OF13 ? "OpenFlow13" : "OpenFlow15";
        for (Path p : List.of(ovs.directory, sw.directory)) {
            OvsTool.ofctl(p, name, "del-flows", "br0");
            for (String command : List.of("add-flows", "diff-flows")) {
                OvsTool.Result r = OvsTool.ofctl(p, name, command, "br0", file.toString());
                assertEquals(0, r.status(), () -> p + ": " + command + ": " + r.output());
            }
        }
    }

    /// Whether `ovs-ofctl` can read what it prints of an entry: not all masks and values that only
    /// Nicira's second load can have, no flags without a name, no packet type.
    private static boolean isReadAgain(Flow flow, String entry) {
        return !entry.equals(UNREADABLE)
                && !flow.sample.what().matches("load2 .*|set .*/.*")
                && !entry.contains("[Unknown]")
                && !entry.contains("packet_type=packet_type");
    }

    private void dumpsAreAlike(Version installed, List<Flow> flows) throws Exception {
        List<String> different = new ArrayList<>();
        int compared = 0;
        for (Version v : Version.values()) {
            Map<Integer, String> theirs = dump(ovs.directory.resolve("br0.mgmt"), v);
            Map<Integer, String> ours = dump(sw.management(), v);
            for (int i = 0; i < flows.size(); i++) {
                String a = theirs.get(i);
                String b = ours.get(i);
                compared += a == null ? 0 : 1;
                boolean better = UNREADABLE.equals(a) && b != null; // ovs-ofctl can read ours
                if (!Objects.equals(a, b)
                        && !better
                        && !isMaskForgotten(installed, v, flows.get(i))) {
                    different.add(
                            "%s, %s: expected %s, but was %s"
                                    .formatted(flows.get(i).sample.what(), v, a, b));
                }
            }
        }
        assertTrue(compared > 5000, "Open vSwitch listed " + compared);
        assertEquals(List.of(), different, different.size() + " entries differ");
    }

    /// To OpenFlow 1.0 and 1.1, Open vSwitch forgets the mask of a set-field.
    private static boolean isMaskForgotten(Version installed, Version dumped, Flow flow) {
        return installed == Version.OF15
                && !dumped.atLeast(Version.OF12)
                && flow.sample.what().matches("set .*/.*");
    }

    /// The entries of a dump by priority, as `ovs-ofctl` prints them, each by itself: after one
    /// that it can't read it would read no more.
    private Map<Integer, String> dump(Path socket, Version version) throws Exception {
        StatsRequest.Flow all = new StatsRequest.Flow(Match.ANY, 255, OfPort.ANY, -1, 0, 0);
        byte[] request =
                version == Version.OF10
                        ? HexFormat.of().parseHex(ALL_FLOWS_NXM)
                        : OpenFlowCodec.encode(new Envelope(version, 7, all));
        // In OpenFlow 1.0 the extension's reply has three headers.
        int head = version == Version.OF10 ? 24 : 16;
        int priorityAt = version == Version.OF15 ? 6 : 12;
        Path messages = directory.resolve("messages");
        try (RawConnection c = new RawConnection(socket, version);
                OutputStream out = Files.newOutputStream(messages)) {
            for (byte[] reply : c.replies(List.of(request))) {
                ByteBuffer b = ByteBuffer.wrap(reply);
                int length;
                for (int at = head; at < reply.length; at += length) {
                    length = b.getShort(at) & 0xffff;
                    byte[] one = Arrays.copyOf(reply, head + length);
                    System.arraycopy(reply, at, one, head, length);
                    int priority = b.getShort(at + priorityAt) & 0xffff;
                    ByteBuffer.wrap(one)
                            .putShort(2, (short) one.length)
                            .putInt(4, priority)
                            .putShort(10, (short) 0); // no more of it
                    out.write(one);
                }
            }
        }
        OvsTool.Result r =
                OvsTool.run(
                        directory,
                        20,
                        "ovs-ofctl",
                        "-vconsole:off",
                        "--no-names",
                        "--no-stats",
                        "ofp-parse",
                        messages.toString());
        Map<Integer, String> entries = new TreeMap<>();
        for (String entry : r.output().split("(?m)^(?=OFPST_FLOW|NXST_FLOW)")) {
            Matcher m = ENTRY.matcher(entry);
            if (m.matches()) {
                String text = m.group(2).replaceAll("(duration|n_\\w+|idle_age)=[^,]*, ", "");
                entries.put(
                        Integer.parseInt(m.group(1), 16),
                        text.contains("decode error") ? UNREADABLE : text);
            }
        }
        return entries;
    }

    /// The fields that Open vSwitch knows, found by asking it.
    private List<WireField> fields(Version version) throws Exception {
        List<WireField> asked = new ArrayList<>();
        for (int bytes : LENGTHS) {
            for (int field = 0; field < 128; field++) {
                for (int oxmClass : new int[] {0, 1, 0x8000, 0x8001, 0x1000}) {
                    asked.add(field(oxmClass << 16 | field << 9 | bytes, 0, bytes));
                }
                for (int vendor : VENDORS) {
                    asked.add(field(0xffff << 16 | field << 9 | bytes + 4, vendor, bytes));
                }
            }
        }
        List<WireField> known = new ArrayList<>();
        for (WireField.When when : WireField.When.values()) {
            List<byte[]> mods = new ArrayList<>();
            for (WireField f : asked) {
                mods.add(flowMod(version, when, 1, f.push(0, 1)));
            }
            Map<Integer, String> errors = errors(ovs.directory.resolve("br0.mgmt"), version, mods);
            List<WireField> left = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                WireField f = asked.get(i);
                if (!errors.containsKey(i)) {
                    known.add(new WireField(f.header(), f.vendor(), f.bytes(), 0, when));
                } else if (errors.get(i).equals("OFPBAC_MATCH_INCONSISTENT")) {
                    left.add(f);
                }
            }
            asked = left;
        }
        assertEquals(List.of(), asked, "no match meets what these need");
        List<WireField> sized = new ArrayList<>();
        for (WireField f : known) {
            List<byte[]> mods = new ArrayList<>();
            for (int bits = 1; bits <= 8 * f.bytes(); bits++) {
                mods.add(flowMod(version, f.when(), 1, f.push(0, bits)));
            }
            int bits =
                    mods.size() - errors(ovs.directory.resolve("br0.mgmt"), version, mods).size();
            sized.add(new WireField(f.header(), f.vendor(), f.bytes(), bits, f.when()));
        }
        OvsTool.ofctl(ovs.directory, "OpenFlow13", "del-flows", "br0");
        return sized;
    }

    private static WireField field(int header, int vendor, int bytes) {
        return new WireField(header, vendor, bytes, 1, WireField.When.ALWAYS);
    }

    private static byte[] flowMod(Version v, WireField.When when, int priority, byte[] action) {
        return flowMod(v, FlowText.parseMatch(when.match), priority, action);
    }

    /// A flow-mod that adds an entry with actions in bytes.
    static byte[] flowMod(Version v, Match match, int priority, byte[] actions) {
        FlowMod mod =
                new FlowMod(
                        FlowMod.Command.ADD,
                        match,
                        priority,
                        0,
                        0,
                        0,
                        0,
                        false,
                        0,
                        0,
                        0,
                        -1,
                        OfPort.ANY,
                        -1,
                        0,
                        Instructions.DROP);
        byte[] plain = OpenFlowCodec.encode(new Envelope(v, priority, mod));
        ByteBuffer b = ByteBuffer.allocate(plain.length + 8 + actions.length);
        b.put(plain).putShort((short) 4).putShort((short) (8 + actions.length)).putInt(0);
        return b.put(actions).putShort(2, (short) b.capacity()).array();
    }

    private static Map<Integer, String> errors(Path socket, Version version, List<byte[]> frames)
            throws IOException {
        try (RawConnection c = new RawConnection(socket, version)) {
            return c.errors(frames);
        }
    }
}
