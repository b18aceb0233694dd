package org.skyway.vswitch.bridge;

import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.vswitch.port.Attachment;

/// VNFs that were taken over from the switch before and whose drivers have not connected to this
/// one yet. Ofproto thread.
///
/// A process that lives is waited for, for as long as it takes: it may be stopped, and its traffic
/// needs no connection. One that has ended is gone.
final class Returning {
    private static final long LOOK_NANOS = 500_000_000;

    /// After which another process may have the port: the one that had it may have ended, and its
    /// number be another's by now.
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Bridge bridge;
    private final Vnfs vnfs;
    private final long sinceNanos = System.nanoTime();
    private long lookedNanos = sinceNanos;
    private boolean over;

    Returning(Bridge bridge, Vnfs vnfs) {
        this.bridge = bridge;
        this.vnfs = vnfs;
    }

    /// Whether a driver that says hello is one of them. If it is not and the port should be its own
    /// all the same, the port is free afterwards.
    ///
    /// @param name of the port
    /// @param pid of the driver
    /// @param regionId of the region that it has; 0 for none
    /// @return its region; null if it has to begin anew
    RegionRef comesBack(String name, long pid, long regionId) {
        BridgePort port = bridge.ports().byName(name);
        Attachment vnf = port == null ? null : port.attachment();
        if (vnf == null || !vnf.isAwaited()) {
            return null;
        }
        if (vnf.regionId() == regionId && vnf.pid() == pid) {
            bridge.events().vnf("vnf-returned", name, vnf.program());
            return new RegionRef(
                    regionId, vnf.region().sizeBytes(), vnf.region().path().toString());
        }
        if (vnf.pid() == pid || hasEnded(vnf) || System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
            vnfs.disconnect(port, "a driver has begun anew");
        }
        return null;
    }

    /// Takes note of those that have ended.
    void tick() {
        long now = System.nanoTime();
        if (over || now - lookedNanos < LOOK_NANOS) {
            return;
        }
        lookedNanos = now;
        over = true;
        for (BridgePort port : bridge.ports().all()) {
            Attachment vnf = port.attachment();
            if (vnf != null && vnf.isAwaited()) {
                over = false;
                if (hasEnded(vnf)) {
                    vnfs.disconnect(port, "its process has ended");
                }
            }
        }
    }

    static boolean hasEnded(Attachment vnf) {
        return ProcessHandle.of(vnf.pid()).isEmpty();
    }
}
