package org.skyway.vswitch.dropin;

import org.skyway.ivshmem.sys.InterfaceChanges;

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

    /// Whether an interface that is wanted has come. One that was there already finds its port by
    /// itself.
    boolean hasChanged(Wanted wanted) {
        for (Wanted.WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            for (Wanted.WantedPort port : w.ports().values()) {
                if (slot == null || !port.type().isEmpty() || port.name().equals(w.name())) {
                    continue;
                }
                if (slot.ports().get(port.name()) == null
                        && Pass.isThere(port.name())
                        && isMissing(port)) {
                    return true;
                }
            }
        }
        return false;
    }

    // Others fail for reasons that an interface that comes does not change.
    private static boolean isMissing(Wanted.WantedPort port) {
        return port.row().text("error").contains("(No such device)");
    }

    @Override
    public void close() {
        changes.close();
    }
}
