package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.agent.process.ProcessAgent;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.IvshmemDevices;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.ivshmem.region.RunDirectory;

/// Makes the AOT cache of a guest's runtime: a VNF program runs on the host, against an agent and
/// regions as a switch has them, and the JVM keeps what it loaded and linked meanwhile, and what it
/// compiled: that is compiled early in a guest. So links come and go as often here as it takes the
/// compiler to notice, as devices that show up in a directory like that of sysfs. A guest would
/// interpret this code for hours.
final class AotTraining {
    private static final String PORT = "training";
    private static final int CELLS = 1024;
    private static final int LINKS = 600; // C1 compiles what was called 200 times
    private static final long MOST_NANOS = 4_000_000_000L;
    private static final String DEVICE = "0000:00:05.0";
    private static final byte[] CONFIG = {(byte) 0xf4, 0x1a, 0x10, 0x11, 0, 0, 0, 0};

    /// The cache of JDK 25 may hold machine code for the host's processor, which ends a guest with
    /// a lesser one by SIGILL; these options keep such code out.
    private static final List<String> PORTABLE =
            List.of(
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-AOTAdapterCaching",
                    "-XX:-AOTStubCaching");

    private AotTraining() {}

    /// @param root of the guest's files
    /// @param options the JVM's, the same as in the guest
    /// @param classpath with the paths of the guest
    static void run(Path root, List<String> options, String classpath, Path cache)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("skyway-aot");
        RegionStore store = RegionStore.of(directory);
        try (Host host = new Host(store);
                ProcessAgent agent =
                        ProcessAgent.start(
                                directory.resolve(RunDirectory.PMD_SOCKET),
                                host,
                                Duration.ofSeconds(20))) {
            Path log = directory.resolve("log");
            Process vnf =
                    new ProcessBuilder(command(root, options, classpath, cache, directory))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            try {
                exercise(agent, host, directory);
                if (!vnf.waitFor(60, TimeUnit.SECONDS) || vnf.exitValue() != 0) {
                    throw new IOException("it did not end well");
                }
            } catch (IOException e) {
                throw new IOException(
                        "the training run for the guest's AOT cache failed: %s; it printed: %s"
                                .formatted(e.getMessage(), Files.readString(log)),
                        e);
            } finally {
                vnf.destroyForcibly();
            }
        } finally {
            store.removeLeftovers(true);
            Trees.delete(directory);
        }
    }

    private static List<String> command(
            Path root, List<String> options, String classpath, Path cache, Path directory) {
        List<String> command = new ArrayList<>();
        command.add(root.resolve("jre/bin/java").toString());
        command.addAll(options);
        command.addAll(PORTABLE);
        command.add("-XX:AOTCacheOutput=" + cache);
        command.add("-D%s=%s".formatted(IvshmemDevices.DIRECTORY_PROPERTY, devices(directory)));
        command.add("-cp");
        command.add(classpath.replace("/app/", root + "/app/"));
        command.addAll(
                List.of(
                        "org.skyway.vnf.VnfMain",
                        "exchange",
                        "--port",
                        PORT,
                        "--rundir",
                        directory.toString(),
                        "--wait",
                        "--json-stats",
                        "--linger",
                        "0",
                        "--duration",
                        "6"));
        return command;
    }

    private static Path devices(Path directory) {
        return directory.resolve("devices");
    }

    private static void exercise(ProcessAgent agent, Host host, Path directory)
            throws IOException, InterruptedException {
        Path device = Files.createDirectories(devices(directory)).resolve(DEVICE);
        Path unplugged = Files.createDirectory(directory.resolve("unplugged"));
        Files.write(unplugged.resolve("config"), CONFIG);
        RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, 1, CELLS);
        try (Region link = Region.create(unplugged.resolve("resource2"), header.sizeBytes())) {
            header.create(link.address());
            host.connected.get(30, TimeUnit.SECONDS);
            RegionRef ref = new RegionRef(1, header.sizeBytes(), null);
            long end = System.nanoTime() + MOST_NANOS;
            for (int i = 0; i < LINKS && System.nanoTime() - end < 0; i++) {
                var attached = agent.attach(PORT, 0, ref, true, "training").toCompletableFuture();
                Files.move(unplugged, device);
                attached.get();
                agent.detach(PORT, 0).toCompletableFuture().get();
                Files.move(device, unplugged);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("its driver did not do what it was asked to: " + e, e);
        }
    }

    /// A switch that never forwards anything.
    private static final class Host implements PortHost, AutoCloseable {
        private final Region region;
        private final RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 1, CELLS);
        private final CompletableFuture<Void> connected = new CompletableFuture<>();

        Host(RegionStore store) throws IOException {
            region = store.create("port", header.sizeBytes());
        }

        @Override
        public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
            header.create(region.address());
            return CompletableFuture.completedFuture(
                    new RegionRef(header.id(), header.sizeBytes(), region.path().toString()));
        }

        @Override
        public CompletionStage<Returned> vnfReturned(
                String port, long pid, String program, long regionId) {
            return CompletableFuture.failedFuture(
                    new AgentException("nobody comes back to a training"));
        }

        @Override
        public void vnfReady(String port) {
            connected.complete(null);
        }

        @Override
        public void vnfDisconnected(String port, String reason) {
            // That is how it ends.
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
