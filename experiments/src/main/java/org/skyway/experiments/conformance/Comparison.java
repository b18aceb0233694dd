package org.skyway.experiments.conformance;

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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.skyway.experiments.conformance.Encoder.Encoded;
import org.skyway.experiments.conformance.generate.Case;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// Compares what the two switches did.
final class Comparison {
    // What ovs-ofctl prints of a message that it can't read.
    private static final Pattern HEX_DUMP = Pattern.compile("[0-9a-f]{8}  ");

    private final Path scratch;

    Comparison(Path scratch) {
        this.scratch = scratch;
    }

    /// Compares frames, packet-ins and errors.
    List<Difference> direct(Encoded encoded, Observation ovs, Observation skyway) {
        List<Difference> found = new ArrayList<>();
        errors(encoded, ovs.answers(), skyway.answers(), found);
        for (int r = 0; r < ovs.rounds().size(); r++) {
            Observation.Round a = ovs.rounds().get(r);
            Observation.Round b = skyway.rounds().get(r);
            String where =
                    r < encoded.of().rounds().size()
                            ? where(r, encoded.of().rounds().get(r))
                            : "packet-outs\n  " + String.join("\n  ", encoded.of().packetOuts());
            if (!frames(a).equals(frames(b))) {
                found.add(new Difference(Difference.Kind.FRAMES, where, frames(a), frames(b)));
            }
            if (!hex(a.packetIns()).equals(hex(b.packetIns()))) {
                found.add(
                        new Difference(
                                Difference.Kind.PACKET_INS,
                                where,
                                hex(a.packetIns()) + printed(a.packetIns()),
                                hex(b.packetIns()) + printed(b.packetIns())));
            }
        }
        if (!hex(ovs.lateAnswers()).equals(hex(skyway.lateAnswers()))) {
            found.add(
                    new Difference(
                            Difference.Kind.ERRORS,
                            "answers to packet-outs " + encoded.of().packetOuts(),
                            printed(ovs.lateAnswers()),
                            printed(skyway.lateAnswers())));
        }
        if (ovs.removed().size() + skyway.removed().size() > 0) {
            String a = removed(ovs.removed());
            String b = removed(skyway.removed());
            if (!a.equals(b)) {
                found.add(new Difference(Difference.Kind.REMOVED, "del-flows", a, b));
            }
        }
        if (!ovs.counters().equals(skyway.counters())) {
            found.add(
                    new Difference(
                            Difference.Kind.COUNTERS,
                            frames(encoded.of()),
                            ovs.counters().without(skyway.counters()),
                            skyway.counters().without(ovs.counters())));
        }
        return found;
    }

    private String removed(List<byte[]> messages) {
        return printed(messages)
                .lines()
                .map(Normaliser::line)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    // What was sent, if it is little enough to be shown.
    private static String frames(Case c) {
        int frames = c.rounds().stream().mapToInt(Map::size).sum();
        StringBuilder text = new StringBuilder("what tables and ports counted");
        for (int r = 0; r < c.rounds().size() && frames <= 6; r++) {
            text.append('\n').append(where(r, c.rounds().get(r)));
        }
        return text.toString();
    }

    private static String where(int round, Map<Integer, byte[]> frames) {
        return "round %d%n%s"
                .formatted(
                        round,
                        frames.entrySet().stream()
                                .map(e ->
                                        "  in_port=%d %s".formatted(e.getKey(), hex(e.getValue())))
                                .collect(Collectors.joining("\n")));
    }

    private void errors(
            Encoded encoded, List<byte[]> ovs, List<byte[]> skyway, List<Difference> found) {
        List<byte[]> a = new ArrayList<>(ovs);
        List<byte[]> b = new ArrayList<>(skyway);
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            if (i < a.size() && i < b.size() && Arrays.equals(a.get(i), b.get(i))) {
                continue;
            }
            int xid =
                    Math.min(
                            i < a.size() ? xid(a.get(i)) : Integer.MAX_VALUE,
                            i < b.size() ? xid(b.get(i)) : Integer.MAX_VALUE);
            // del-flows, since 1.1 del-groups, and since 1.3 del-meters come first.
            int version = encoded.of().version();
            int index = xid - 1 - (version >= 4 ? 3 : version > 1 ? 2 : 1);
            byte[] command =
                    index >= 0 && index < encoded.messages().size()
                            ? encoded.messages().get(index)
                            : new byte[0];
            found.add(
                    new Difference(
                            Difference.Kind.ERRORS,
                            "command %d: %s%n%s"
                                    .formatted(index, hex(command), printed(List.of(command))),
                            answer(a, xid),
                            answer(b, xid)));
            return; // what follows may only be shifted
        }
    }

