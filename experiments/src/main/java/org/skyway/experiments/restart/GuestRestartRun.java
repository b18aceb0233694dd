package org.skyway.experiments.restart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.chain.ConsoleView;
import org.skyway.experiments.vm.chain.VmHost;
import org.skyway.vswitch.daemon.ControlClient;

/// One run of the experiment with VNFs in virtual machines, a link from one to the other. One
/// thread.
final class GuestRestartRun {
    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String RATE = "1000";
    private static final int SECONDS_WORTH = 1000; // packets

    private final VmHost host;
    private final Verdicts verdicts = new Verdicts();
    private ConsoleView sink;

    private GuestRestartRun(VmHost host) {
        this.host = host;
    }

    /// Runs it.
    ///
    /// @param cycles how often the switch is killed, every other time libvirtd as well
    /// @param out for people
    /// @return the verdicts, printed already
    static Verdicts run(int cycles, PrintStream out) {
        out.printf("restart with two guests: %,d times%n", cycles);
        try (VmHost host = new VmHost(out, 2)) {
            GuestRestartRun run = new GuestRestartRun(host);
            run.run(cycles);
            run.verdicts.print(out);
            return run.verdicts;
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private void run(int cycles) throws IOException, InterruptedException {
        host.ofctl("add-flow", "priority=100,in_port=1,actions=output:2");
        sink =
                host.start(
                        "sink", "vnf2", "sink", "--port", "vnf2", "--json-stats", "--idle", "rest");
        host.start("source", "vnf1", "source", "--port", "vnf1", "--rate", RATE, "--idle", "rest");
        host.await("drivers in both guests", BOOT, () -> host.drivers() == 2);
        host.await("bypass", PATIENCE, () -> host.activeLinks() == 1);
        awaitPackets();
        JsonNode before = sink.last();
        for (int cycle = 0; cycle < cycles; cycle++) {
            cycle(cycle % 2 == 1);
        }
        finish(before);
    }

    private void cycle(boolean libvirtdToo) throws IOException, InterruptedException {
        String what = libvirtdToo ? "switch and libvirtd killed" : "switch killed";
        host.replaceSwitch(libvirtdToo);
        host.await("return of both drivers", PATIENCE, () -> host.drivers() == 2 && !isAwaited());
        JsonNode links = host.control().ask(ControlClient.request("links"));
        long activations = 0;
        for (JsonNode link : links) {
            activations += link.get("activations").asLong();
        }
        verdicts.judge(
                what + ": the bypass is what it was",
                host.activeLinks() == 1 && activations == 1,
                activations + " switch-over(s) to it");
        awaitPackets();
    }

    private boolean isAwaited() {
        for (JsonNode port : host.control().ask(ControlClient.request("ports"))) {
            if (port.path("awaited").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private void awaitPackets() throws IOException, InterruptedException {
        double first = sink.port("rxPackets");
        host.await("packets", PATIENCE, () -> sink.port("rxPackets") >= first + SECONDS_WORTH);
    }

    // What an emulated source loses before its sink is there is not the switch's.
    private void finish(JsonNode before) throws IOException {
        JsonNode after = sink.last();
        long lost = sum(after, "lost") - sum(before, "lost");
        long twice = sum(after, "duplicates") - sum(before, "duplicates");
        long reordered = sum(after, "reordered") - sum(before, "reordered");
        verdicts.judge(
                "packets from guest to guest",
                after.has("lost") && lost == 0 && twice == 0 && reordered == 0,
                "%d lost, %d twice, %d reordered".formatted(lost, twice, reordered));
        long got = after.path("ports").path(0).path("rxPackets").asLong();
        JsonNode ports = host.control().ask(ControlClient.request("stats")).get("ports");
        long counted = ports.get(1).get("txPackets").asLong();
        verdicts.judge(
                "counters",
                counted >= got,
                "the guest got %,d, its port counts %,d".formatted(got, counted));
    }

    private static long sum(JsonNode statistics, String field) {
        return statistics.path(field).asLong();
    }
}
