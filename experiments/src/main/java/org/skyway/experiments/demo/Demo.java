package org.skyway.experiments.demo;

import java.io.PrintStream;
import java.time.Duration;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.AtExit;
import org.skyway.experiments.process.MachineLoad;
import org.skyway.experiments.process.Pause;

/// The demo: a chain that is made faster before one's eyes. What must always hold is judged; how
/// much faster it is is shown.
final class Demo implements AutoCloseable {
    /// What the switch may have of a core in the quietest second in which everything goes past it:
    /// in others it may compile, or have just carried packets.
    private static final double IDLE_SHARE = 0.1;

    private static final int WARM_UP_SECONDS = 4;
    private static final long SETTLING_MILLIS = 300;

    private final int seconds;
    private final int rounds;
    private final String size;
    private final PrintStream out;
    private final DemoChain chain;
    private MachineLoad load;
    private Duration lastCpu = Duration.ZERO;
    private long lastNanos;
    private int secondsSeen;
    private int secondsAsWanted;
    private double idleShare = Double.MAX_VALUE;

    /// @param seconds of each half of a round
    /// @param rounds how often
    /// @param size of frames, see `skyway vnf exchange`
    /// @param out where to tell
    /// @param dpdk whether the VNF in the middle is DPDK's testpmd
    Demo(int seconds, int rounds, String size, PrintStream out, boolean dpdk) {
        this.seconds = seconds;
        this.rounds = rounds;
        this.size = size;
        this.out = out;
        chain = new DemoChain(out, dpdk);
    }

    int run(boolean keep) {
        say("Rules come in through OpenFlow: each end's traffic goes to its neighbour.");
        chain.setBypass(false);
        for (DemoChain.Hop hop : DemoChain.HOPS) {
            chain.ofctl(
                    "add-flow",
                    "priority=100,in_port=%d,actions=output:%d"
                            .formatted(hop.fromNumber(), hop.toNumber()));
        }
        chain.startTraffic(size);
        load = chain.load();
        say("Warming up: first every packet passes the switch, which is told to make no bypasses;");
        out.println("then bypasses are allowed, and the four rules are four point-to-point links.");
        header();
        half(WARM_UP_SECONDS, false);
        half(WARM_UP_SECONDS, true);

        String ending = "priority=200,in_port=1,udp,tp_dst=7777";
        say("A rule ends the first link: no longer does everything from vnf1 go to vnf2.");
        chain.ofctl("add-flow", ending + ",actions=drop");
        chain.awaitLinks(3);
        header();
        watch(2, 3);
        say("The rule is deleted, and the link comes back.");
        chain.ofctl("--strict", "del-flows", ending);
        chain.awaitLinks(4);
        header();
        watch(2, 4);

        say("Now in turn, through the switch and past it:");
        header();
        var measured = new Rounds();
        for (int round = 0; round < rounds; round++) {
            Rounds.Measured through = half(seconds, false);
            measured.add(through, half(seconds, true));
        }
        if (keep) {
            stay();
        }
        say("The VNFs stop, and the counters are compared.");
        var verdicts = new Verdicts();
        verdicts.judge(
                "links",
                secondsAsWanted == secondsSeen,
                "as the rules said in %d of %d seconds".formatted(secondsAsWanted, secondsSeen));
        chain.compareCounters(verdicts);
        verdicts.judge(
                "the switch, past which all goes",
                idleShare <= IDLE_SHARE,
                "busy with %.0f %% of a core in the quietest second, at most %.0f %% allowed"
                        .formatted(100 * idleShare, 100 * IDLE_SHARE));
        say(
                "What was seen (at both ends of the chain together, frames of %s bytes, median and range):"
                        .formatted(size));
        measured.print(out);
        say("What must hold:");
        verdicts.print(out);
        return verdicts.good() ? 0 : 1;
    }

    private Rounds.Measured half(int seconds, boolean past) {
        chain.setBypass(past);
        Pause.millis(SETTLING_MILLIS);
        return watch(seconds, past ? 4 : 0);
    }

    private void header() {
        out.printf("  %-6s", "second");
        for (DemoChain.Hop hop : DemoChain.HOPS) {
            out.printf(" %-21s", hop.from() + "->" + hop.to());
        }
        out.println(" switch CPU");
    }

    private Rounds.Measured watch(int seconds, int links) {
        load.others();
        switchCores();
        long begin = System.nanoTime();
        long[] first = chain.delivered();
        long[] before = first;
        long then = begin;
        double cores = 0;
        for (int second = 1; second <= seconds; second++) {
            Pause.millis(Math.max(1, 1000 * second - (System.nanoTime() - begin) / 1_000_000));
            long[] now = chain.delivered();
            long at = System.nanoTime();
            boolean[] bypassed = chain.bypassed();
            secondsSeen++;
            secondsAsWanted += count(bypassed) == links ? 1 : 0;
            double share = switchCores();
            if (links == DemoChain.HOPS.size()) {
                idleShare = Math.min(idleShare, share);
            }
            out.printf("  %-6d", second);
            for (int i = 0; i < now.length; i++) {
                out.printf(
                        " %7.3f Mpps %-8s",
                        1e3 * (now[i] - before[i]) / (at - then),
                        bypassed[i] ? "bypass" : "switch");
            }
            out.printf(" %3.0f %%%n", 100 * share);
            cores += share / seconds;
            before = now;
            then = at;
        }
        // The second hop ends at the right end of the chain, the fourth at the left one.
        double mpps = 1e3 * (before[1] - first[1] + before[3] - first[3]) / (then - begin);
        return new Rounds.Measured(mpps, cores, load.others());
    }

    private static int count(boolean[] values) {
        int n = 0;
        for (boolean value : values) {
            n += value ? 1 : 0;
        }
        return n;
    }

    private double switchCores() {
        Duration cpu = chain.switchCpu();
        long now = System.nanoTime();
        double share = (double) cpu.minus(lastCpu).toNanos() / Math.max(1, now - lastNanos);
        lastCpu = cpu;
        lastNanos = now;
        return share;
    }

    private void stay() {
        out.println();
        say("The chain stays up. In another terminal, try for instance:");
        out.printf(
                "  export OVS_RUNDIR=%s SKYWAY_RUNDIR=%s%n",
                chain.runDirectory(), chain.runDirectory());
        out.println("  ovs-ofctl dump-flows br0; ./skyway ctl links; ./skyway ctl events --follow");
        out.println("  ovs-ofctl add-flow br0 priority=200,in_port=1,udp,actions=output:2");
        say("Ctrl-C, or the end of any of the processes, ends it.");
        while (chain.isAlive()) {
            Pause.millis(500);
        }
        AtExit.stopHere();
    }

    private void say(String what) {
        out.println();
        out.println(what);
    }

    @Override
    public void close() {
        chain.close();
    }
}
