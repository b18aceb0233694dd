package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;

/// Stock `testpmd` processes on a [Fabric]: the ends send flat out and drop what they receive
/// (`flowgen`), those between forward (`io`). A rounds's programs rest in between.
final class TestpmdLine implements Way, AutoCloseable {
    /// Pages of 2 MiB that a process takes.
    static final int HUGE_PAGES = 80;

    /// How many flows `flowgen` makes of what it sends: UDP from 10.254.0.0 and port 1000 to port
    /// 1001 of as many addresses from 10.253.0.0 on.
    static final int FLOWS = 16;

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final MeasuredSession session;
    private final Fabric fabric;
    private final ReservedPages huge;
    private final List<Testpmd> started = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();

    /// Where packets come out.
    private record End(Testpmd testpmd, int port) {}

    /// Nothing hangs on it yet.
    ///
    /// @param session whose
    /// @param fabric closed with this
    /// @param huge pages for it
    TestpmdLine(MeasuredSession session, Fabric fabric, ReservedPages huge) {
        this.session = session;
        this.fabric = fabric;
        this.huge = huge;
    }

    /// One with all its processes, and connected.
    ///
    /// @param session whose
    /// @param fabric closed with this, or if this fails
    /// @param huge pages for it
    /// @param processes starts them
    static TestpmdLine connected(
            MeasuredSession session,
            Fabric fabric,
            ReservedPages huge,
            Consumer<TestpmdLine> processes) {
        TestpmdLine line = new TestpmdLine(session, fabric, huge);
        try {
            processes.accept(line);
            line.connect();
            return line;
        } catch (RuntimeException e) {
            line.close();
            throw e;
        }
    }

    /// Starts a process whose ports are ends.
    ///
    /// @param core to run on
    /// @param ports numbers on the fabric
    void ends(int core, int... ports) {
        Testpmd testpmd = start("flowgen", core, ports);
        for (int i = 0; i < ports.length; i++) {
            ends.add(new End(testpmd, i));
        }
    }

    /// Starts a process that forwards between two ports.
    ///
    /// @param core to run on
    /// @param a number on the fabric
    /// @param b another
    void forward(int core, int a, int b) {
        start("io", core, a, b);
    }

    private Testpmd start(String mode, int core, int... ports) {
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            devices.add(fabric.device(i, ports[i]));
        }
        Testpmd testpmd =
                start(
                        session,
                        huge,
                        fabric.path(),
                        "testpmd-" + started.size(),
                        core,
                        devices,
                        "--forward-mode=" + mode,
                        "--txpkts=" + session.plan().size(),
                        "--flowgen-flows=" + FLOWS);
        started.add(testpmd);
        return testpmd;
    }

    /// Starts a stock process.
    ///
    /// @param session whose
    /// @param huge pages for it
    /// @param who is told of in the log
    /// @param name among those of this session that are of the same
    /// @param core to run on
    /// @param devices a `--vdev` each
    /// @param options more of testpmd
    static Testpmd start(
            MeasuredSession session,
            ReservedPages huge,
            String who,
            String name,
            int core,
            List<String> devices,
            String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Testpmd.PROGRAM,
                                "--lcores",
                                "0@%d,1@%d".formatted(core, core),
                                "--no-pci",
                                "--no-telemetry",
                                "--single-file-segments",
                                "-m",
                                "128",
                                "--huge-dir",
                                huge.mount().toString(),
                                "--huge-unlink=existing",
                                "--file-prefix",
                                huge.mount().getParent().getFileName()
                                        + "-"
                                        + PREFIXES.incrementAndGet()));
        if (DpdkDriver.missing() == null) {
            command.addAll(List.of("-d", DpdkDriver.FILE));
        }
        for (String device : devices) {
            command.addAll(List.of("--vdev", device));
        }
        session.note(
                String.join(" ", command).replaceAll("/tmp/[^ ,]*/", "DIR/")
                        + " -- -i --nb-cores=1 --burst=32 --rxd=1024 --txd=1024 "
                        + String.join(" ", options));
        return Testpmd.start(
                name, session.scratch(), session.chronicle().of(who)::accept, command, options);
    }

    /// Has ends send frames of another size.
    ///
    /// @param bytes without the checksum
    void size(int bytes) {
        started.forEach(t -> t.tell("set txpkts " + bytes));
    }

    /// After all are started.
    void connect() {
        fabric.connect();
        fabric.active(false);
    }

    @Override
    public String path() {
        return fabric.path();
    }

    @Override
    public void select() {
        // Only one fabric is active at a time: see mpps.
    }

    @Override
    public double mpps(double settleSeconds, double seconds) {
        fabric.active(true);
        started.reversed().forEach(t -> t.tell("start"));
        Waits.sleep(settleSeconds);
        long[] before = received();
        long since = System.nanoTime();
        Waits.sleep(seconds);
        long[] after = received();
        long until = System.nanoTime();
        started.forEach(t -> t.tell("stop"));
        Waits.sleep(0.1);
        fabric.active(false);
        return (after[0] - before[0] + after[1] - before[1]) * 1e3 / 2 / (until - since);
    }

    private long[] received() {
        return new long[] {received(ends.getFirst()), received(ends.getLast())};
    }

    private static long received(End end) {
        return end.testpmd.statistics(end.port).get("RX-packets");
    }

    @Override
    public List<Program> programs() {
        List<Program> programs = new ArrayList<>(fabric.programs());
        started.forEach(t -> programs.add(t.program()));
        return programs;
    }

    // They rest when told to stop.
    @Override
    public List<Program> pollers() {
        return List.of();
    }

    @Override
    public void close() {
        fabric.active(true);
        started.reversed().forEach(Testpmd::close);
        fabric.close();
    }
}
