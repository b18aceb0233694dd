package org.skyway.experiments.page;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.skyway.experiments.bed.Ofctl;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// A switch with a page, and a chain of three VNFs with little traffic, in processes of their own.
final class PageBed implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String PAGE = "skyway: the live page is ";
    private static final int RATE = 20_000;

    private final RunFolder folder = new RunFolder();
    private final List<Program> started = new ArrayList<>();
    private final CompletableFuture<String> url = new CompletableFuture<>();

    PageBed() throws Exception {
        try {
            program(
                    "vswitchd",
                    "vswitchd",
                    "--bridge",
                    "br0",
                    "--http",
                    "127.0.0.1:0",
                    "--port",
                    "1:dpdkr:vnf1",
                    "--port",
                    "2:dpdkr:vnf2",
                    "--port",
                    "3:dpdkr:vnf3",
                    "--port",
                    "4:dpdkr:vnf4");
            program("left", "vnf", "exchange", "--port", "vnf1", "--id", "1", "--rate", "" + RATE);
            program("middle", "vnf", "forward", "--ports", "vnf2,vnf3");
            program("right", "vnf", "exchange", "--port", "vnf4", "--id", "2", "--rate", "" + RATE);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private void program(String name, String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--rundir", folder.path().toString()));
        Program p = Program.skyway(name, folder.path(), this::line, words.toArray(new String[0]));
        started.add(p);
        p.await(l -> l.contains("is ready"), PATIENCE, "it is ready");
    }

    private void line(String line) {
        if (line.startsWith(PAGE)) {
            url.complete(line.substring(PAGE.length()));
        }
    }

    String url() throws Exception {
        return url.get(1, TimeUnit.SECONDS); // it was said before the switch was ready
    }

    Path runDirectory() {
        return folder.path();
    }

    void add(String flow) {
        Ofctl.run(folder.path(), "br0", "add-flow", flow);
    }

    void delete(String flow) {
        Ofctl.run(folder.path(), "br0", "--strict", "del-flows", flow);
    }

    /// Everything from a port goes to another.
    void connect(int from, int to) {
        add("priority=100,in_port=%d,actions=output:%d".formatted(from, to));
    }

    @Override
    public void close() {
        started.reversed().forEach(Program::close);
        folder.close();
    }
}
