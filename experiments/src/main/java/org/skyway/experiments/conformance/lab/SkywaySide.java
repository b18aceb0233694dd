package org.skyway.experiments.conformance.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.experiments.process.Program;

/// Skyway, in a process of its own.
final class SkywaySide extends Side {
    private final Program vswitchd;

    private SkywaySide(Path directory, String bridge, Veths veths, Program vswitchd) {
        super("Skyway", directory, bridge, veths);
        this.vswitchd = vswitchd;
    }

    static SkywaySide start(
            Path directory,
            String bridge,
            Veths veths,
            Undertaker undertaker,
            Consumer<String> log) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("ip", "netns", "exec", veths.namespace()));
        arguments.addAll(
                List.of(
                        Program.launcher().toString(),
                        "vswitchd",
                        "--rundir",
                        directory.toString()));
        arguments.addAll(List.of("--bridge", bridge, "--datapath-id", Lab.DATAPATH_ID));
        int number = 1;
        for (String port : veths.switchEnds()) {
            arguments.addAll(List.of("--port", number++ + ":netdev:" + port));
        }
        Program p = Program.start("vswitchd", directory, log, arguments);
        undertaker.endProcess(p.pid(), directory.toString());
        p.await(line -> line.contains("is ready"), Duration.ofSeconds(120), "it is ready");
        return new SkywaySide(directory, bridge, veths, p);
    }

    @Override
    public void warmUp() {
        vswitchd.await(
                line -> line.contains("has warmed up"),
                Duration.ofSeconds(120),
                "it has warmed up");
    }

    @Override
    public void settle() {
        // A barrier reply is enough.
    }

    @Override
    public void close() {
        super.close();
        vswitchd.close();
    }
}
