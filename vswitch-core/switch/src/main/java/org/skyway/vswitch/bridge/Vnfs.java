package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;

/// VNFs that come and go. The agent calls from its threads; everything happens on the ofproto
/// thread.
final class Vnfs implements PortHost {
    private static final long TAKE_OVER_NANOS = 100_000_000L;

    /// How long the last packets of a VNF may wait for a neighbour that does not read.
    private static final long DRAIN_NANOS = Links.DRAIN_NANOS;

    private final Bridge bridge;
    private final RegionStore store;
    private final int cells;
    private final Executor owner;
    private final Events events;
    private final List<Departed> departed = new ArrayList<>();
    private final LastingRegions lasting;
    private long regions = System.currentTimeMillis() << 16; // no switch before has used them

    /// A VNF that is gone and whose last packets may still be in its ring.
    private record Departed(Attachment vnf, long sinceNanos) {}

    Vnfs(Bridge bridge, RegionStore store, int cells, Executor owner, Events events) {
        this.bridge = bridge;
        this.store = store;
        this.cells = cells;
        this.owner = owner;
        this.events = events;
        lasting = new LastingRegions(store, cells, () -> ++regions);
    }

    /// Makes the region of a port that may be a virtual machine's.
    RegionRef prepare(String port) {
        return lasting.open(port).ref();
    }

    String lastingRegion(String port) {
        LastingRegions.Lasting kept = lasting.of(port);
        return kept == null ? null : kept.region().path().toString();
    }

