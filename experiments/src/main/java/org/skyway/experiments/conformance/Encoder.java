package org.skyway.experiments.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.conformance.generate.Case;
import org.skyway.experiments.conformance.lab.Recorder;
import org.skyway.experiments.process.ExperimentException;

/// Turns flows and groups into messages, by the real `ovs-ofctl`. Lines that it refuses are left
/// out: they never reach a switch.
final class Encoder implements AutoCloseable {
    private static final int FLOW_MOD = 14;
    private static final int VENDOR = 4;
    private static final int NXT_FLOW_MOD = 13;
    // recirc_id and dp_hash: what Open vSwitch's datapath tells itself, and no switch else.
    private static final Pattern INTERNAL_FIELD = Pattern.compile("000146|000147|000148");
    private static final Pattern REFUSED = Pattern.compile("ovs-ofctl: \\S+:(\\d+): (.*)");

    private final Path scratch;
    private final Recorder recorder;
    private final Map<String, List<byte[]>> fixed = new HashMap<>();
    private int refused;

    /// What a case is, as messages.
    ///
    /// @param of the case, without what `ovs-ofctl` refused
    /// @param messages meter-mods, group-mods, then flow-mods
    /// @param packetOuts what is sent at the end
    record Encoded(Case of, List<byte[]> messages, List<byte[]> packetOuts) {}

    Encoder(Path scratch) {
        this.scratch = scratch;
        recorder = new Recorder(scratch);
    }

    /// Encodes a case.
    Encoded encode(Case c) {
        List<String> groups = new ArrayList<>(c.groups());
        List<String> flows = new ArrayList<>(c.flows());
        List<byte[]> packetOuts = new ArrayList<>();
        List<String> outs = singles(c.version(), "packet-out", c.packetOuts(), packetOuts);
        List<byte[]> meterMods = new ArrayList<>();
        List<String> meters = singles(c.version(), "add-meter", c.meters(), meterMods);
        List<byte[]> messages = new ArrayList<>(file(c.version(), "add-groups", groups));
        for (byte[] m : file(c.version(), "add-flows", flows)) {
            if (isFlowMod(m)) {
                messages.add(m);
            }
        }
        List<byte[]> damaged = new ArrayList<>();
        if (!messages.isEmpty()) {
            for (long how : c.damage()) {
                byte[] copy = damage(messages, how, 1 + damaged.size());
                if (!INTERNAL_FIELD.matcher(Comparison.hex(copy)).find()) {
                    damaged.add(copy);
                }
            }
        }
        messages.addAll(damaged);
        messages.addAll(0, meterMods);
        Case kept =
                new Case(
                        c.seed(),
                        c.version(),
                        meters,
                        groups,
                        flows,
                        c.damage(),
                        c.rounds(),
                        outs,
                        c.stateful());
        return new Encoded(kept, messages, packetOuts);
    }

    // Encodes each by a command of its own; returns those that were not refused.
    private List<String> singles(
            int version, String command, List<String> lines, List<byte[]> into) {
        List<String> taken = new ArrayList<>();
        for (String line : lines) {
            try {
                into.addAll(recorder.record(version, command, line));
                taken.add(line);
            } catch (ExperimentException e) {
                refuse(line, e.getMessage());
            }
        }
        return taken;
    }

    /// The messages of a command that is always the same.
    List<byte[]> request(int version, String command, String... arguments) {
        return fixed.computeIfAbsent(
                version + command + String.join(" ", arguments),
                k -> recorder.recordRequest(version, command, arguments));
    }

    /// Lines that `ovs-ofctl` did not take.
    int refused() {
        return refused;
    }

    // Encodes lines, and removes from them those that are refused.
    private List<byte[]> file(int version, String command, List<String> lines) {
        Path file = scratch.resolve("lines");
        while (!lines.isEmpty()) {
            try {
                Files.writeString(file, String.join("\n", lines) + "\n");
                return recorder.record(version, command, file.toString());
            } catch (IOException e) {
                throw new ExperimentException("can't write " + file + ": " + e, e);
            } catch (ExperimentException e) {
                Matcher m = REFUSED.matcher(e.getMessage());
                if (m.find()) {
                    refuse(lines.remove(Integer.parseInt(m.group(1)) - 1), m.group(2));
                } else if (lines.size() == 1) {
                    refuse(lines.removeFirst(), e.getMessage());
                } else {
                    // No line is wrong by itself, but no one format can say them all.
                    return halves(version, command, lines);
                }
            }
        }
        return List.of();
    }

    private List<byte[]> halves(int version, String command, List<String> lines) {
        List<String> second = new ArrayList<>(lines.subList(lines.size() / 2, lines.size()));
        lines.subList(lines.size() / 2, lines.size()).clear();
        List<byte[]> messages = new ArrayList<>(file(version, command, lines));
        messages.addAll(file(version, command, second));
        lines.addAll(second);
        return messages;
    }

    private void refuse(String line, String why) {
        refused++;
        if (Boolean.getBoolean("skyway.conformance.refused")) {
            System.err.println(why + ": " + line);
        }
    }

    private static boolean isFlowMod(byte[] m) {
        return m[1] == FLOW_MOD && m[0] > 0
                || m[0] == 1 && m[1] == VENDOR && ByteBuffer.wrap(m).getInt(12) == NXT_FLOW_MOD;
    }

    // A copy of one of the messages in which a byte is another, or the end is missing. Its header
    // says the true length, or neither switch would know where the next message starts.
    private static byte[] damage(List<byte[]> messages, long how, int number) {
        byte[] original = messages.get((int) Long.remainderUnsigned(how, messages.size())).clone();
        if (isFlowMod(original)) {
            // Else it might be an entry beside the first of the same priority that matches the
            // same.
            original[original[0] == 1 && original[1] == FLOW_MOD ? 63 : 31] ^= (byte) number;
        }
        int at = 8 + (int) ((how >>> 16 & 0xffff) % (original.length - 8));
        byte[] copy = original.clone();
        switch ((int) (how >>> 32 & 3)) {
            case 0 -> copy[at] ^= (byte) (1 << (how >>> 40 & 7));
            case 1 -> copy[at] = (byte) (how >>> 48);
            case 2 -> copy[at] = (byte) (how >>> 40 & 1) == 0 ? 0 : (byte) 0xff;
            default -> {
                copy = java.util.Arrays.copyOf(original, at);
                ByteBuffer.wrap(copy).putShort(2, (short) at);
            }
        }
        return copy;
    }

    @Override
    public void close() {
        recorder.close();
    }
}
