package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.link.LinkRecords;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// Bridges go on where a switch that is no more has stopped: together, because links may lead from
/// one to another. Ofproto thread.
public final class Continuation {
    private final BridgeFabric fabric;
    private final Map<Bridge, Adoption> adoptions = new LinkedHashMap<>();
    private final List<Bridge> others = new ArrayList<>(); // that have nothing to go on with

    /// Of no bridges yet.
    ///
    /// @param fabric which they belong to
    public Continuation(BridgeFabric fabric) {
        this.fabric = fabric;
    }

    /// Adds a bridge that has its ports and entries.
    ///
    /// @param bridge the bridge
    /// @param saved what the switch before knew of it; null for nothing
    /// @return this
    public Continuation add(Bridge bridge, SavedState saved) {
        if (saved == null) {
            others.add(bridge);
        } else {
            adoptions.put(bridge, new Adoption(bridge, saved));
        }
        return this;
    }

    /// Goes on. From here on nothing of the switch before is as it was. A bridge that can't
    /// remember what it has to goes on with what it has, and without its VNFs.
    ///
    /// @throws IOException if there is such a bridge
    public void run() throws IOException {
        adoptions.forEach((bridge, adoption) -> {
            bridge.settle();
            adoption.find();
        });
        note();
        IOException failed = null;
        for (Bridge bridge : all()) {
            try {
                bridge.remembersAll();
            } catch (IOException e) {
                adoptions.remove(bridge);
                others.remove(bridge);
                failed = e;
            }
        }
        try {
            adopt();
        } finally {
            fabric.patches().release();
        }
        adoptions.forEach((bridge, adoption) -> bridge.open(adoption.stock()));
        others.forEach(bridge -> bridge.open(Set.of()));
        if (failed != null) {
            throw failed;
        }
    }

    private List<Bridge> all() {
        List<Bridge> all = new ArrayList<>(adoptions.keySet());
        all.addAll(others);
        return all;
    }

    // For a switch that comes after this one: the VNFs that were found, and who counts on their
    // links.
    private void note() {
        Map<Long, FlowEntry> entries = new HashMap<>();
        Map<Long, FlowCounters> groups = new HashMap<>();
        Map<Long, DatapathPort> ports = new HashMap<>();
        Map<Integer, DpdkrPort> ends = new HashMap<>();
        Set<Long> tags = fabric.records().tags();
        for (Adoption adoption : adoptions.values()) {
            adoption.note(tags, entries, groups, ports);
        }
        ports.forEach((tag, port) -> {
            if (port instanceof DpdkrPort d) {
                ends.put(tag.intValue(), d);
            }
        });
        fabric.records()
                .resolve(
                        new LinkRecords.Counting() {
                            @Override
                            public FlowEntry entry(long tag) {
                                return entries.get(tag);
                            }

                            @Override
                            public FlowCounters group(long tag) {
                                return groups.get(tag);
                            }

                            @Override
                            public PatchPort patch(long tag) {
                                return ports.get(tag) instanceof PatchPort p ? p : null;
                            }

                            @Override
                            public DpdkrPort end(int tag) {
                                return ends.get(tag);
                            }
                        });
    }

    private void adopt() {
        List<Attachment> vnfs = new ArrayList<>();
        adoptions.values().forEach(a -> vnfs.addAll(a.vnfs()));
        adoptions.values().forEach(Adoption::sendOnly);
        Links.Adopted links = fabric.links().adopt(vnfs, fabric.patchPorts());
        adoptions.values().forEach(Adoption::tell);
        // A link is judged by the verdicts of all bridges on its way.
        adoptions.keySet().forEach(Bridge::decide);
        adoptions.keySet().forEach(b -> b.portSettings().bondsChanged()); // or their members
        adoptions.values().forEach(a -> a.receive(links.lost()));
        Set<Bridge> unsettled = new HashSet<>(adoptions.keySet());
        for (Bridge bridge : List.copyOf(unsettled)) {
            bridge.forwarding()
                    .whenSettled(
                            null,
                            () -> {
                                unsettled.remove(bridge);
                                if (unsettled.isEmpty()) {
                                    fabric.links().endAdoption();
                                }
                            });
        }
        removeOthers(vnfs, links.regions());
    }

    private void removeOthers(List<Attachment> vnfs, List<Path> links) {
        Set<Path> used = new HashSet<>(links);
        vnfs.forEach(v -> used.add(v.region().path()));
        for (Bridge bridge : adoptions.keySet()) {
            remove(bridge, bridge.store(), used);
        }
    }

    private static void remove(Bridge bridge, RegionStore store, Set<Path> used) {
        try {
            store.removeLeftovers(false, used);
        } catch (IOException e) {
            bridge.forwarding().faults().record("regions", e);
        }
    }
}
