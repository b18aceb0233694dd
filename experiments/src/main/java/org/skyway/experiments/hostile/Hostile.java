package org.skyway.experiments.hostile;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestPair;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.Latencies;
import org.skyway.experiments.bed.Samples;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.RunFolder;

/// One run of the experiment: who is where, who changes what, and what came of it.
///
/// ```
/// ports  who
///  1  2  an honest pair whose bypass comes and goes with a rule
///  3  4  an honest pair that always passes the switch
///  5  6  hostile VNFs in one process; they have links to 7, and 8 has one to 6
///  7  8  an honest pair that has hostile neighbours
/// ```
final class Hostile implements AutoCloseable {
    private static final List<String> PORTS =
            List.of("vnf1", "vnf2", "vnf3", "vnf4", "bad5", "bad6", "vnf7", "vnf8");

    /// How long the switch waits for a VNF to leave its bypass.
    private static final int OBEY_MILLIS = 2000;

    /// Connections of this run's own, with some to spare.
    private static final int CONTROLLERS = 8;

    private static final double LONG_SECONDS = 60;

    /// What takes longer is told in the chronicle.
    private static final long LONG_NANOS = 200_000_000;

    /// So that the rings hold what comes in some seconds: on a busy machine, a sink may wait for a
    /// core, and what finds no room meanwhile is dropped whoever is to blame.
    private static final int RATE = 2000;

    private static final String SIZES = "64-512";
    private static final int IDS = 100; // the source of port n has id 100 + n

    /// What is to be run.
    ///
    /// @param seconds how long
    /// @param seed of everything that is left to chance
    /// @param attacks those to choose from
    /// @param chronicle where everything that everybody says goes
    /// @param slackMillis how long a barrier may take that needs no hostile VNF
    record Plan(double seconds, long seed, Attack[] attacks, Path chronicle, int slackMillis) {}

    private final Plan plan;
    private final PrintStream out;
    private final Chronicle chronicle;
    private final RunFolder folder = new RunFolder();
    private final List<AutoCloseable> started = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final Latencies unrelated = new Latencies("barriers");
    private final Latencies hostileBarriers = new Latencies("barriers");
    private final Latencies echoes = new Latencies("echoes");
    private volatile boolean over;
    private SwitchProcess vswitch;
    private Villains villains;

