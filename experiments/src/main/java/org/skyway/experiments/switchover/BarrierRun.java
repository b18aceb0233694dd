package org.skyway.experiments.switchover;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.Latencies;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.hostile.Tolerated;
import org.skyway.experiments.process.RunFolder;
import org.skyway.openflow.message.FlowMod;

/// A rule that sends all that leaves a VNF to one neighbour is changed to send it to the other,
/// again and again, each time with a barrier behind it. What the VNF sends after the reply comes
/// only the new way, whatever it does. One thread.
final class BarrierRun implements AutoCloseable {
    private static final List<String> PORTS = List.of("source", "old", "new");

    /// How long the switch waits for a VNF to leave its bypass: for one that does, on a busy
    /// machine, and for one that never does, which costs so much each time.
    private static final int OBEY_MILLIS = 5000;

    private static final int DISOBEY_MILLIS = 100;

    private static final long TRY_NANOS = 3_000_000_000L;
    private static final int MOST_TRIES = 20;
    private static final int SLACK_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PrintStream out;
    private final Chronicle chronicle;
    private final RunFolder folder = new RunFolder();
    private final Verdicts verdicts;
    private final int obeyMillis;
    private final SwitchProcess vswitch;
    private final Controller controller;
    private final BarrierReceivers receivers;

    private BarrierRun(int obeyMillis, Chronicle chronicle, Verdicts verdicts, PrintStream out)
            throws IOException, InterruptedException {
        this.out = out;
        this.chronicle = chronicle;
        this.verdicts = verdicts;
        this.obeyMillis = obeyMillis;
        vswitch =
                SwitchProcess.start(
                        folder.path(),
                        chronicle,
                        PORTS,
                        "--obey-millis",
                        Integer.toString(obeyMillis));
        controller = vswitch.controller("rules");
        receivers =
                new BarrierReceivers(folder.path(), PORTS.subList(1, 3), chronicle.of("receivers"));
    }

    /// Runs it.
    ///
    /// @param times how often the rule is changed, for each kind of sender
    /// @param kinds of senders
    /// @param chronicle where everything that everybody says goes
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(int times, BarrierSender.Kind[] kinds, Path chronicle, PrintStream out)
            throws IOException, InterruptedException {
        out.printf(
                "barrier: %,d for each kind of sender; all that was said: %s%n", times, chronicle);
        Verdicts verdicts = new Verdicts();
        try (Chronicle words = new Chronicle(chronicle)) {
            for (boolean obey : new boolean[] {true, false}) {
                List<BarrierSender.Kind> some =
                        Stream.of(kinds).filter(k -> k.obeys() == obey).toList();
                if (!some.isEmpty()) {
                    int millis = obey ? OBEY_MILLIS : DISOBEY_MILLIS;
                    try (BarrierRun run = new BarrierRun(millis, words, verdicts, out)) {
                        run.kinds(some, times);
                    }
                }
            }
        }
        verdicts.print(out);
        return verdicts;
    }

    private void kinds(List<BarrierSender.Kind> kinds, int times)
            throws IOException, InterruptedException {
        for (BarrierSender.Kind kind : kinds) {
            kind(kind, times);
        }
        Tolerated.judge(verdicts, vswitch.ask("show").get("faults"));
    }

    private void kind(BarrierSender.Kind kind, int times) throws IOException, InterruptedException {
        Latencies barriers = new Latencies("barriers");
        // Those that do not obey are replaced by their like each time: the switch would wait for
        // signs
        // of life ever longer.
        int changes = kind.obeys() ? times : 1;
        int rounds = kind.obeys() ? 1 : times;
        long right = 0;
        long wrong = 0;
        long either = 0;
        long unjudged = 0;
        long sent = 0;
        for (int round = 0; round < rounds; round++) {
            WayClock clock = new WayClock(changes + 2);
            receivers.use(clock);
            change(clock, 0, new Latencies("first"));
            try (BarrierSender sender = begun(kind)) {
                for (int i = 1; i <= changes; i++) {
                    int way = i & 1;
                    awaitBypass(1 - way);
                    awaitPackets(1);
                    if (kind == BarrierSender.Kind.SILENT) {
                        sender.silent(true);
                    }
                    change(clock, way, barriers);
                    sender.silent(false);
                    if (kind.obeys()) {
                        awaitPackets(BarrierSender.BURST);
                    } else {
                        pause(20); // what it still writes is not delivered
                    }
                }
                sent += sender.sent();
            }
            pause(2);
            right += receivers.right();
            wrong += receivers.wrong();
            either += receivers.either();
            unjudged += receivers.unjudged();
            awaitVnfGone();
        }
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        verdicts.judge(
                "packets sent after the reply, " + name + " sender",
                wrong == 0 && unjudged == 0 && right > 0 && receivers.broken() == null,
                "%,d changes: %,d sent, %,d as they must, %,d the old way, %,d sent meanwhile%s%s"
                        .formatted(
                                times,
                                sent,
                                right,
                                wrong,
                                either,
                                unjudged == 0 ? "" : ", %d not judged".formatted(unjudged),
                                receivers.broken() == null ? "" : "; " + receivers.broken()));
        int most = (kind.obeys() ? 0 : 2 * obeyMillis) + SLACK_MILLIS;
        verdicts.judge(
                "replies, " + name + " sender, within " + most + " ms",
                barriers.count() == times && barriers.maxMillis() <= most,
                barriers.toString());
    }

    // One that does not obey and was too slow to begin never will: it is told to leave at once.
    private BarrierSender begun(BarrierSender.Kind kind) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            BarrierSender sender =
                    BarrierSender.start(
                            kind, folder.path(), PORTS.getFirst(), chronicle.of("sender"));
            long end = System.nanoTime() + TRY_NANOS;
            while (!kind.obeys() && !isActive(0) && System.nanoTime() - end < 0) {
                pause(1);
            }
            if (kind.obeys() || isActive(0) || tries == MOST_TRIES) {
                return sender;
            }
            sender.close();
            awaitVnfGone();
        }
    }

    private void change(WayClock clock, int way, Latencies barriers) {
        clock.ask(way);
        controller.send(
                Controller.flowMod(
                        FlowMod.Command.ADD, "priority=100,in_port=1,actions=output:" + (2 + way)));
        barriers.add(controller.barrier());
        clock.reply();
    }

    private void awaitBypass(int way) {
        await(() -> isActive(way), "link to " + PORTS.get(1 + way));
    }

    private boolean isActive(int way) {
        for (JsonNode link : vswitch.ask("links")) {
            if (link.get("to").asText().equals(PORTS.get(1 + way))
                    && link.get("state").asText().equals("ACTIVE")) {
                return true;
            }
        }
        return false;
    }

    private void awaitPackets(long packets) throws InterruptedException {
        long before = receivers.received();
        await(() -> receivers.received() - before >= packets, "packets");
    }

    private void awaitVnfGone() throws InterruptedException {
        await(
                () -> {
                    for (JsonNode port : vswitch.ask("ports")) {
                        if (port.get("name").asText().equals(PORTS.getFirst())) {
                            return !port.hasNonNull("vnf");
                        }
                    }
                    return false;
                },
                "end of the sender");
    }

    private void await(BooleanSupplier condition, String what) {
        vswitch.await(condition, PATIENCE, 1, what);
    }

    private static void pause(int millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    @Override
    public void close() {
        for (AutoCloseable c : new AutoCloseable[] {receivers, controller, vswitch, folder}) {
            try {
                c.close();
            } catch (Exception e) {
                out.println("while ending: " + e);
            }
        }
    }
}