    @Override
    public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
        CompletableFuture<RegionRef> result = new CompletableFuture<>();
        owner.execute(() -> {
            try {
                result.complete(connect(port, pid, program));
            } catch (AgentException | RuntimeException | InternalError e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Override
    public void vnfReady(String port) {
        owner.execute(() -> {
            BridgePort p = bridge.ports().byName(port);
            if (p != null && p.attachment() != null) {
                bridge.linkUp(p, true);
            }
        });
    }

    @Override
    public void linkStep(String port, String link, String step) {
        owner.execute(() -> events.linkStep(port, link, step));
    }

    @Override
    public void vnfReported(String port, String reason) {
        owner.execute(() -> {
            BridgePort p = bridge.ports().byName(port);
            if (p != null && p.attachment() != null) {
                events.fault(port, reason);
                bridge.withMemory(() -> bridge.links().broken(p.attachment(), reason));
            }
        });
    }

    @Override
    public void vnfPaused(String port, boolean paused) {
        owner.execute(() -> {
            BridgePort p = bridge.ports().byName(port);
            if (p != null && p.attachment() != null && p.attachment().isPaused() != paused) {
                p.attachment().paused(paused);
                String what = paused ? "is paused" : "runs again";
                events.vnf(paused ? "vnf-paused" : "vnf-resumed", port, p.attachment().program());
                String why = "the VNF of port " + port + " " + what;
                bridge.withMemory(() -> bridge.links().paused(p.attachment(), why));
            }
        });
    }

    @Override
    public void vnfDisconnected(String port, String reason) {
        owner.execute(() -> {
            BridgePort p = bridge.ports().byName(port);
            if (p != null && p.attachment() != null) {
                disconnect(p, reason);
            }
        });
    }

    private RegionRef connect(String name, long pid, String program) throws AgentException {
        BridgePort port = bridge.ports().byName(name);
        if (port == null) {
            throw new AgentException(
                    "there is no port %s on bridge %s; add it with `skyway ctl port add dpdkr:%s`"
                            .formatted(name, bridge.name(), name));
        }
        if (port.config().type() != PortConfig.Type.DPDKR) {
            throw new AgentException(
                    "port %s is a %s port; a VNF needs a dpdkr port"
                            .formatted(name, port.config().type()));
        }
        if (port.attachment() != null) {
            throw new AgentException(
                    "port %s is driven by %s already; stop that first"
                            .formatted(name, port.attachment().program()));
        }
        DpdkrPort datapathPort = (DpdkrPort) port.datapathPort();
        forget(datapathPort);
        LastingRegions.Lasting kept = pid == 0 ? lasting.of(name) : null;
        if (pid == 0 && kept == null) {
            throw new AgentException(
                    "port %s is not for virtual machines; start the switch with --vms"
                            .formatted(name));
        }
        if (kept != null) {
            drain(kept, name, datapathPort);
        }
        RegionHeader header =
                kept != null
                        ? kept.header()
                        : RegionHeader.of(RegionHeader.PORT_MAGIC, ++regions, cells);
        try {
            Region region =
                    kept != null
                            ? kept.region()
                            : store.create("port-" + name + "-" + regions, header.sizeBytes());
            long base = region.address();
            header.create(base);
            datapathPort.rings(rings(region, header, name));
            port.attachment(new Attachment(name, datapathPort, region, pid, program));
            events.vnf("vnf-connected", name, pid == 0 ? program : program + ", process " + pid);
            return new RegionRef(header.id(), header.sizeBytes(), region.path().toString());
        } catch (IOException e) {
            throw new AgentException(
                    "can't make a region for port " + name + ": " + e.getMessage(), e);
        }
    }

    void disconnect(BridgePort port, String reason) {
        Attachment vnf = port.attachment();
        vnf.port().checkMemory(); // its last counters are about to be read
        vnf.markGone();
        vnf.port().stopSending();
        port.attachment(null);
        departed.add(new Departed(vnf, System.nanoTime()));
        events.vnf("vnf-gone", vnf.portName(), vnf.program() + ": " + reason);
        String why = "the VNF of port " + vnf.portName() + " is gone";
        bridge.withMemory(() -> bridge.links().gone(vnf, why));
        bridge.linkUp(port, false);
    }

    /// Lets go of regions that nobody needs any more.
    ///
    /// @return whether there are others left
    boolean tick() {
        long now = System.nanoTime();
        for (Iterator<Departed> i = departed.iterator(); i.hasNext(); ) {
            Departed d = i.next();
            Attachment vnf = d.vnf();
            long fromVnf = vnf.region().address() + RegionHeader.FIRST_RING_OFFSET;
            boolean drained =
                    RingLayout.isDrained(fromVnf)
                            || vnf.port().fault() != null
                            || now - d.sinceNanos() > DRAIN_NANOS;
            if (drained && !bridge.links().concerns(vnf)) {
                i.remove();
                release(vnf);
            }
        }
        return !departed.isEmpty();
    }

    // What a driver sent while no switch was there, or before it was told of this one, lies in its
    // ring; it does not touch the ring any more.
    private void drain(LastingRegions.Lasting kept, String name, DpdkrPort port) {
        RegionHeader header = kept.header();
        long base = kept.region().address();
        long from = base + header.firstRing();
        if (RingLayout.isDrained(from)) {
            return;
        }
        try {
            port.rings(rings(kept.region(), header, name));
            long end = System.nanoTime() + TAKE_OVER_NANOS;
            while (!RingLayout.isDrained(from) && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            events.vnf("vnf-resumed", name, "took over what was in its ring");
        } catch (IOException e) {
            events.fault(name, "what its driver had sent can't be used: " + e.getMessage());
        }
        forget(port);
    }

    private static DpdkrPort.Rings rings(Region region, RegionHeader header, String name)
            throws RingFormatException {
        long base = region.address();
        long first = header.firstRing();
        long second = header.secondRing();
        return new DpdkrPort.Rings(
                RingConsumer.attach(base + first, header.sizeBytes() - first, name + " from VNF"),
                RingProducer.attach(base + second, header.sizeBytes() - second, name + " to VNF"),
                region);
    }

    // A new VNF is coming: what the last one left in its ring has had its chance.
    private void forget(DpdkrPort port) {
        DpdkrPort.Rings old = port.rings();
        if (old != null) {
            port.rings(null);
            bridge.datapath().settle();
        }
    }

    private void release(Attachment vnf) {
        BridgePort port = bridge.ports().byName(vnf.portName());
        boolean replaced =
                port == null || port.datapathPort() != vnf.port() || port.attachment() != null;
        if (!replaced) {
            vnf.port().rings(null);
        }
        bridge.datapath().settle();
        if (!lasting.has(vnf.region())) {
            remove(vnf);
        }
    }

    private void remove(Attachment vnf) {
        try {
            vnf.region().unlink();
        } catch (IOException e) {
            events.fault(vnf.portName(), "can't remove " + vnf.region() + ": " + e.getMessage());
        }
        vnf.region().close();
    }

    /// A port is being removed, and its VNF has been disconnected.
    void removed(String port, boolean hadVnf) {
        Region region = lasting.forget(port);
        if (region != null
                && !hadVnf
                && departed.stream().noneMatch(d -> d.vnf().region() == region)) {
            try {
                region.unlink();
            } catch (IOException e) {
                events.fault(port, "can't remove " + region + ": " + e.getMessage());
            }
            region.close();
        }
    }

    /// Lets go of everything; the poll threads have stopped.
    void close() {
        for (Departed d : departed) {
            d.vnf().region().close();
        }
        for (BridgePort port : bridge.ports().all()) {
            if (port.attachment() != null) {
                port.attachment().region().close();
            }
        }
        lasting.close();
    }
}
