package org.skyway.vswitch.port;

import java.util.HashSet;
import java.util.Set;
import org.skyway.ivshmem.sys.Descriptor;

/// Guests that were attached to the switch before. What they send while there is no switch waits in
/// their own queues, and nothing of it is lost if it is taken only when the tables are in force and
/// those whom it goes to can be sent to. They come back one after the other: QEMU looks once a
/// second for who listens. The thread of the sockets.
final class ReturningGuests implements PortSockets.User {
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    private final PortSockets sockets;
    private final Set<VhostUserPort> back = new HashSet<>(); // or gone for good
    private Set<VhostUserPort> served; // null before the tables are in force
    private long endNanos;
    private boolean holds;

    ReturningGuests(PortSockets sockets, boolean holds) {
        this.sockets = sockets;
        this.holds = holds;
    }

    /// Whether packets are not to be taken yet.
    boolean holds() {
        return holds;
    }

    /// A guest can be sent to, or its port is no more.
    void isBack(VhostUserPort port) {
        if (holds) {
            back.add(port);
            look();
        }
    }

    void release(Set<VhostUserPort> ports) {
        if (holds && served == null) {
            served = ports;
            endNanos = System.nanoTime() + PATIENCE_NANOS;
            sockets.add(this);
            look();
        }
    }

    private void look() {
        if (served != null && (back.containsAll(served) || System.nanoTime() - endNanos > 0)) {
            holds = false;
            sockets.remove(this);
            back.forEach(VhostUserPort::receive);
            back.clear();
        }
    }

    @Override
    public Descriptor descriptor() {
        return null;
    }

    @Override
    public void ready() {
        // Never.
    }

    @Override
    public void tick(long nowNanos) {
        look();
    }

    @Override
    public void end() {
        sockets.remove(this);
    }
}
