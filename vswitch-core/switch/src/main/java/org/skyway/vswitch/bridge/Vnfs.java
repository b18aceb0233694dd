package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.openflow.model.PortState;
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
    private final RegionIds ids;
    private final int cells;
    private final Executor owner;
    private final Events events;
    private final List<Departed> departed = new ArrayList<>();
    // Ports whose VNF is being connected, and whether it is still there.
    private final Map<String, Boolean> arriving = new HashMap<>();
    private final List<TakeOver> takeOvers = new ArrayList<>();
    private final LastingRegions lasting;
    private List<Arrival> early; // null: whoever comes is let in
    private final Returning returning;

    /// A VNF that is gone and whose last packets may still be in its ring.
    private record Departed(Attachment vnf, long sinceNanos) {}

    Vnfs(
            Bridge bridge,
            RegionStore store,
            RegionIds ids,
            int cells,
            Executor owner,
            Events events) {
        this.bridge = bridge;
        this.store = store;
        this.ids = ids;
        this.cells = cells;
        this.owner = owner;
        this.events = events;
        lasting = new LastingRegions(store, cells, ids);
        returning = new Returning(bridge, this, owner);
    }

    /// Makes the region of a port that may be a virtual machine's.
    RegionRef prepare(String port) {
        return lasting.open(port).ref();
    }

    /// The region of a port that may be a virtual machine's.
    ///
    /// @return null if it has none
    LastingRegions.Lasting lasting(String port) {
        return lasting.of(port);
    }

    /// The file of such a region; null if there is none.
    String lastingRegion(String port) {
        LastingRegions.Lasting kept = lasting.of(port);
        return kept == null ? null : kept.region().path().toString();
    }

    @Override
    public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
        return vnfReturned(port, pid, program, 0).thenApply(Returned::region);
    }

    @Override
    public CompletionStage<Returned> vnfReturned(
            String port, long pid, String program, long regionId) {
        CompletableFuture<Returned> result = new CompletableFuture<>();
        Arrival arrival = new Arrival(port, pid, program, regionId, result);
        owner.execute(() -> {
            if (early == null) {
                arrive(arrival);
            } else {
                early.add(arrival);
            }
        });
        return result;
    }

    /// VNFs that connect wait from now on, until those of the switch before have been found.
    void hold() {
        early = new ArrayList<>();
    }

    /// VNFs that wait are let in.
    void open() {
        List<Arrival> all = early == null ? List.of() : early;
        early = null;
        all.forEach(this::arrive);
    }

    private void arrive(Arrival vnf) {
        try {
            Attachment kept = returning.comesBack(vnf.port(), vnf.pid(), vnf.regionId());
            if (kept != null) {
                Region region = kept.region();
                vnf.result().complete(new Returned(ref(kept.regionId(), region), kept.links()));
            } else if (vnf.isGuest() && vnf.regionId() != 0) {
                throw new AgentException(
                        "the driver of port %s has to begin anew: its region is about to be made anew"
                                .formatted(vnf.port()));
            } else {
                connect(vnf);
            }
        } catch (Throwable e) {
            vnf.result().completeExceptionally(e);
        }
    }

    @Override
    public void vnfReady(String port) {
        whileThere(
                port,
                (p, vnf) -> {
                    vnf.arrived();
                    bridge.portChanges().linkUp(p, true);
                    if ((p.state().config() & PortState.PORT_DOWN) != 0) {
                        bridge.portChanges().administer(p);
                    }
                });
    }

    // On the ofproto thread, if the port has a VNF by then.
    private void whileThere(String name, BiConsumer<BridgePort, Attachment> work) {
        owner.execute(() -> {
            BridgePort port = bridge.ports().byName(name);
            if (port != null && port.attachment() != null) {
                work.accept(port, port.attachment());
            }
        });
    }

    @Override
    public void linkStep(String port, String link, String step) {
        owner.execute(() -> events.linkStep(port, link, step));
    }

    @Override
    public void vnfReported(String port, int slot, String reason) {
        whileThere(
                port,
                (_, vnf) -> {
                    events.fault(port, reason);
                    bridge.fabric().withMemory(() -> bridge.links().broken(vnf, slot, reason));
                });
    }

    @Override
    public void vnfPaused(String port, boolean paused) {
        whileThere(
                port,
                (_, vnf) -> {
                    if (vnf.isPaused() != paused) {
                        vnf.paused(paused);
                        String what = paused ? "is paused" : "runs again";
                        events.vnf(paused ? "vnf-paused" : "vnf-resumed", port, vnf.program());
                        String why = "the VNF of port " + port + " " + what;
                        bridge.fabric().withMemory(() -> bridge.links().paused(vnf, why));
                    }
                });
    }

    @Override
    public void vnfDisconnected(String port, String reason) {
        owner.execute(() -> gone(port, reason));
    }

    // An agent does not wait for ever until one has its port; nobody would tell again that it is
    // gone.
    private void gone(String name, String reason) {
        if (early != null
                && early.removeIf(a -> a.port().equals(name) && a.result().cancel(false))) {
            return; // it has not been given anything; what the port keeps is another one's
        }
        BridgePort port = bridge.ports().byName(name);
        if (port != null && port.attachment() != null) {
            disconnect(port, reason);
        } else {
            arriving.replace(name, false);
        }
    }

    @Override
    public void trouble(String port, String what) {
        owner.execute(() -> events.vnf("vnf-trouble", port, what));
    }

    @Override
    public void fault(String where, Throwable error) {
        bridge.forwarding().faults().record(where, error);
    }

    /// A VNF that is being connected.
    private record Arrival(
            String port,
            long pid,
            String program,
            long regionId,
            CompletableFuture<Returned> result) {
        boolean isGuest() {
            return pid == 0;
        }
    }

    // In steps, each of which begins when no poll thread touches any more what the one before took
    // away: what the last VNF has left, then what this one had sent to a switch before this one.
    private void connect(Arrival vnf) throws AgentException {
        BridgePort port = free(vnf);
        if (arriving.containsKey(vnf.port())) {
            throw new AgentException(
                    "port %s is being given to another VNF right now".formatted(vnf.port()));
        }
        LastingRegions.Lasting kept = vnf.isGuest() ? lasting.of(vnf.port()) : null;
        if (vnf.isGuest() && kept == null) {
            throw new AgentException(
                    "port %s is not for virtual machines; start the switch with --vms"
                            .formatted(vnf.port()));
        }
        DpdkrPort datapathPort = (DpdkrPort) port.datapathPort();
        arriving.put(vnf.port(), true);
        vnf.result().whenComplete((region, error) -> arriving.remove(vnf.port()));
        step(
                vnf,
                () ->
                        forget(
                                datapathPort,
                                vnf,
                                () -> {
                                    if (kept == null || isDrained(kept)) {
                                        attach(vnf, kept);
                                    } else {
                                        datapathPort.rings(
                                                rings(kept.region(), kept.header(), vnf.port()));
                                        takeOvers.add(
                                                new TakeOver(
                                                        vnf,
                                                        kept,
                                                        datapathPort,
                                                        System.nanoTime() + TAKE_OVER_NANOS));
                                    }
                                }));
    }

    private BridgePort free(Arrival vnf) throws AgentException {
        String name = vnf.port();
        BridgePort port = bridge.ports().byName(name);
        if (port == null) {
            throw new AgentException(
                    "%s; add it with `skyway ctl port add dpdkr:%s`"
                            .formatted(bridge.ports().unknown(name), name));
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
        return port;
    }

    /// Part of a connection that can fail for the VNF, and for nobody else.
    private interface Step {
        void run() throws AgentException, IOException;
    }

    private void step(Arrival vnf, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            vnf.result()
                    .completeExceptionally(
                            new AgentException(
                                    "can't make a region for port %s: %s"
                                            .formatted(vnf.port(), e.getMessage()),
                                    e));
        } catch (Throwable e) {
            vnf.result().completeExceptionally(e);
        }
    }

    // A new VNF is coming: what the last one left in its ring has had its chance.
    private void forget(DpdkrPort port, Arrival vnf, Step then) {
        if (port.rings() == null) {
            step(vnf, then);
            return;
        }
        port.rings(null);
        bridge.afterGrace(() -> step(vnf, then));
    }

    private void attach(Arrival vnf, LastingRegions.Lasting kept)
            throws AgentException, IOException {
        BridgePort port = free(vnf); // it may have been removed meanwhile
        String name = vnf.port();
        if (!arriving.get(name)) {
            vnf.result().cancel(false);
            return;
        }
        DpdkrPort datapathPort = (DpdkrPort) port.datapathPort();
        RegionHeader header =
                kept != null
                        ? kept.header()
                        : RegionHeader.of(RegionHeader.PORT_MAGIC, ids.next(), cells);
        Region region =
                kept != null
                        ? kept.region()
                        : store.create(regionName(name, header.id()), header.sizeBytes());
        header.create(region.address());
        datapathPort.rings(rings(region, header, name));
        bridge.wake();
        port.attachment(
                new Attachment(name, datapathPort, region, header, vnf.pid(), vnf.program()));
        bridge.portChanges().note(port);
        events.vnf(
                "vnf-connected",
                name,
                vnf.isGuest() ? vnf.program() : vnf.program() + ", process " + vnf.pid());
        vnf.result().complete(new Returned(ref(header.id(), region), Map.of()));
    }

    private static RegionRef ref(long id, Region region) {
        return new RegionRef(id, region.sizeBytes(), region.path().toString());
    }

    void disconnect(BridgePort port, String reason) {
        Attachment vnf = port.attachment();
        vnf.port().checkMemory(); // its last counters are about to be read
        vnf.markGone();
        vnf.port().stopSending();
        port.attachment(null);
        bridge.portChanges().note(port);
        departed.add(new Departed(vnf, System.nanoTime()));
        events.vnf("vnf-gone", vnf.portName(), vnf.program() + ": " + reason);
        String why = "the VNF of port " + vnf.portName() + " is gone";
        bridge.fabric().withMemory(() -> bridge.links().gone(vnf, why));
        bridge.portChanges().linkUp(port, false);
    }

    /// The name of a port's region.
    static String regionName(String port, long id) {
        return "port-" + port + "-" + id;
    }

    /// Lets go of regions that nobody needs any more.
    ///
    /// @return whether there are others left
    boolean tick() {
        long now = System.nanoTime();
        returning.tick();
        for (Iterator<Departed> i = departed.iterator(); i.hasNext(); ) {
            Departed d = i.next();
            Attachment vnf = d.vnf();
            long fromVnf = vnf.region().address() + RegionHeader.FIRST_RING_OFFSET;
            boolean drained =
                    !isStillRead(vnf)
                            || RingLayout.isDrained(fromVnf)
                            || vnf.port().fault() != null
                            || now - d.sinceNanos() > DRAIN_NANOS;
            if (drained && !bridge.links().concerns(vnf)) {
                i.remove();
                release(vnf);
            }
        }
        List.copyOf(takeOvers).forEach(t -> takeOver(t, now));
        return !departed.isEmpty() || !takeOvers.isEmpty();
    }

    // Its ring may be full for ever, by the cursors in it; when the port has another VNF, nobody
    // reads it any more.
    private static boolean isStillRead(Attachment gone) {
        DpdkrPort.Rings rings = gone.port().rings();
        return rings != null && rings.region() == gone.region();
    }

    /// What a driver sent while no switch was there, or before it was told of this one, lies in its
    /// ring; it does not touch the ring any more.
    ///
    /// @param untilNanos when to give up
    private record TakeOver(
            Arrival vnf, LastingRegions.Lasting kept, DpdkrPort port, long untilNanos) {}

    private boolean isDrained(LastingRegions.Lasting kept) {
        return RingLayout.isDrained(kept.region().address() + kept.header().firstRing());
    }

    private void takeOver(TakeOver t, long now) {
        if (isDrained(t.kept())) {
            events.vnf("vnf-resumed", t.vnf().port(), "took over what was in its ring");
        } else if (t.port().fault() != null) {
            events.fault(
                    t.vnf().port(), "what its driver had sent can't be used: " + t.port().fault());
        } else if (now - t.untilNanos() < 0) {
            return;
        }
        takeOvers.remove(t);
        step(t.vnf(), () -> forget(t.port(), t.vnf(), () -> attach(t.vnf(), t.kept())));
    }

    // Its shape is what this switch laid out, whatever the region says by now.
    static DpdkrPort.Rings rings(Region region, RegionHeader header, String name)
            throws RingFormatException {
        long base = region.address();
        int cells = header.cells();
        int longest = header.maxFrame();
        return new DpdkrPort.Rings(
                RingConsumer.known(base + header.firstRing(), cells, longest, name + " from VNF"),
                RingProducer.known(base + header.secondRing(), cells, longest, name + " to VNF"),
                region,
                header.id());
    }

    private void release(Attachment vnf) {
        BridgePort port = bridge.ports().byName(vnf.portName());
        boolean replaced =
                port == null
                        || port.datapathPort() != vnf.port()
                        || port.attachment() != null
                        || arriving.containsKey(vnf.portName());
        if (!replaced) {
            vnf.port().rings(null);
        }
        bridge.afterGrace(() -> {
            if (!lasting.has(vnf.region())) {
                remove(vnf.region(), vnf.portName());
            }
        });
    }

    private void remove(Region region, String port) {
        try {
            region.unlink();
        } catch (IOException e) {
            events.fault(port, "can't remove " + region + ": " + e.getMessage());
        }
        region.close();
    }

    /// A port is being removed, and its VNF has been disconnected.
    void removed(String port, boolean hadVnf) {
        Region region = lasting.forget(port);
        if (region != null
                && !hadVnf
                && departed.stream().noneMatch(d -> d.vnf().region() == region)) {
            remove(region, port);
        }
    }

    /// Those that are there, and those that left something.
    List<Attachment> all() {
        List<Attachment> all = new ArrayList<>();
        departed.forEach(d -> all.add(d.vnf()));
        for (BridgePort port : bridge.ports().all()) {
            if (port.attachment() != null) {
                all.add(port.attachment());
            }
        }
        return all;
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
