package org.skyway.experiments.siege;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestPair;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.Latencies;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.experiments.hostile.Tolerated;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// One run of the experiment. An honest pair at ports 1 and 2, and an honest controller with two
/// connections, which asks for echoes and barriers; at ports 3 and 4, and on any number of other
/// connections, one assault after another.
final class Siege implements AutoCloseable {
    private static final List<String> PORTS = List.of("vnf1", "vnf2", "bad3", "bad4");
    private static final int SOURCE = 101;

    /// What is to be run.
    ///
    /// @param seconds how long at least; each assault is made once in any case
    /// @param seed of everything that is left to chance
    /// @param scale 1 for the sizes that are meant
    /// @param rate of the honest pair, packets a second
    /// @param assaults those to make
    /// @param chronicle where everything that everybody says goes
    /// @param slackMillis how long the honest controller may wait
    record Plan(
            double seconds,
            long seed,
            double scale,
            int rate,
            Assault[] assaults,
            Path chronicle,
            int slackMillis) {}

    /// What the honest controller saw during an assault.
    private static final class Watch {
        final Latencies echoes = new Latencies("echoes");
        final Latencies barriers = new Latencies("barriers");
    }

    private final Plan plan;
    private final PrintStream out;
    private final Chronicle chronicle;
    private final RunFolder folder = new RunFolder();
    private final List<AutoCloseable> started = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final Verdicts verdicts = new Verdicts();
    private final List<Double> heaps = new ArrayList<>();
    private final List<Integer> descriptors = new ArrayList<>();
    private volatile Watch watch = new Watch();
    private volatile boolean over;
    private SwitchProcess vswitch;
    private RawVnf sender;

    private Siege(Plan plan, PrintStream out) throws IOException {
        this.plan = plan;
        this.out = out;
        chronicle = new Chronicle(plan.chronicle());
    }

    /// Runs it.
    ///
    /// @param plan what
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(Plan plan, PrintStream out) throws Exception {
        out.printf(
                "siege: seed %d, scale %s; all that was said and done: %s%n",
                plan.seed(), plan.scale(), plan.chronicle());
        try (Siege run = new Siege(plan, out)) {
            return run.run();
        }
    }

    private Verdicts run() throws Exception {
        vswitch = SwitchProcess.start(folder.path(), chronicle, PORTS);
        started.add(vswitch);
        Map<String, String> threadsBefore = vswitch.threads();
        for (String port : List.of("1", "2")) { // what is flooded is the assaults' own affair
            Program.output(
                    folder.path(), "ovs-ofctl", "mod-port", SwitchProcess.BRIDGE, port, "no-flood");
        }
        try (Controller c = vswitch.controller("setup")) {
            c.add("priority=40000,in_port=1,udp,actions=output:2");
            c.add("priority=30000,in_port=1,actions=drop");
            c.barrier();
        }
        HonestPair pair = pair();
        sender = RawVnf.open(folder.path(), "bad3");
        started.add(sender);
        started.add(RawVnf.open(folder.path(), "bad4"));
        spawn("echoes", this::echo);
        spawn("barriers", this::change);
        Thread.sleep(1000);
        heaps.add(vswitch.heapMegabytes());
        assail();
        awaitPeace();
        over = true;
        for (Thread thread : threads) {
            thread.join(90_000);
        }
        Verdicts all = new Verdicts();
        pair.stopSource();
        pair.judge(all, vswitch, true);
        judge(all, threadsBefore);
        all.print(out);
        return all;
    }

    private HonestPair pair() {
        HonestVnf sink = HonestVnf.start(folder.path(), chronicle, "sink", "vnf2");
        started.add(sink);
        HonestVnf source =
                HonestVnf.start(
                        folder.path(),
                        chronicle,
                        "source",
                        "vnf1",
                        "--rate",
                        Integer.toString(plan.rate()),
                        "--id",
                        Integer.toString(SOURCE));
        started.add(source);
        return new HonestPair("beside it all", source, sink, SOURCE, "in_port=1");
    }

    private void assail() {
        long end = System.nanoTime() + (long) (plan.seconds() * 1e9);
        List<Assault> order = new ArrayList<>(Arrays.asList(plan.assaults()));
        SplittableRandom random = new SplittableRandom(plan.seed());
        do {
            Collections.shuffle(order, new Random(random.nextLong()));
            for (Assault assault : order) {
                assail(assault, random.nextLong());
            }
        } while (System.nanoTime() - end < 0);
    }

    // What nobody uses any more is forgotten: flows that were cached after 10 s.
    private void awaitPeace() throws InterruptedException {
        Thread.sleep(15_000);
        heaps.add(vswitch.heapMegabytes());
        descriptors.add(vswitch.descriptors());
    }

