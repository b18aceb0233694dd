package org.skyway.experiments.figures;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.tester.Tester;
import org.skyway.experiments.vm.chain.VmHost;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.host.Virtualisation;
import org.skyway.vswitch.daemon.ControlClient;

/// Two guests under a libvirtd of their own, the ends of the shortest chain: each with the Java
/// driver and a tester, or with stock `testpmd` and its driver in C, of which one sends and
/// receives all the time.
final class VmPair implements MeasuredChain {
    /// How long guests take until they are up.
    static final double BOOT_SECONDS = 60;

    /// What is known of guests, for the report.
    static final String TEXT =
            Virtualisation.isUsable()
                    ? "Guests run under KVM with a processor each."
                    : "Guests run without KVM: QEMU emulates their processors, which takes ten times as long and is what limits"
                            + " them, so ratios are nearer to 1 than they would be under KVM.";

    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MeasuredSession session;
    private final VmHost host;
    private final boolean testpmd;
    private final List<Tester> testers = new ArrayList<>();
    private final Ends ends; // null for testpmd, which is not told what to do

    /// @param session whose
    /// @param testpmd whether guests run DPDK's `testpmd`
    VmPair(MeasuredSession session, boolean testpmd) {
        this.session = session;
        this.testpmd = testpmd;
        host = new VmHost(session.log("guests"), 2);
        try {
            boot("left", "vnf1");
            boot("right", "vnf2");
            await("drivers in both guests", BOOT, () -> host.drivers() == 2);
            host.ofctl("add-flow", "priority=100,in_port=1,actions=output:2");
            host.ofctl("add-flow", "priority=100,in_port=2,actions=output:1");
            if (!testpmd) {
                testers.add(tester("left"));
                testers.add(tester("right"));
            }
            ends = testpmd ? null : Ends.of(testers.get(0), testers.get(1), session.plan().size());
        } catch (IOException e) {
            close();
            throw new ExperimentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void boot(String name, String port) throws IOException, InterruptedException {
        String[] program =
                testpmd
                        ? new String[] {"testpmd", "--forward-mode=flowgen", "--port", port}
                        : new String[] {
                            "tester",
                            "--ports",
                            port,
                            "--commands",
                            GuestSpec.COMMANDS,
                            "--stats-interval",
                            "0"
                        };
        host.start(name, port, program);
        session.note("guest %s: %s".formatted(name, String.join(" ", program)));
    }

    private Tester tester(String guest) {
        return new Tester("tester in guest " + guest, host.commands(guest));
    }

    private void await(String what, Duration patience, Callable<Boolean> condition) {
        try {
            host.await(what, patience, condition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    @Override
    public Ends ends() {
        return ends;
    }

    @Override
    public boolean sharesClock() {
        return false;
    }

    @Override
    public List<Way> ways() {
        String suffix = testpmd ? ", guests with testpmd" : ", guests";
        return List.of(
                new Lane(SkywayChain.THROUGH + suffix, false),
                new Lane(SkywayChain.PAST + suffix, true));
    }

    private final class Lane implements Way {
        private final String path;
        private final boolean past;

        Lane(String path, boolean past) {
            this.path = path;
            this.past = past;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public void select() {
            host.control().ask(ControlClient.request("bypass").put("on", past));
            await(
                    past ? "two links" : "end of links",
                    PATIENCE,
                    () -> host.activeLinks() == (past ? 2 : 0));
        }

        @Override
        public double mpps(double settleSeconds, double seconds) {
            return testpmd ? delivered(settleSeconds, seconds) : ends.mpps(settleSeconds, seconds);
        }

        @Override
        public List<Program> programs() {
            return host.programs();
        }

        // Emulated guests rest when they have nothing to do; others have processors to spare.
        @Override
        public List<Program> pollers() {
            return List.of();
        }
    }

    private double delivered(double settleSeconds, double seconds) {
        Waits.sleep(settleSeconds);
        long before = host.delivered();
        long since = System.nanoTime();
        Waits.sleep(seconds);
        long after = host.delivered();
        return (after - before) * 1e3 / 2 / (System.nanoTime() - since);
    }

    @Override
    public void close() {
        for (Tester tester : testers) {
            try {
                tester.close();
            } catch (ExperimentException e) {
                session.chronicle().write("guests", "while ending: " + e.getMessage());
            }
        }
        host.close();
    }
}
