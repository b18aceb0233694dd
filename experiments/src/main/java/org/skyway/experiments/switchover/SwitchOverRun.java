package org.skyway.experiments.switchover;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.Latencies;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.hostile.Tolerated;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.MachineLoad;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.report.Csv;
import org.skyway.experiments.report.MachineFacts;

/// One run of the experiment. One thread.
final class SwitchOverRun implements AutoCloseable {
    private static final List<String> PORTS = List.of("left", "right");
    private static final String SIZES = "64-1518";
    private static final double TENTH = 0.1;
    private static final double WARM_SECONDS = 2;
    private static final double GAP_WINDOW_MILLIS = 10;

    /// How long a step may take before it is given up: on a busy machine, rules that change a
    /// thousand times a second make some tens of switch-overs.
    private static final long GIVE_UP_NANOS = 1_200_000_000_000L;

    private static final long LOOK_NANOS = 100_000_000;

    private final PrintStream out;
    private final Chronicle chronicle;
    private final RunFolder folder = new RunFolder();
    private final Verdicts verdicts = new Verdicts();
    private final GapTable gaps = new GapTable();
    private final Latencies barriers = new Latencies("barriers");
    private final List<List<String>> rows = new ArrayList<>();
    private final Map<String, Long> highest = new HashMap<>(); // of each counter
    private final List<String> wentBack = new ArrayList<>();
    private final Map<String, Long> activations = new HashMap<>();
    private long switchOvers; // that the switch has seen
    private SwitchProcess vswitch;
    private Controller controller;
    private HonestVnf left;
    private HonestVnf right;
    private boolean broken; // whether the rules break the links just now

    private SwitchOverRun(Path chronicleFile, PrintStream out) throws IOException {
        this.out = out;
        chronicle = new Chronicle(chronicleFile);
    }

    /// Runs it.
    ///
    /// @param cycles switch-overs
    /// @param folder where tables go; null for nowhere
    /// @param chronicle where everything that everybody says goes
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(int cycles, Path folder, Path chronicle, PrintStream out)
            throws IOException {
        out.printf("switchover: %,d switch-overs; all that was said: %s%n", cycles, chronicle);
        try (SwitchOverRun run = new SwitchOverRun(chronicle, out)) {
            run.run(cycles, folder);
            return run.verdicts;
        }
    }

    private void run(int cycles, Path tables) throws IOException {
        vswitch = SwitchProcess.start(folder.path(), chronicle, PORTS);
        controller = vswitch.controller("rules");
        controller.add("priority=100,in_port=1,actions=output:2");
        controller.add("priority=100,in_port=2,actions=output:1");
        controller.barrier();
        FlapPlan plan = FlapPlan.of(cycles / 2);
        double flatOut = load("flat out", 0, plan);
        load("a tenth", Math.max(1000, TENTH * flatOut), FlapPlan.of(cycles - cycles / 2));
        finish(cycles);
        MachineFacts.read().forEach((name, fact) -> out.printf("  %-31s %s%n", name, fact));
        gaps.print(out);
        out.println("  " + barriers);
        verdicts.print(out);
        if (tables != null) {
            gaps.write(tables);
            Csv.write(
                    tables.resolve("switchover.csv"),
                    List.of(
                            "load",
                            "changes_per_second_wanted",
                            "changes_per_second",
                            "changes",
                            "switch_overs",
                            "others_cores"),
                    rows);
        }
    }

    /// Runs all rates of change under one load.
    ///
    /// @param rate packets a second each way; 0 for flat out
    /// @return packets a second, each way
    private double load(String name, double rate, FlapPlan plan) {
        Counted forth = counted(0);
        Counted back = counted(1);
        left = exchange(0, rate);
        right = exchange(1, rate);
        look();
        double seen = measure(name + ", warming up");
        MachineLoad load =
                new MachineLoad(List.of(vswitch.program(), left.program(), right.program()));
        for (FlapPlan.Step step : plan.steps()) {
            step(name, step, load);
        }
        // What a receiver sees without changes: on the bypass, and through the switch.
        heal();
        double quiet = Math.clamp(plan.switchOvers() / 500.0, 1, 10);
        sleep(quiet);
        breakLinks();
        sleep(quiet);
        heal();
        left.terminate();
        right.terminate();
        int status = left.stop() | right.stop();
        verdicts.judge("VNFs, " + name, status == 0, "exit status " + status);
        judge(name + ", left to right", left, right, 0, forth);
        judge(name + ", right to left", right, left, 1, back);
        gaps.add(name + ", at right", right.report().path("gaps"));
        gaps.add(name + ", at left", left.report().path("gaps"));
        left.close();
        right.close();
        return seen;
    }