    private static int xid(byte[] message) {
        return ByteBuffer.wrap(message).getInt(4);
    }

    private String answer(List<byte[]> answers, int xid) {
        List<byte[]> those = answers.stream().filter(m -> xid(m) == xid).toList();
        return those.isEmpty() ? "accepted" : hex(those) + printed(those);
    }

    private static String frames(Observation.Round round) {
        StringBuilder text = new StringBuilder();
        for (int p = 0; p < round.frames().size(); p++) {
            // Frames from different ports may overtake each other.
            for (String frame :
                    round.frames().get(p).stream().map(Comparison::hex).sorted().toList()) {
                text.append("  port ").append(p + 1).append(' ').append(frame).append('\n');
            }
        }
        return text.toString();
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String hex(List<byte[]> messages) {
        return messages.stream().map(m -> hex(m) + "\n").sorted().collect(Collectors.joining());
    }

    /// How `ovs-ofctl` prints messages.
    String printed(List<byte[]> messages) {
        if (messages.isEmpty()) {
            return "none";
        }
        Path file = scratch.resolve("messages");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (byte[] m : messages) {
                out.write(m);
            }
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e, e);
        }
        try {
            return Program.output(
                    scratch,
                    "ovs-ofctl",
                    "-vconsole:off",
                    "--no-names",
                    "ofp-parse",
                    file.toString());
        } catch (ExperimentException e) {
            return e.getMessage();
        }
    }

    /// Compares dumps of many cases at once, because each needs a process to print it.
    ///
    /// @return for each case what differs, or null
    List<Difference> dumps(List<Observation> ovs, List<Observation> skyway) {
        List<List<String>> a = texts(ovs);
        List<List<String>> b = texts(skyway);
        List<Difference> found = new ArrayList<>();
        for (int i = 0; i < ovs.size(); i++) {
            // After an entry that ovs-ofctl can't read it can't read the rest of that message, and
            // which entries those are is chance.
            boolean unreadable = isUnreadable(a.get(i)) && isUnreadable(b.get(i));
            if (unreadable || a.get(i).equals(b.get(i))) {
                found.add(null);
                continue;
            }
            List<String> onlyA = new ArrayList<>(a.get(i));
            List<String> onlyB = new ArrayList<>(b.get(i));
            b.get(i).forEach(onlyA::remove);
            a.get(i).forEach(onlyB::remove);
            found.add(
                    new Difference(
                            Difference.Kind.DUMPS,
                            "lines that the other has not",
                            String.join("\n", onlyA),
                            String.join("\n", onlyB)));
        }
        return found;
    }

    private static boolean isUnreadable(List<String> lines) {
        return lines.stream().anyMatch(l -> l.contains("decode error"));
    }

    private List<List<String>> texts(List<Observation> observations) {
        List<byte[]> messages = new ArrayList<>();
        for (Observation o : observations) {
            messages.addAll(o.dumps());
            messages.add(new byte[] {1, 2, 0, 8, 0x7e, 0x7e, 0x7e, 0x7e}); // an echo between cases
        }
        List<List<String>> result = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String line : printed(messages).lines().toList()) {
            if (line.contains("xid=0x7e7e7e7e")) {
                lines.sort(null); // tables are not in any order
                result.add(lines);
                lines = new ArrayList<>();
            } else if (!line.isBlank() && !HEX_DUMP.matcher(line).lookingAt()) {
                lines.add(Normaliser.line(line));
            }
        }
        if (result.size() != observations.size()) {
            throw new ExperimentException("dumps can't be printed: " + lines);
        }
        return result;
    }
}
