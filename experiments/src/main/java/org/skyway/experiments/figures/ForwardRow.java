package org.skyway.experiments.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.MachineFacts;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.yardstick.CProgram;

/// What a VNF's forwarding of a packet costs: 512 packets go round between its own two ports, so
/// that it is the only one at work and always busy. Processor time of its thread by packets.
final class ForwardRow implements FigureRow {
    private static final int CORE = 1;
    private static final int PACKETS = 512;
    private static final String MEMIF = "testpmd io over memif";
    private static final double START_SECONDS = 15;

    ForwardRow() {}

    @Override
    public String name() {
        return "forward-cycles";
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 2 * (plan.seconds() + 0.3);
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        if (plan.cores() < 2) {
            return "the switch and the VNF need a core each";
        }
        return CProgram.onPath(Testpmd.PROGRAM)
                ? null
                : Testpmd.PROGRAM + " is missing; apt-get install dpdk-dev";
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Plan plan = session.plan();
        Key java =
                Ratios.key(
                        name(),
                        Method.CORE_EACH,
                        "Skyway's forward, past the switch",
                        "cycles per packet",
                        "cycles");
        Key memif = java.of(MEMIF);
        try (SkywayBed bed = new SkywayBed(session, 2);
                Testpmd testpmd = testpmd(session)) {
            Program forward = bed.forward(1, 2, CORE, "backoff");
            bed.connect(new int[] {1, 2});
            bed.bypass(true);
            inject(bed);
            testpmd.tell("start tx_first " + PACKETS / 32);
            Waits.sleep(plan.quick() ? 1 : 3);
            ThreadClock vnf = ThreadClock.of(forward.pid(), "poll-");
            ThreadClock worker = ThreadClock.of(testpmd.program().pid(), "rte-worker");
            testpmd.program().pause();
            List<Program> programs = new ArrayList<>(bed.programs());
            programs.add(testpmd.program());
            session.advance(START_SECONDS, "bench, forward");
            for (int round = 1; round <= plan.rounds(); round++) {
                forward.pause();
                double ring = session.yardstick().ring();
                forward.resume();
                double ours = cycles(vnf, plan, bed::received);
                forward.pause();
                testpmd.program().resume();
                double theirs = cycles(worker, plan, () -> received(testpmd));
                testpmd.program().pause();
                forward.resume();
                Conditions conditions = new Conditions(ring, Double.NaN, Double.NaN, Double.NaN);
                session.keep(java, round, ours, conditions);
                session.keep(memif, round, theirs, conditions);
                session.advance(roundSeconds(plan), "bench, forward, round " + round);
            }
            testpmd.program().resume();
        }
        return List.of(
                Ratios.ratio(
                        session,
                        name(),
                        "a forwarding VNF, 512 packets of 64 B going round on one core, cycles per packet",
                        java,
                        memif,
                        0.5,
                        true));
    }

    private Testpmd testpmd(MeasuredSession session) {
        Path socket = session.scratch().resolve("round");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Testpmd.PROGRAM,
                                "--lcores",
                                "0@%d,1@%d".formatted(CORE, CORE),
                                "--no-pci",
                                "--no-telemetry",
                                "--no-huge",
                                "-m",
                                "256",
                                "--no-shconf"));
        for (String role : new String[] {"server", "client"}) {
            command.add("--vdev");
            command.add(
                    "net_memif%d,socket=%s,socket-abstract=no,id=0,role=%s,rsize=10"
                            .formatted(role.equals("server") ? 0 : 1, socket, role));
        }
        session.note(
                String.join(" ", command).replaceAll("/tmp/[^ ,]*/", "DIR/")
                        + " -- -i --forward-mode=io");
        return Testpmd.start(
                "io",
                session.scratch(),
                session.chronicle().of("io")::accept,
                command,
                "--forward-mode=io");
    }

    // By packet-out to a port: as many in one call as a command line takes.
    private static void inject(SkywayBed bed) {
        byte[] frame = new byte[64];
        System.arraycopy(
                HexFormat.of().parseHex("0200000000020200000000010800450000320000000040110000"),
                0,
                frame,
                0,
                26);
        String hex = HexFormat.of().formatHex(frame);
        List<String> command = new ArrayList<>(List.of("packet-out", "controller", "output:1"));
        for (int i = 0; i < PACKETS; i++) {
            command.add(hex);
        }
        bed.ofctl(command.toArray(new String[0]));
    }

    private static double cycles(ThreadClock clock, Plan plan, LongSupplier packets) {
        Waits.sleep(0.1);
        long before = packets.getAsLong();
        long cpu = clock.nanos();
        Waits.sleep(plan.seconds());
        double nanos = clock.nanos() - cpu;
        long moved = packets.getAsLong() - before;
        if (moved <= 0) {
            throw new ExperimentException("no packet goes round");
        }
        return nanos * MachineFacts.tscMegahertz() / 1e3 / moved;
    }

    private static long received(Testpmd testpmd) {
        return testpmd.statistics(0).get("RX-packets") + testpmd.statistics(1).get("RX-packets");
    }
}
