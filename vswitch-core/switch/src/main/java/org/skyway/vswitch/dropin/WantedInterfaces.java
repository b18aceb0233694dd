package org.skyway.vswitch.dropin;

import java.io.IOException;
import org.skyway.ivshmem.sys.InterfaceChanges;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.port.NetdevPort;

/// Looks whether interfaces of the host that bridges want have come or gone. Configuration thread.
final class WantedInterfaces implements AutoCloseable {
    private static final long LOOK_ANYWAY_NANOS = 5_000_000_000L;

    private final Bridges bridges;
    private final InterfaceChanges changes = new InterfaceChanges();
    private long lookedNanos = System.nanoTime(); // at all of them

    WantedInterfaces(Bridges bridges) {
        this.bridges = bridges;
    }

    /// Whether it is time to look at all of them: the kernel does not tell of all that it says of
    /// them.
    ///
    /// @param nanos [System#nanoTime]
    boolean isDue(long nanos) {
        return changes.any() || nanos - lookedNanos >= LOOK_ANYWAY_NANOS;
    }

    /// All of them were looked at.
    ///
    /// @param nanos [System#nanoTime]
    void looked(long nanos) {
        lookedNanos = nanos;
    }

    /// Whether an interface that is wanted has come, or one that is in use has gone and come again.
    boolean hasChanged(Wanted wanted) {
        boolean changed = false;
        for (Wanted.WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            for (Wanted.WantedPort port : w.ports().values()) {
                if (slot == null || !port.type().isEmpty() || port.name().equals(w.name())) {
                    continue;
                }
                PortSlot there = slot.ports().get(port.name());
                if (there == null) {
                    changed |= Pass.isThere(port.name()) && isMissing(port);
                } else if (there.config().type() == PortConfig.Type.NETDEV
                        && isGone(slot, port.name())
                        && Pass.isThere(port.name())) {
                    there.lose();
                    changed = true;
                }
            }
        }
        return changed;
    }

    // Others fail for reasons that an interface that comes does not change.
    private static boolean isMissing(Wanted.WantedPort port) {
        return port.row().text("error").contains("(No such device)");
    }

    private boolean isGone(Slot slot, String name) {
        try {
            BridgePort port = slot.running().ask(() -> slot.running().bridge().port(name));
            return port != null
                    && port.datapathPort() instanceof NetdevPort n
                    && n.socket().linkState() == InterfaceState.GONE;
        } catch (IOException | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public void close() {
        changes.close();
    }
}
