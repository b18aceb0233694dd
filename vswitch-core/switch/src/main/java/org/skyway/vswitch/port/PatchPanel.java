package org.skyway.vswitch.port;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.ivshmem.region.Region;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.counters.RingCursor;
import org.skyway.vswitch.fault.Faults;

/// The patch ports of this process by name: two that name each other are connected. If the next
/// switch is to go on from here, the packets between them lie in files that outlive this one, and
/// so do the marks of switch-overs. Any thread.
public final class PatchPanel {
    private final RegionStore store; // null: memory that goes with the process
    private final Faults faults;
    private final Map<String, Socket> sockets = new HashMap<>();
    private final Map<String, Region> regions = new HashMap<>(); // by their names
    private final RegionIds ids = new RegionIds();
    private List<RingCursor> cursors = List.of();
    private boolean resumes;
    private boolean holds;
    private long changes;

    private record Socket(PatchPort port, String peer) {}

    /// No ports; what is between them goes with the process.
    public PatchPanel() {
        this(null, null);
    }

    /// No ports.
    ///
    /// @param store where memory between them is made
    /// @param faults where is noted what can't be
    public PatchPanel(RegionStore store, Faults faults) {
        this.store = store;
        this.faults = faults;
    }

    /// Ports that are added from now on, until [#complete], go on with what the switch before has
    /// left between them, and receive nothing before [#release].
    ///
    /// @param shown what bursts of that switch were about to show
    public synchronized void resume(List<RingCursor> shown) {
        cursors = List.copyOf(shown);
        resumes = store != null;
        holds = resumes;
    }

    /// What is received can be forwarded as the switch before did it.
    public synchronized void release() {
        holds = false;
        sockets.values().forEach(s -> s.port.hold(false));
    }

    /// All ports that were there before are there: what is left of others is removed.
    ///
    /// @throws IOException if it can't be
    public synchronized void complete() throws IOException {
        resumes = false;
        if (store != null) {
            Set<Path> used = new HashSet<>();
            regions.values().forEach(r -> used.add(r.path()));
            store.removeLeftovers(false, used);
        }
    }

    /// A port is there.
    ///
    /// @param name its name
    /// @param port without a peer
    /// @param peer the name of the port that it is to be connected with
    public synchronized void add(String name, PatchPort port, String peer) {
        port.hold(holds);
        sockets.put(name, new Socket(port, peer));
        Socket other = sockets.get(peer);
        if (other != null && other.peer.equals(name) && !peer.equals(name)) {
            boolean first = name.compareTo(peer) < 0;
            connect(between(name, peer), first ? port : other.port, first ? other.port : port);
            changes++;
        }
    }

    // Names of interfaces may have characters that those of regions may not.
    private static String between(String one, String other) {
        boolean first = one.compareTo(other) < 0;
        return hex(first ? one : other) + "-" + hex(first ? other : one);
    }

    private static String hex(String name) {
        return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }

    private void connect(String name, PatchPort a, PatchPort b) {
        long id = store == null ? 0 : ids.next();
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, id, PatchPort.CELLS);
        try {
            Region region = resumes ? reopen(name, header) : null;
            if (region != null) {
                // Nobody but the switch can have written it.
                RegionHeader before =
                        RegionHeader.read(
                                region.address(),
                                region.sizeBytes(),
                                RegionHeader.PORT_MAGIC,
                                region.toString());
                PatchPort.show(cursors, region, before);
                PatchPort.connect(a, b, region, before);
                regions.put(name, region);
                return;
            }
        } catch (RingFormatException e) {
            faults.record("patch ports", "left behind", e.getMessage());
        }
        Region region = create(name, header);
        header.create(region.address());
        try {
            PatchPort.connect(a, b, region, header);
        } catch (RingFormatException e) {
            throw new IllegalStateException("a ring is as it was just made", e);
        }
    }

    // Null if there is none, as after the first time that these two are connected.
    private Region reopen(String name, RegionHeader header) {
        try {
            return store.reopen(name, header.sizeBytes());
        } catch (IOException e) {
            return null;
        }
    }

    private Region create(String name, RegionHeader header) {
        if (store != null) {
            try {
                Region old = reopen(name, header);
                if (old != null) {
                    old.unlink();
                    old.close();
                }
                Region region = store.create(name, header.sizeBytes());
                regions.put(name, region);
                return region;
            } catch (IOException e) {
                faults.record("patch ports", "no lasting memory", e.getMessage());
            }
        }
        return Region.scratch("patch ports " + name, header.sizeBytes());
    }

    /// A port is no more; its peer waits for another of the name.
    ///
    /// @param name its name
    /// @param port which one had that name
    /// @return both ends of a cable that was pulled out; none if there was none
    public synchronized List<PatchPort.End> remove(String name, PatchPort port) {
        Socket socket = sockets.get(name);
        if (socket == null || socket.port != port) {
            return List.of();
        }
        sockets.remove(name);
        Socket other = sockets.get(socket.peer);
        List<PatchPort.End> ends = new ArrayList<>();
        if (port.isConnected() && other != null) {
            ends.add(other.port.disconnect(false));
            ends.add(port.disconnect(true));
            changes++;
        }
        unlink(between(name, socket.peer));
        return ends;
    }

    private void unlink(String name) {
        Region region = regions.remove(name);
        if (region != null) {
            try {
                region.unlink();
            } catch (IOException e) {
                faults.record("patch ports", "left behind", e.getMessage());
            }
        }
    }

    /// The switch ends, and none goes on from here.
    public synchronized void close() {
        List.copyOf(regions.keySet()).forEach(this::unlink);
    }

    /// How often ports were connected or parted.
    ///
    /// @return a count
    public synchronized long changes() {
        return changes;
    }
}
