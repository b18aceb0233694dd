package org.skyway.experiments.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.chain.VmHost;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;

/// Two VNFs in guests.
final class VmSetupBed implements SetupBed {
    private static final Duration BOOT = Duration.ofSeconds(120);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VmHost host;
    private final int warmUp;

    VmSetupBed(PrintStream out, boolean quick) {
        warmUp = quick ? 10 : 30; // guests compile for a quarter of a minute
        host = new VmHost(out, 2);
        try {
            host.boot("sink", "vnf2", "sink");
            host.boot("source", "vnf1", "source", "--rate", "1000");
            await("drivers in both guests", BOOT, () -> host.drivers() == 2);
        } catch (IOException e) {
            host.close();
            throw new ExperimentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            host.close();
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private void await(
            String what, Duration patience, java.util.concurrent.Callable<Boolean> condition) {
        try {
            host.await(what, patience, condition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    @Override
    public String what() {
        return "guests";
    }

    @Override
    public int warmUp() {
        return warmUp;
    }

    @Override
    public double cycleSeconds() {
        return 1.5;
    }

    @Override
    public Path runDirectory() {
        return host.runDirectory();
    }

    // The sender's own counter: to ask the switch for it all the time would cost a fifth of a core,
    // and
    // the guests need both.
    @Override
    public Path region() {
        return RegionStore.of(host.runDirectory()).lastingPath("port-vnf1");
    }

    @Override
    public void ofctl(String... words) {
        host.ofctl(words);
    }

    @Override
    public void awaitUnplugged() {
        host.control().ask(ControlClient.request("vm-hold").put("domain", "source"));
        await("unplugged devices", PATIENCE, () -> devices().isEmpty());
        host.control().ask(ControlClient.request("vm-release").put("domain", "source"));
        Waits.sleep(0.2);
    }

    private String devices() {
        StringBuilder devices = new StringBuilder();
        for (JsonNode row : host.control().ask(ControlClient.request("machines"))) {
            devices.append(row.get("devices").asText());
        }
        return devices.toString();
    }

    @Override
    public void close() {
        host.close();
    }
}
