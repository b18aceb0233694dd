package org.skyway.experiments.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.skyway.experiments.conformance.Encoder.Encoded;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.conformance.lab.OfConnection;
import org.skyway.experiments.conformance.lab.Side;
import org.skyway.experiments.process.ExperimentException;

/// Runs a case on both switches at once.
///
/// How does it know that a switch is done with a packet? By a mark: a frame of its own at the last
/// port, which a rule above all others sends back, and to the controller. Open vSwitch looks at
/// every port once per pass, Skyway at an idle one at least in every ninth; so when as many marks
/// are back, each sent when the one before was back, all that was sent before the first is done.
final class CaseRunner {
    private static final int MARKS = 10;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long REMOVAL_NANOS = 3_000_000_000L;
    private static final String MARK_RULE =
            "table=0,priority=65535,in_port=%d,cookie=0x3a5c,actions=in_port,controller";

    private final Lab lab;
    private final Encoder encoder;
    private int version;
    private int marks;

    CaseRunner(Lab lab, Encoder encoder) {
        this.lab = lab;
        this.encoder = encoder;
    }

    /// Runs a case.
    ///
    /// @return what Open vSwitch did, then what Skyway did
    List<Observation> run(Encoded encoded) {
        connect(encoded.of().version());
        List<byte[]> commands = new ArrayList<>();
        encoder.request(version, "del-flows").forEach(m -> commands.add(ofAllTables(m)));
        if (version > 1) {
            commands.addAll(encoder.request(version, "del-groups"));
        }
        if (version >= 4) {
            commands.addAll(encoder.request(version, "del-meters"));
        }
        commands.addAll(encoded.messages());
        commands.addAll(encoder.request(version, "add-flow", MARK_RULE.formatted(Lab.PORTS)));
        List<List<byte[]>> answers = both(commands);
        lab.sides().forEach(side -> side.connection().takeUnasked());
        lab.sides().forEach(Side::settle);
        synchronise(); // what still was under way is not this case's
        lab.sides().forEach(Side::settle);
        List<List<byte[]>> before = both(counterRequests());
        forget();
        List<List<Observation.Round>> rounds = List.of(new ArrayList<>(), new ArrayList<>());
        for (Map<Integer, byte[]> frames : encoded.of().rounds()) {
            for (Side side : lab.sides()) {
                frames.forEach(side.taps()::inject);
            }
            List<List<List<byte[]>>> out = synchronise();
            note(out, rounds);
            // What Open vSwitch has cached for one packet it does to others that it should not: its
            // caches are not what is tested.
            lab.sides().forEach(Side::settle);
        }
        List<List<byte[]>> lateAnswers = List.of(List.of(), List.of());
        if (!encoded.packetOuts().isEmpty()) {
            lateAnswers = both(encoded.packetOuts());
            note(synchronise(), rounds);
        }
        lab.sides().forEach(Side::settle);
        List<List<byte[]>> dumps = both(requests());
        List<List<byte[]>> after = both(counterRequests());
        both(List.of(ofAllTables(encoder.request(version, "del-flows").getFirst())));
        awaitRemoved();
        List<Observation> result = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            result.add(
                    new Observation(
                            answers.get(i),
                            rounds.get(i),
                            lateAnswers.get(i),
                            lab.sides().get(i).connection().takeUnasked(),
                            dumps.get(i),
                            Counters.between(before.get(i), after.get(i))));
        }
        return result;
    }

    // Open vSwitch tells of removed flows some time after it has answered the barrier.
    private void awaitRemoved() {
        OfConnection a = lab.ovs().connection();
        OfConnection b = lab.skyway().connection();
        long deadline = System.nanoTime() + REMOVAL_NANOS;
        while (System.nanoTime() < deadline) {
            a.packetIns();
            b.packetIns();
            if (a.unasked() == b.unasked()) {
                return;
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private void note(List<List<List<byte[]>>> out, List<List<Observation.Round>> rounds) {
        for (int i = 0; i < 2; i++) {
            List<byte[]> packetIns = new ArrayList<>();
            for (byte[] m : lab.sides().get(i).connection().packetIns()) {
                if (!holdsMark(m)) {
                    packetIns.add(m);
                }
            }
            rounds.get(i).add(new Observation.Round(out.get(i), packetIns));
        }
        forget();
    }

    private List<byte[]> requests() {
        List<byte[]> requests = new ArrayList<>();
        for (String command : List.of("dump-flows", "dump-aggregate")) {
            requests.addAll(encoder.request(version, command));
        }
        if (version > 1) {
            requests.addAll(encoder.request(version, "dump-groups"));
            requests.addAll(encoder.request(version, "dump-group-stats"));
        }
        if (version >= 4) {
            requests.addAll(encoder.request(version, "dump-meters"));
            requests.addAll(encoder.request(version, "meter-stats"));
        }
        return requests;
    }

    private List<byte[]> counterRequests() {
        List<byte[]> requests = new ArrayList<>(encoder.request(version, "dump-tables"));
        requests.addAll(encoder.request(version, "dump-ports"));
        return requests;
    }

    private void connect(int wanted) {
        if (version == wanted) {
            return;
        }
        version = wanted;
        List<byte[]> first = new ArrayList<>();
        ByteBuffer config = ByteBuffer.allocate(12);
        first.add(
                config.put((byte) version)
                        .put((byte) 9)
                        .putShort((short) 12)
                        .putInt(0)
                        .putInt(0xffff) // whole packets, fragments as they are
                        .array());
        if (version == 1) {
            first.add(nicira(15, 1)); // table ids in flow-mods
            first.add(nicira(12, 2)); // flow format NXM
            first.add(nicira(16, 2)); // packet-ins with metadata
        }
        for (Side side : lab.sides()) {
            side.connect(version).exchange(first);
        }
    }

    private static byte[] nicira(int subtype, int value) {
        ByteBuffer b = ByteBuffer.allocate(subtype == 15 ? 24 : 20);
        b.put((byte) 1).put((byte) 4).putShort((short) b.capacity()).putInt(0);
        b.putInt(0x2320).putInt(subtype);
        if (subtype == 15) {
            b.put((byte) value);
        } else {
            b.putInt(value);
        }
        return b.array();
    }

    // In 1.0, when a flow-mod names its table, a plain del-flows means table 0.
    private byte[] ofAllTables(byte[] delete) {
        byte[] all = delete.clone();
        if (version == 1) {
            all[all[1] == 4 ? 24 : 56] = (byte) 0xff;
        }
        return all;
    }

    private List<List<byte[]>> both(List<byte[]> messages) {
        for (Side side : lab.sides()) {
            side.connection().send(messages);
        }
        List<List<byte[]>> answers = new ArrayList<>();
        for (Side side : lab.sides()) {
            answers.add(side.connection().awaitAnswers());
        }
        return answers;
    }

    private void forget() {
        for (Side side : lab.sides()) {
            side.connection().clearPacketIns();
        }
    }

    // ---- marks

    // Returns what has come out of each side's ports, without the marks.
    private List<List<List<byte[]>>> synchronise() {
        List<List<List<byte[]>>> out = new ArrayList<>();
        for (Side side : lab.sides()) {
            List<List<byte[]>> ports = new ArrayList<>();
            for (int p = 0; p < side.ports(); p++) {
                ports.add(new ArrayList<>());
            }
            out.add(ports);
        }
        for (int pass = 0; pass < MARKS; pass++) {
            byte[] mark = mark(++marks);
            for (Side side : lab.sides()) {
                side.taps().inject(Lab.PORTS, mark);
            }
            for (int i = 0; i < 2; i++) {
                awaitMark(lab.sides().get(i), out.get(i), mark);
            }
        }
        for (int i = 0; i < 2; i++) {
            for (int p = 1; p <= Lab.PORTS; p++) {
                // An idle socket is not really asked each time.
                for (int k = 0; k < 8; k++) {
                    lab.sides().get(i).taps().receive(p, out.get(i).get(p - 1));
                }
            }
            out.get(i).get(Lab.PORTS - 1).removeIf(CaseRunner::isMark);
        }
        return out;
    }

    private void awaitMark(Side side, List<List<byte[]>> out, byte[] mark) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean sent = false;
        while (true) {
            for (int p = 1; p <= Lab.PORTS; p++) {
                List<byte[]> frames = out.get(p - 1);
                int before = frames.size();
                side.taps().receive(p, frames);
                for (int i = before; i < frames.size() && p == Lab.PORTS; i++) {
                    sent |= java.util.Arrays.equals(frames.get(i), mark);
                }
            }
            if (sent) {
                for (byte[] m : side.connection().packetIns()) {
                    if (holds(m, mark)) {
                        return;
                    }
                }
            }
            if (System.nanoTime() > deadline) {
                String what =
                        "%s did not give the tester's mark back (%s) within 30 s"
                                .formatted(side.name(), sent ? "to the controller" : "at its port");
                throw side == lab.ovs() ? new BusyException(what) : new ExperimentException(what);
            }
            LockSupport.parkNanos(20_000);
        }
    }

    private static byte[] mark(int number) {
        return ByteBuffer.allocate(60)
                .put(new byte[] {2, 0, 0x5e, 0x5e, 0x5e, 1, 2, 0, 0x5e, 0x5e, 0x5e, 2})
                .putShort((short) 0x88b5)
                .putInt(number)
                .array();
    }

    private static boolean isMark(byte[] frame) {
        return frame.length == 60 && java.util.Arrays.equals(frame, 0, 14, mark(0), 0, 14);
    }

    private static boolean holdsMark(byte[] message) {
        return holds(message, java.util.Arrays.copyOf(mark(0), 14));
    }

    // Where in a packet-in the packet lies depends on its kind.
    private static boolean holds(byte[] message, byte[] part) {
        for (int i = 0; i + part.length <= message.length; i++) {
            if (java.util.Arrays.equals(message, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
