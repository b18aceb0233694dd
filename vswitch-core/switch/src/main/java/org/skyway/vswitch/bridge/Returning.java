package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.skyway.ivshmem.region.Leftovers;
import org.skyway.vswitch.port.Attachment;

/// VNFs that were taken over from the switch before and whose drivers have not connected to this
/// one yet. Ofproto thread.
///
/// A process or a machine that lives is waited for, for as long as it takes: it may be stopped, and
/// its traffic needs no connection. One that has ended is gone.
final class Returning {
    private static final long LOOK_NANOS = 500_000_000;

    /// After which another process may have the port: the one that had it may have ended, and its
    /// number be another's by now.
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    /// How often all processes are looked through for whoever has a machine's region mapped.
    private static final long MACHINES_NANOS = 5_000_000_000L;

    private final Bridge bridge;
    private final Vnfs vnfs;
    private final Executor owner;
    private final long sinceNanos = System.nanoTime();
    private long lookedNanos = sinceNanos;
    private long lookedForMachinesNanos = sinceNanos;

    /// @param owner the ofproto thread
    Returning(Bridge bridge, Vnfs vnfs, Executor owner) {
        this.bridge = bridge;
        this.vnfs = vnfs;
        this.owner = owner;
    }

    /// Whether a driver that says hello is one of them. If it is not and the port should be its own
    /// all the same, the port is free afterwards.
    ///
    /// @param name of the port
    /// @param pid of the driver
    /// @param regionId of the region that it has; 0 for none
    /// @return what it had and keeps; null if it has to begin anew
    Attachment comesBack(String name, long pid, long regionId) {
        BridgePort port = bridge.ports().byName(name);
        Attachment vnf = port == null ? null : port.attachment();
        if (vnf == null) {
            return null;
        }
        // One in a machine comes back, too, when it was only its agent that ended.
        boolean mayReturn = vnf.isAwaited() || vnf.isGuest();
        if (mayReturn && vnf.regionId() == regionId && vnf.pid() == pid) {
            bridge.events().vnf("vnf-returned", name, vnf.program());
            return vnf;
        }
        if (!vnf.isAwaited()) {
            return null;
        }
        if (vnf.pid() == pid || hasEnded(vnf) || System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
            vnfs.disconnect(port, "a driver has begun anew");
        }
        return null;
    }

    /// Takes note of those that have ended.
    void tick() {
        long now = System.nanoTime();
        if (now - lookedNanos < LOOK_NANOS) {
            return;
        }
        lookedNanos = now;
        List<Attachment> machines = new ArrayList<>();
        for (BridgePort port : bridge.ports().all()) {
            Attachment vnf = port.attachment();
            if (vnf == null || !vnf.isAwaited()) {
                continue;
            }
            if (vnf.isGuest()) {
                machines.add(vnf);
            } else if (hasEnded(vnf)) {
                vnfs.disconnect(port, "its process has ended");
            }
        }
        if (!machines.isEmpty() && now - lookedForMachinesNanos >= MACHINES_NANOS) {
            lookedForMachinesNanos = now;
            Thread.ofVirtual().name("machines").start(() -> look(machines));
        }
    }

    // Whether there is a machine is told by the processes of this host: libvirt may be away.
    private void look(List<Attachment> machines) {
        for (Attachment vnf : machines) {
            try {
                if (!Leftovers.ofThisHost().isUsedByOthers(vnf.region().path())) {
                    owner.execute(() -> ended(vnf));
                }
            } catch (IOException e) {
                return; // who may not look into them waits for the agent's word
            }
        }
    }

    private void ended(Attachment vnf) {
        BridgePort port = bridge.ports().byName(vnf.portName());
        if (port != null && port.attachment() == vnf && vnf.isAwaited()) {
            vnfs.disconnect(port, "its machine has stopped");
        }
    }

    /// Whether a VNF's process has ended. Of a machine that is not known.
    static boolean hasEnded(Attachment vnf) {
        return !vnf.isGuest() && ProcessHandle.of(vnf.pid()).isEmpty();
    }
}
