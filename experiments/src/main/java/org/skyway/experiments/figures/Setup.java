package org.skyway.experiments.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.experiments.figures.SetupSteps.Change;
import org.skyway.experiments.figures.SetupSteps.FirstPacket;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Section;
import org.skyway.ivshmem.region.Region;
import org.skyway.vswitch.journal.Journal;

/// The time from a flow-mod to the first packet that takes the bypass, by step, and the way back.
/// The paper says about 100 ms with KVM.
final class Setup implements Experiment {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";
    private static final String END = "priority=200,in_port=1,udp,tp_dst=9";
    private static final double START_SECONDS = 12;
    private static final double BOOT_SECONDS = 60;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final int MARK_CELLS = 1;

    Setup() {}

    @Override
    public String name() {
        return "setup";
    }

    @Override
    public Set<Plan.Vnfs> vnfs() {
        return Set.of(Plan.Vnfs.JAVA, Plan.Vnfs.VM);
    }

    @Override
    public double seconds(Plan plan) {
        return plan.inGuests()
                ? BOOT_SECONDS + (plan.cycles() + (plan.quick() ? 10 : 30)) * 2.0
                : START_SECONDS + (plan.cycles() + 3) * 4.5;
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        Needs.chain(2, obstacles);
        Needs.guests(plan, obstacles);
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section = new Section(name(), "From a flow-mod to the bypass, and back");
        List<FirstPacket> packets = new ArrayList<>();
        try (SetupBed bed =
                plan.inGuests()
                        ? new VmSetupBed(System.out, plan.quick())
                        : new ProcessSetupBed(session)) {
            session.advance(plan.inGuests() ? BOOT_SECONDS : START_SECONDS, "setup, warming up");
            Path file = bed.region();
            try (Region region = Region.open(file, Files.size(file))) {
                for (int cycle = 1; cycle <= bed.warmUp() + plan.cycles(); cycle++) {
                    cycle(bed, region, packets);
                    session.advance(
                            bed.cycleSeconds(),
                            "setup, %s, cycle %d of %d after %d to warm up"
                                    .formatted(
                                            bed.what(),
                                            Math.max(0, cycle - bed.warmUp()),
                                            plan.cycles(),
                                            bed.warmUp()));
                }
            }
            List<String> events = new ArrayList<>();
            Journal.read(bed.runDirectory(), false, events::add);
            keep(session, bed, SetupSteps.of(events, packets));
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        }
        section.figures()
                .add(
                        new Figure(
                                "setup",
                                name(),
                                "reached after",
                                "From a flow-mod to the first packet on the new way",
                                "steps done, in the order of the table",
                                "time since the flow-mod [ms]",
                                false,
                                false));
        section.text()
                .add(
                        "A rule makes the link; another one, for packets that nobody sends, ends it, so that they go through the switch"
                                + " again; then both are deleted and the channel is unplugged, so that the next cycle begins from nothing."
                                + " Times of steps are the switch's journal's. The first packet is seen by another process in shared memory,"
                                + " at the sender's counter and in its ring, which it looks at every 0.2 ms; the switch may note"
                                + " a little later that the sender obeyed, hence negative values.");
        section.text()
                .add(
                        "The paper: on the order of 100 ms from the moment in which the switch recognises the link to that in which the"
                                + " driver starts to use the bypass, in virtual machines under KVM. It says nothing about the way back.");
        return section;
    }

    private static void cycle(SetupBed bed, Region region, List<FirstPacket> packets) {
        StatisticsBlock sender = new StatisticsBlock(region.address());
        long bypassed = sender.txPackets();
        bed.ofctl("add-flow", FLOW);
        await(() -> sender.txPackets() != bypassed, "no packet took the bypass");
        packets.add(new FirstPacket(true, now()));
        Waits.sleep(0.2); // until the journal has it that the sender obeyed
        long ring = region.address() + RegionHeader.FIRST_RING_OFFSET;
        long before = RingLayout.tail(ring);
        bed.ofctl("add-flow", END + ",actions=drop");
        await(
                () -> RingLayout.tail(ring) - before > MARK_CELLS,
                "no packet went through the switch again");
        packets.add(new FirstPacket(false, now()));
        Waits.sleep(0.1);
        bed.ofctl("del-flows", "in_port=1");
        bed.awaitUnplugged();
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static void await(java.util.function.BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException(otherwise + " within 30 s");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
        }
    }

    private void keep(MeasuredSession session, SetupBed bed, List<Change> changes) {
        int cycle = 0;
        for (Change change : changes) {
            cycle += change.toBypass() ? 1 : 0;
            if (cycle <= bed.warmUp()) {
                continue;
            }
            String path = bed.what() + (change.toBypass() ? ", to the bypass" : ", and back");
            int number = 0;
            double sum = 0;
            for (Map.Entry<String, Double> step : change.millis().entrySet()) {
                boolean total = step.getKey().equals(SetupSteps.TOTAL);
                number++;
                int round = cycle - bed.warmUp();
                String name = total ? step.getKey() : number + ". " + step.getKey();
                point(session, path, name, round).keep("step", "ms", step.getValue());
                if (!total) {
                    sum += step.getValue();
                    point(session, path, Integer.toString(number), round)
                            .keep("reached after", "ms", sum);
                }
            }
        }
    }

    private Point point(MeasuredSession session, String path, String x, int round) {
        return new Point(session, name(), Method.NONE, path, x, round, Conditions.UNKNOWN);
    }
}
