package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.RingCursors;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// Goes on with the VNFs of a bridge of a switch that is no more: processes that still have their
/// port regions and, two by two, link regions, and have not noticed anything yet. Ofproto thread.
///
/// Nothing is received from any of them before all can be sent to and the tables are in force
/// ([Continuation] says when).
final class Adoption {
    private final Bridge bridge;
    private final RegionStore store;
    private final SavedState saved;
    private final Map<BridgePort, Attachment> vnfs = new LinkedHashMap<>();
    private final Map<Attachment, DpdkrPort.Rings> rings = new HashMap<>();

    Adoption(Bridge bridge, SavedState saved) {
        this.bridge = bridge;
        store = bridge.store();
        this.saved = saved;
    }

    /// The ports of stock VNFs that are there still. They will find this switch.
    Set<DatapathPort> stock() {
        Set<DatapathPort> all = new HashSet<>();
        if (!saved.isOfThisBoot()) {
            return all;
        }
        for (Saved.Port p : saved.all(Saved.Port.class)) {
            BridgePort port = bridge.ports().byName(p.name());
            boolean there =
                    port != null
                            && p.vnf() != null
                            && port.datapathPort() instanceof StockPort
                            && (p.vnf().pid() == 0 || ProcessHandle.of(p.vnf().pid()).isPresent());
            if (there) {
                all.add(port.datapathPort());
            }
        }
        return all;
    }

    /// Finds the VNFs' regions.
    void find() {
        if (!saved.isOfThisBoot()) {
            return;
        }
        for (Saved.Port p : saved.all(Saved.Port.class)) {
            BridgePort port = bridge.ports().byName(p.name());
            boolean same =
                    port != null
                            && p.vnf() != null
                            && port.attachment() == null
                            && port.config().number() == p.number()
                            && port.datapathPort() instanceof DpdkrPort;
            if (same) {
                try {
                    find(port, p.vnf());
                } catch (IOException e) {
                    bridge.events().fault(p.name(), "its VNF has to begin anew: " + e.getMessage());
                }
            }
        }
    }

    private void find(BridgePort port, Saved.Vnf vnf) throws IOException {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, vnf.regionId(), vnf.cells());
        String name = port.config().name();
        boolean machine = vnf.pid() == 0;
        Region region =
                machine
                        ? machines(name, header)
                        : store.reopen(Vnfs.regionName(name, vnf.regionId()), header.sizeBytes());
        DpdkrPort.Rings all;
        try {
            RingCursors.show(saved.counters().cursors(), region.address(), header);
            all = Vnfs.rings(region, header, name);
        } catch (RingFormatException e) {
            if (!machine) {
                region.close();
            }
            throw new IOException(e.getMessage(), e);
        }
        Attachment attachment =
                new Attachment(
                        name,
                        (DpdkrPort) port.datapathPort(),
                        region,
                        header,
                        vnf.pid(),
                        vnf.program());
        attachment.adopt();
        port.attachment(attachment);
        vnfs.put(port, attachment);
        rings.put(attachment, all);
    }

    // It was opened when the port was added.
    private Region machines(String port, RegionHeader header) throws IOException {
        LastingRegions.Lasting lasting = bridge.vnfs().lasting(port);
        if (lasting == null || !lasting.header().equals(header)) {
            throw new IOException("its machine has another region than it had");
        }
        return lasting.region();
    }

    /// Notes the VNFs that were found, for a switch that comes after this one, and says who has the
    /// counters that the switch before had.
    ///
    /// @param tags of entries and groups that are asked for
    /// @param entries takes entries by the tags that their counters had
    /// @param groups takes groups and buckets likewise
    /// @param ports takes all ports likewise
    void note(
            Set<Long> tags,
            Map<Long, FlowEntry> entries,
            Map<Long, FlowCounters> groups,
            Map<Long, DatapathPort> ports) {
        vnfs.keySet().forEach(bridge.portChanges()::note);
        for (Saved.Port p : saved.all(Saved.Port.class)) {
            BridgePort port = bridge.ports().byName(p.name());
            if (port != null && port.config().number() == p.number()) {
                ports.put(p.counters().tag(), port.datapathPort());
            }
        }
        if (tags.isEmpty()) {
            return;
        }
        Tables tables = bridge.forwarding().tables();
        for (Saved.Flow flow : saved.all(Saved.Flow.class)) {
            if (tags.contains(flow.counters().tag())) {
                entries.put(flow.counters().tag(), tables.find(flow.rule()));
            }
        }
        for (Saved.Group group : saved.all(Saved.Group.class)) {
            GroupState now = tables.group(group.entry().id());
            int known = now == null ? 0 : 1 + now.group().buckets().size();
            for (int i = 0; i < Math.min(known, group.counters().size()); i++) {
                FlowCounters counters = i == 0 ? now.counters() : now.counters(i - 1);
                groups.put(group.counters().get(i).tag(), counters);
            }
        }
    }

    /// The VNFs that were found.
    Collection<Attachment> vnfs() {
        return vnfs.values();
    }

    /// From now on they can be sent to.
    void sendOnly() {
        for (Attachment vnf : vnfs.values()) {
            DpdkrPort.Rings all = rings.get(vnf);
            vnf.port().rings(new DpdkrPort.Rings(null, all.toVnf(), all.region(), all.regionId()));
        }
    }

    /// Tells everybody of them.
    void tell() {
        for (BridgePort port : vnfs.keySet()) {
            bridge.events().vnf("vnf-kept", port.config().name(), port.attachment().program());
            bridge.ports().linkUp(port, true);
        }
        bridge.changed();
    }

    /// From now on they are received from, but for those that are not there any more or have to
    /// begin anew.
    ///
    /// @param lost a region that they had is gone
    void receive(List<Attachment> lost) {
        for (Attachment vnf : vnfs.values()) {
            vnf.port().rings(rings.get(vnf));
        }
        settleWhatEnded(lost);
    }

    private void settleWhatEnded(List<Attachment> lost) {
        vnfs.forEach((port, vnf) -> {
            if (lost.contains(vnf)) {
                bridge.vnfs().disconnect(port, "a region that it had is gone");
            } else if (Returning.hasEnded(vnf)) {
                bridge.vnfs().disconnect(port, "its process ended while there was no switch");
            }
        });
    }
}
