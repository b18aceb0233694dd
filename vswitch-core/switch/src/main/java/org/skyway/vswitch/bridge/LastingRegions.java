package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.ConfigException;

/// Port regions for virtual machines. A machine is started with the region of its port as a device,
/// so the region is there before any driver is, stays while drivers come and go, and is found again
/// by a switch that is started anew. Ofproto thread.
final class LastingRegions {
    private final RegionStore store;
    private final int cells;
    private final RegionIds ids;
    private final Map<String, Lasting> byPort = new HashMap<>();

    /// @param header what it is, and what it is made anew from for each driver
    record Lasting(Region region, RegionHeader header) {
        RegionRef ref() {
            return new RegionRef(header.id(), header.sizeBytes(), region.path().toString());
        }
    }

    LastingRegions(RegionStore store, int cells, RegionIds ids) {
        this.store = store;
        this.cells = cells;
        this.ids = ids;
    }

    /// Makes or finds the region of a port.
    ///
    /// @throws ConfigException if there is no room for it
    Lasting open(String port) {
        RegionHeader fresh = RegionHeader.of(RegionHeader.PORT_MAGIC, ids.next(), cells);
        try {
            Region region = store.openLasting("port-" + port, fresh.sizeBytes());
            RegionHeader header = found(region, fresh);
            Lasting lasting = new Lasting(region, header);
            byPort.put(port, lasting);
            return lasting;
        } catch (IOException e) {
            throw new ConfigException(
                    "can't make a region for port %s: %s".formatted(port, e.getMessage()), e);
        }
    }

    // A driver may still be using what it finds there, so it is left as it is until one says hello.
    private static RegionHeader found(Region region, RegionHeader fresh) {
        long base = region.address();
        long id = Memory.getLong(base + 16);
        if (RegionHeader.matches(base, RegionHeader.PORT_MAGIC, id)) {
            return RegionHeader.of(RegionHeader.PORT_MAGIC, id, fresh.cells());
        }
        fresh.create(base);
        return fresh;
    }

    Lasting of(String port) {
        return byPort.get(port);
    }

    boolean has(Region region) {
        return byPort.values().stream().anyMatch(l -> l.region() == region);
    }

    /// The port is no more.
    ///
    /// @return its region, which the caller must remove when nobody uses it; null if it had none
    Region forget(String port) {
        Lasting lasting = byPort.remove(port);
        return lasting == null ? null : lasting.region();
    }

    /// Unmaps all; the files stay, for machines that go on running.
    void close() {
        byPort.values().forEach(l -> l.region().close());
        byPort.clear();
    }
}
