package org.skyway.experiments.demo;

import java.nio.file.Path;
import java.util.Map;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.process.Program;

/// Stock `testpmd`, which knows nothing of Skyway, as the VNF in the middle. What its next
/// neighbour does not take it drops, as testpmd does, so ends may see losses that no port counts.
final class TestpmdView implements Middle {
    private final Testpmd testpmd;
    private Map<String, Map<String, Long>> last = Map.of();

    TestpmdView(Path runDirectory) {
        DpdkDriver.require();
        int core = Runtime.getRuntime().availableProcessors() - 1; // it takes one for itself
        testpmd =
                Testpmd.start(
                        "testpmd",
                        runDirectory,
                        line -> {},
                        core,
                        "io",
                        "net_skyway0,port=vnf2",
                        "net_skyway1,port=vnf3");
        testpmd.tell("start");
    }

    @Override
    public Program program() {
        return testpmd.program();
    }

    @Override
    public double at(String port, String field) {
        String name = field.equals("rxPackets") ? "RX-packets" : "TX-packets";
        return last.getOrDefault(port, Map.of()).getOrDefault(name, 0L);
    }

    @Override
    public void end() {
        testpmd.tell("stop");
        last = Map.of("vnf2", testpmd.statistics(0), "vnf3", testpmd.statistics(1));
        testpmd.quit();
    }

    @Override
    public void close() {
        testpmd.close();
    }
}