    private double measure(String what) {
        long before = rx(0);
        long from = System.nanoTime();
        sleep(WARM_SECONDS);
        double rate = (rx(0) - before) * 1e9 / (System.nanoTime() - from);
        out.printf(Locale.ROOT, "  %s: %,.0f packets a second each way%n", what, rate);
        return rate;
    }

    private HonestVnf exchange(int port, double rate) {
        return HonestVnf.start(
                folder.path(),
                chronicle,
                "exchange",
                PORTS.get(port),
                "--rate",
                String.format(Locale.ROOT, "%.0f", rate),
                "--size",
                SIZES,
                "--id",
                Integer.toString(port + 1),
                "--gaps",
                Double.toString(GAP_WINDOW_MILLIS),
                "--idle",
                "yield",
                "--verify");
    }

    private void step(String name, FlapPlan.Step step, MachineLoad load) {
        load.others();
        look();
        long seenBefore = switchOvers;
        long start = System.nanoTime();
        long giveUp = start + GIVE_UP_NANOS;
        long period = 1_000_000_000L / step.perSecond();
        long due = start;
        long nextLook = start + LOOK_NANOS;
        long changes = 0;
        while (switchOvers - seenBefore < step.switchOvers()) {
            long now = System.nanoTime();
            if (now - giveUp > 0) {
                break;
            }
            if (now - due < 0) {
                sleep((due - now) / 1e9);
            }
            due = Math.max(due + period, System.nanoTime() - period); // no storm after a stall
            if (broken) {
                heal();
            } else {
                breakLinks();
            }
            changes++;
            if (System.nanoTime() - nextLook >= 0) {
                look();
                nextLook = System.nanoTime() + LOOK_NANOS;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        heal();
        look();
        long seen = switchOvers - seenBefore;
        double others = load.others();
        rows.add(
                List.of(
                        name,
                        Integer.toString(step.perSecond()),
                        String.format(Locale.ROOT, "%.1f", changes / seconds),
                        Long.toString(changes),
                        Long.toString(seen),
                        String.format(Locale.ROOT, "%.2f", others)));
        out.printf(
                Locale.ROOT,
                "  %s, %,d changes a second wanted: %,d changes at %.1f a second, %,d switch-overs;"
                        + " others had %.2f cores%n",
                name,
                step.perSecond(),
                changes,
                changes / seconds,
                seen,
                others);
        verdicts.judge(
                "%s, at %,d changes a second".formatted(name, step.perSecond()),
                seen >= step.switchOvers(),
                "%,d switch-overs of %,d".formatted(seen, step.switchOvers()));
    }

    /// For packets that nobody sends.
    private static String breaker(int port) {
        return "priority=200,in_port=" + port + ",udp,tp_dst=9,actions=drop";
    }

    private void breakLinks() {
        for (int port = 1; port <= 2; port++) {
            controller.add(breaker(port));
        }
        barriers.add(controller.barrier());
        broken = true;
    }

    private void heal() {
        if (broken) {
            for (int port = 1; port <= 2; port++) {
                controller.delete(breaker(port));
            }
            barriers.add(controller.barrier());
            broken = false;
        }
    }

    /// Looks at links and at counters, which never go back.
    private void look() {
        for (JsonNode link : vswitch.ask("links")) {
            String name = link.get("from").asText() + ">" + link.get("to").asText();
            long now = link.get("activations").asLong();
            Long before = activations.put(name, now);
            // To the bypass and back: two. A link that was unplugged meanwhile begins at none.
            switchOvers += 2 * Math.max(0, before == null || now < before ? now : now - before);
        }
        for (JsonNode port : vswitch.ask("stats").get("ports")) {
            for (String counter :
                    List.of(
                            "rxPackets",
                            "rxBytes",
                            "txPackets",
                            "txBytes",
                            "rxDropped",
                            "txDropped")) {
                grows(port.get("name").asText() + " " + counter, port.path(counter).asLong());
            }
        }
        for (int port = 1; port <= 2; port++) {
            grows("entry of port " + port, entry(port));
        }
    }

    private void grows(String counter, long value) {
        Long before = highest.put(counter, value);
        if (before != null && value < before && wentBack.size() < 10) {
            wentBack.add("%s from %d to %d".formatted(counter, before, value));
        }
    }

    private long rx(int port) {
        return vswitch.port(PORTS.get(port)).get("rxPackets").asLong();
    }

    private long entry(int port) {
        return vswitch.packetsOf(entryOf(port));
    }

    private static String entryOf(int port) {
        return "priority=100,in_port=" + port;
    }

    /// Counters of what comes from a port and of what goes to the other.
    private record Counted(
            long rx, long rxBytes, long entry, long entryBytes, long tx, long txBytes, long drops) {
        Counted minus(Counted o) {
            return new Counted(
                    rx - o.rx,
                    rxBytes - o.rxBytes,
                    entry - o.entry,
                    entryBytes - o.entryBytes,
                    tx - o.tx,
                    txBytes - o.txBytes,
                    drops - o.drops);
        }
    }

    private Counted counted(int from) {
        JsonNode in = vswitch.port(PORTS.get(from));
        JsonNode there = vswitch.port(PORTS.get(1 - from));
        return new Counted(
                in.get("rxPackets").asLong(),
                in.get("rxBytes").asLong(),
                vswitch.packetsOf(entryOf(from + 1)),
                vswitch.bytesOf(entryOf(from + 1)),
                there.get("txPackets").asLong(),
                there.get("txBytes").asLong(),
                // What is sent is dropped when it comes in, or on its way out.
                in.get("rxDropped").asLong() + there.get("txDropped").asLong());
    }

    private void judge(
            String what, HonestVnf sender, HonestVnf receiver, int from, Counted before) {
        Counted c = counted(from).minus(before);
        HonestVnf.Stream s = receiver.from(from + 1);
        long sent = sender.sent();
        long lost = sent - s.packets() + s.duplicates() - c.drops;
        verdicts.judge(
                what,
                sent > 0 && lost == 0 && s.duplicates() + s.reordered() + receiver.corrupt() == 0,
                "%,d sent, %,d came, %d lost, %d dropped and counted, %d twice, %d reordered, %d wrong"
                        .formatted(
                                sent,
                                s.packets(),
                                lost,
                                c.drops,
                                s.duplicates(),
                                s.reordered(),
                                receiver.corrupt()));
        verdicts.judge(
                "packets, " + what,
                sent == c.rx && c.entry == c.rx && c.tx == receiver.received(),
                "VNF sent %,d, port %,d, entry %,d; port sent %,d, VNF got %,d"
                        .formatted(sent, c.rx, c.entry, c.tx, receiver.received()));
        verdicts.judge(
                "bytes, " + what,
                sender.sentBytes() == c.rxBytes
                        && c.entryBytes == c.rxBytes
                        && c.txBytes == receiver.receivedBytes(),
                "VNF sent %,d, port %,d, entry %,d; port sent %,d, VNF got %,d"
                        .formatted(
                                sender.sentBytes(),
                                c.rxBytes,
                                c.entryBytes,
                                c.txBytes,
                                receiver.receivedBytes()));
    }

    private void finish(int cycles) {
        verdicts.judge("switch-overs", switchOvers >= cycles, "%,d".formatted(switchOvers));
        verdicts.judge(
                "receivers saw them",
                gaps.turns() > 0,
                "%,d changes of way".formatted(gaps.turns()));
        verdicts.judge(
                "counters never go back",
                wentBack.isEmpty(),
                wentBack.isEmpty() ? highest.size() + " watched" : wentBack.toString());
        verdicts.judge("rules", controller.errors() == 0, controller.errors() + " refused");
        Tolerated.judge(verdicts, vswitch.ask("show").get("faults"));
    }

    private static void sleep(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000), (int) (seconds * 1e9 % 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable c :
                new AutoCloseable[] {left, right, controller, vswitch, folder, chronicle}) {
            try {
                if (c != null) {
                    c.close();
                }
            } catch (Exception e) {
                out.println("while ending: " + e);
            }
        }
    }
}