    private Hostile(Plan plan, PrintStream out) throws IOException {
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
                "hostile: %.0f s, seed %d; all that was said and done: %s%n",
                plan.seconds(), plan.seed(), plan.chronicle());
        try (Hostile run = new Hostile(plan, out)) {
            return run.run();
        }
    }

    private Verdicts run() throws Exception {
        vswitch = SwitchProcess.start(folder.path(), chronicle, PORTS);
        started.add(vswitch);
        Map<String, String> threadsBefore = vswitch.threads();
        int descriptorsBefore = vswitch.descriptors();
        Controller controller = controller("rules");
        for (String flow :
                List.of(
                        "priority=100,in_port=1,actions=output:2",
                        "priority=100,in_port=3,udp,actions=output:4",
                        "priority=50,in_port=3,actions=drop",
                        "priority=100,in_port=5,actions=output:7",
                        "priority=100,in_port=6,actions=output:7",
                        "priority=100,in_port=7,actions=output:8",
                        "priority=100,in_port=8,actions=output:6")) {
            controller.add(flow);
        }
        controller.barrier();
        HonestPair flapping =
                pair("with a bypass that comes and goes", 1, 2, "source", "sink", RATE);
        HonestPair normal = pair("through the switch", 3, 4, "source", "sink", RATE);
        HonestPair beside = pair("with hostile neighbours", 7, 8, "exchange", "exchange", RATE);
        villains = new Villains(plan, folder.path(), chronicle);
        started.add(villains);

        List<Samples> samples =
                List.of(
                        new Samples("open descriptors", vswitch::descriptors, 8, 0.1),
                        new Samples("regions in /dev/shm", vswitch::regions, 4, 0),
                        new Samples("resident memory, MB", vswitch::residentMegabytes, 48, 0.25));
        Samples heap = new Samples("heap after a collection, MB", vswitch::heapMegabytes, 12, 0.25);

        spawn("unrelated rules", this::changeRules);
        spawn("rules of links with hostile VNFs", this::changeHostileRules);
        spawn("echoes", this::echo);
        spawn("warden", () -> villains.guard(() -> over));
        watch(samples, heap);
        over = true;
        for (Thread thread : threads) {
            thread.join(90_000);
        }

        Verdicts verdicts = new Verdicts();
        for (HonestPair pair : List.of(flapping, normal, beside)) {
            pair.stopSource();
        }
        for (HonestPair pair : List.of(flapping, normal, beside)) {
            pair.judge(verdicts, vswitch, false);
        }
        villains.close();
        judgeRest(verdicts, descriptorsBefore);
        judge(verdicts, samples, heap, threadsBefore);
        out.printf("after %.0f s, %s:%n", plan.seconds(), villains.summary());
        verdicts.print(out);
        return verdicts;
    }

    // What VNFs had is given back when they are gone: at the latest after the minute in which what
    // a
    // dead VNF has sent may still be read.
    private void judgeRest(Verdicts verdicts, int descriptorsBefore) throws InterruptedException {
        int most = descriptorsBefore + CONTROLLERS;
        long end = System.nanoTime() + 75_000_000_000L;
        while ((vswitch.regions() > 0 || vswitch.descriptors() > most)
                && System.nanoTime() - end < 0) {
            Thread.sleep(100);
        }
        verdicts.judge(
                "regions in /dev/shm without any VNF",
                vswitch.regions() == 0,
                Integer.toString(vswitch.regions()));
        verdicts.judge(
                "open descriptors without any VNF",
                vswitch.descriptors() <= most,
                "%d before the first VNF, %d after the last"
                        .formatted(descriptorsBefore, vswitch.descriptors()));
    }

    private void judge(
            Verdicts verdicts,
            List<Samples> samples,
            Samples heap,
            Map<String, String> threadsBefore) {
        Throwable wrong = broken.get();
        verdicts.judge(
                "controllers are served",
                wrong == null,
                wrong == null ? "all to the end" : wrong.toString());
        Map<String, String> now = vswitch.threads();
        verdicts.judge(
                "threads of the switch",
                now.equals(threadsBefore) && vswitch.program().isAlive(),
                now.equals(threadsBefore)
                        ? "the same " + now.size()
                        : threadsBefore + " became " + now);
        Tolerated.judge(verdicts, vswitch.ask("show").get("faults"));
        if (plan.seconds() >= LONG_SECONDS) { // else one attack may last as long as a tenth
            samples.forEach(s -> s.judge(verdicts));
        }
        heap.judge(verdicts);
        verdicts.judge(
                "barriers that need no hostile VNF, within " + plan.slackMillis() + " ms",
                unrelated.count() > 0 && unrelated.maxMillis() <= plan.slackMillis(),
                unrelated.toString());
        int most = OBEY_MILLIS + 2 * plan.slackMillis();
        verdicts.judge(
                "barriers that wait for hostile VNFs, within " + most + " ms",
                hostileBarriers.count() > 0 && hostileBarriers.maxMillis() <= most,
                hostileBarriers.toString());
        verdicts.judge(
                "echoes, within " + plan.slackMillis() + " ms",
                echoes.count() > 0 && echoes.maxMillis() <= plan.slackMillis(),
                echoes.toString());
    }

    private HonestPair pair(String name, int from, int to, String source, String sink, int rate) {
        HonestVnf second =
                sink.equals("sink")
                        ? HonestVnf.start(
                                folder.path(), chronicle, sink, PORTS.get(to - 1), "--verify")
                        : exchange(to, 500);
        started.add(second);
        HonestVnf first =
                source.equals("exchange")
                        ? exchange(from, rate)
                        : HonestVnf.start(
                                folder.path(),
                                chronicle,
                                source,
                                PORTS.get(from - 1),
                                "--rate",
                                Integer.toString(rate),
                                "--id",
                                Integer.toString(IDS + from),
                                "--size",
                                SIZES);
        started.add(first);
        return new HonestPair(name, first, second, IDS + from, "in_port=" + from);
    }

    private HonestVnf exchange(int port, int rate) {
        return HonestVnf.start(
                folder.path(),
                chronicle,
                "exchange",
                PORTS.get(port - 1),
                "--rate",
                Integer.toString(rate),
                "--id",
                Integer.toString(IDS + port),
                "--verify");
    }

    private Controller controller(String name) {
        Controller c = vswitch.controller(name);
        synchronized (started) {
            started.add(c);
        }
        return c;
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

    // Rules come and go: some end the bypass of port 1, some lie before those of port 3 without
    // taking any of its packets, most concern nobody.
    private void changeRules() throws Exception {
        SplittableRandom random = new SplittableRandom(plan.seed() + 1);
        Controller c = controller("unrelated");
        boolean ended = false;
        while (!over) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    String ending = "priority=200,in_port=1,udp,tp_dst=7777,actions=drop";
                    if (ended) {
                        c.delete(ending);
                    } else {
                        c.add(ending);
                    }
                    ended = !ended;
                }
                case 1, 2 -> {
                    String before =
                            "priority=%d,in_port=3,tcp,tp_dst=%d,actions=drop"
                                    .formatted(random.nextInt(101, 300), random.nextInt(32));
                    c.add(before);
                    if (random.nextBoolean()) {
                        c.barrier();
                    }
                    c.delete(before);
                }
                default -> {
                    String other =
                            "table=%d,priority=%d,in_port=99,ip,nw_src=10.0.%d.0/%d,actions=output:2"
                                    .formatted(
                                            random.nextInt(3),
                                            random.nextInt(1000),
                                            random.nextInt(256),
                                            random.nextInt(17, 33));
                    c.add(other);
                    if (random.nextInt(4) != 0) {
                        c.delete(other);
                    }
                }
            }
            unrelated.add(c.barrier());
            Thread.sleep(random.nextInt(60));
        }
        if (c.errors() > 0) {
            throw new ExperimentException("a rule was refused: " + c.lastError());
        }
    }

    private void changeHostileRules() throws Exception {
        SplittableRandom random = new SplittableRandom(plan.seed() + 2);
        Controller c = controller("hostile");
        int[] senders = {5, 6, 8};
        boolean[] ended = new boolean[10];
        while (!over) {
            int port = senders[random.nextInt(senders.length)];
            String ending = "priority=200,in_port=%d,udp,tp_dst=7777,actions=drop".formatted(port);
            if (ended[port]) {
                c.delete(ending);
            } else {
                c.add(ending);
            }
            ended[port] = !ended[port];
            long nanos = c.barrier();
            hostileBarriers.add(nanos);
            if (nanos > LONG_NANOS) {
                chronicle.write("barrier", "port " + port + " took " + nanos / 1_000_000 + " ms");
            }
            Thread.sleep(random.nextInt(1500));
        }
    }

    private void echo() throws Exception {
        Controller c = controller("echo");
        while (!over) {
            long nanos = c.echo();
            echoes.add(nanos);
            if (nanos > LONG_NANOS) {
                chronicle.write("echo", "took " + nanos / 1_000_000 + " ms");
            }
            Thread.sleep(50);
        }
    }

    private void watch(List<Samples> samples, Samples heap) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + (long) (plan.seconds() * 1e9);
        long heapEvery = Math.max(3_000_000_000L, (end - start) / 30);
        long nextHeap = start;
        while (System.nanoTime() - end < 0) {
            Thread.sleep(500);
            if (!vswitch.program().isAlive()) {
                throw new ExperimentException("the switch ended; see " + plan.chronicle());
            }
            samples.forEach(Samples::look);
            if (System.nanoTime() - nextHeap >= 0) {
                heap.look();
                nextHeap = System.nanoTime() + heapEvery;
            }
        }
    }

    @Override
    public void close() {
        over = true;
        for (AutoCloseable c : started.reversed()) {
            try {
                c.close();
            } catch (Exception e) {
                out.println("while ending: " + e);
            }
        }
        folder.close();
        chronicle.close();
    }
}
