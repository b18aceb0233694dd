package org.skyway.agent.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.Region;

/// A switch with real port regions and no datapath.
public final class TestHost implements PortHost, AutoCloseable {
    public final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    public final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private final Path directory;
    private final Map<String, Region> regions = new ConcurrentHashMap<>();
    private long lastId;

    /// The process that connected last.
    public volatile long pid;

    /// Run when a driver has said hello, before it is welcomed.
    public volatile Runnable onHello = () -> {};

    /// Whoever comes waits for it.
    public volatile CompletableFuture<Void> begun = CompletableFuture.completedFuture(null);

    public TestHost(Path directory, String... ports) throws IOException {
        this.directory = directory;
        for (String port : ports) {
            regions.put(port, create(port, RegionHeader.PORT_MAGIC));
        }
    }

    public Region create(String name, int magic) throws IOException {
        RegionHeader header = RegionHeader.of(magic, ++lastId, 1024);
        Region region = Region.create(directory.resolve(name + ".region"), header.sizeBytes());
        header.create(region.address());
        return region;
    }

    public Region region(String port) {
        return regions.get(port);
    }

    public static RegionRef ref(Region region) {
        return new RegionRef(0, region.sizeBytes(), region.path().toString());
    }

    @Override
    public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
        Region region = regions.get(port);
        if (region == null) {
            return CompletableFuture.failedFuture(
                    new AgentException("there is no port " + port + "; add it first"));
        }
        this.pid = pid;
        events.add("connected " + port + " " + program);
        onHello.run();
        return begun.thenApply(_ -> ref(region));
    }

    @Override
    public CompletionStage<Returned> vnfReturned(
            String port, long pid, String program, long regionId) {
        events.add("returned " + port + " " + program);
        return CompletableFuture.completedFuture(new Returned(ref(regions.get(port)), Map.of()));
    }

    @Override
    public boolean isBeginning() {
        return !begun.isDone();
    }

    @Override
    public void vnfPaused(String port, boolean paused) {
        events.add((paused ? "paused " : "resumed ") + port);
    }

    @Override
    public void vnfDisconnected(String port, String reason) {
        events.add("disconnected " + port);
    }

    @Override
    public void vnfReported(String port, int slot, String reason) {
        events.add("reported " + port + " " + reason);
    }

    @Override
    public void trouble(String port, String what) {
        troubles.add(port + ": " + what);
    }

    @Override
    public void fault(String where, Throwable error) {
        error.printStackTrace();
        troubles.add(where + ": " + error);
    }

    public String event() throws InterruptedException {
        return events.poll(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        regions.values().forEach(Region::close);
    }
}