    private void assail(Assault assault, long seed) {
        Watch mine = new Watch();
        watch = mine;
        chronicle.write("siege", assault + " seed " + seed);
        long before = System.nanoTime();
        String ended = null;
        String refused = "";
        long packets = vswitch.port("bad3").get("rxPackets").asLong();
        try (Controller controller = vswitch.controller(assault.name())) {
            Ground ground =
                    new Ground(
                            vswitch, controller, sender, new SplittableRandom(seed), plan.scale());
            try {
                assault.run(ground);
            } finally {
                refused =
                        controller.errors() == 0
                                ? ""
                                : "; %,d requests refused (%s)"
                                        .formatted(controller.errors(), controller.lastError());
                ground.clear();
            }
        } catch (Throwable e) {
            ended = e.toString();
            chronicle.write("siege", assault + " ended by " + e);
        }
        double seconds = (System.nanoTime() - before) / 1e9;
        double heap = vswitch.heapMegabytes();
        packets = vswitch.port("bad3").get("rxPackets").asLong() - packets;
        heaps.add(heap);
        descriptors.add(vswitch.descriptors());
        double most = Math.max(mine.echoes.maxMillis(), mine.barriers.maxMillis());
        verdicts.judge(
                assault.name(),
                ended == null && most <= plan.slackMillis(),
                "%5.1f s, %,d packets%s; echo at most %.0f ms, barrier %.0f ms (p99 %.0f); then %.0f MB, %d descriptors%s"
                        .formatted(
                                seconds,
                                packets,
                                refused,
                                mine.echoes.maxMillis(),
                                mine.barriers.maxMillis(),
                                mine.barriers.p99Millis(),
                                heap,
                                descriptors.getLast(),
                                ended == null ? "" : "; ended by " + ended));
        out.println(verdicts.last(28));
        if (!vswitch.program().isAlive()) {
            throw new ExperimentException(
                    "the switch ended during %s, seed %d; see %s"
                            .formatted(assault, seed, plan.chronicle()));
        }
    }

    private void judge(Verdicts all, Map<String, String> threadsBefore) {
        all.judge(
                "assaults",
                verdicts.good(),
                verdicts.good() ? "as above" : verdicts.complaints().strip());
        Throwable wrong = broken.get();
        all.judge(
                "the honest controller is served",
                wrong == null,
                wrong == null ? "to the end" : wrong.toString());
        Map<String, String> now = vswitch.threads();
        all.judge(
                "threads of the switch",
                now.equals(threadsBefore),
                now.equals(threadsBefore)
                        ? "the same " + now.size()
                        : threadsBefore + " became " + now);
        Tolerated.judge(all, vswitch.ask("show").get("faults"));
        double heapBefore = heaps.getFirst();
        double heapAfter = heaps.getLast();
        all.judge(
                "heap after a collection, MB",
                heapAfter - heapBefore <= Math.max(32, heapBefore / 2),
                "%.0f before the first assault, %.0f after the last, %.0f at most between"
                        .formatted(heapBefore, heapAfter, Collections.max(heaps)));
        all.judge(
                "open descriptors",
                descriptors.getLast() - descriptors.getFirst() <= 16,
                "%d after the first assault, %d after the last"
                        .formatted(descriptors.getFirst(), descriptors.getLast()));
    }

    private interface Task {
        void run() throws Exception;
    }

    private void spawn(String name, Task task) {
        threads.add(
                Thread.ofPlatform()
                        .name(name)
                        .start(() -> {
                            try {
                                task.run();
                            } catch (Throwable e) {
                                chronicle.write(name, "ended by " + e);
                                broken.compareAndSet(null, e);
                            }
                        }));
    }

    private void echo() throws Exception {
        try (Controller c = vswitch.controller("echo")) {
            while (!over) {
                Watch mine = watch;
                mine.echoes.add(c.echo());
                Thread.sleep(20);
            }
        }
    }

    private void change() throws Exception {
        try (Controller c = vswitch.controller("honest")) {
            for (int i = 0; !over; i++) {
                String rule =
                        "priority=%d,in_port=98,udp,tp_dst=%d,actions=drop"
                                .formatted(1000 + i % 7, i % 50);
                Watch mine = watch;
                c.add(rule);
                mine.barriers.add(c.barrier());
                c.delete(rule);
                mine.barriers.add(c.barrier());
                Thread.sleep(20);
            }
            if (c.errors() > 0) {
                throw new ExperimentException("a rule was refused: " + c.lastError());
            }
        }
    }

    @Override
    public void close() {
        over = true;
        Closing.lastFirst(started, out::println);
        folder.close();
        chronicle.close();
    }
}
