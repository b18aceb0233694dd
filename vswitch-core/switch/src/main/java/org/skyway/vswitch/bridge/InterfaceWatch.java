package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.sys.InterfaceChanges;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.port.NetdevPort;
import org.skyway.vswitch.port.TapPort;

/// The interfaces of the host that are ports of a bridge: what somebody does to them is done to the
/// ports. Ofproto thread.
final class InterfaceWatch implements AutoCloseable {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int REST = 10; // times as long as a look took

    private final Bridge bridge;
    private final Faults faults;
    private InterfaceChanges changes; // null before the first look
    private boolean more = true; // that nobody has looked at
    private long nextNanos = System.nanoTime(); // when it looks again by itself

    InterfaceWatch(Bridge bridge, Faults faults) {
        this.bridge = bridge;
        this.faults = faults;
    }

    /// A port was added.
    void added() {
        more = true;
    }

    /// The same as [#look], but not all the time on a host where something always changes.
    void tick() {
        long now = System.nanoTime();
        if (now - nextNanos >= 0) {
            look();
            long end = System.nanoTime();
            nextNanos = end + Math.max(PAUSE_NANOS, REST * (end - now));
        }
    }

    /// Looks at all of them if the host says that something has changed.
    void look() {
        if (changes == null) {
            changes = new InterfaceChanges();
        }
        boolean any = changes.any() | more;
        more = false;
        if (!any) {
            return;
        }
        for (BridgePort port : bridge.ports().all()) {
            if (port.datapathPort() instanceof NetdevPort n) {
                bridge.portChanges().linkUp(port, n.socket().linkUp());
            } else if (port.datapathPort() instanceof TapPort t) {
                look(port, t.device());
            }
        }
    }

    // Who sets the interface up or down does that to the port, as in Open vSwitch.
    private void look(BridgePort port, TapDevice device) {
        InterfaceState link = device.linkState();
        try {
            if (link.isHere() && device.mac() != port.state().mac()) {
                bridge.ports().readdressed(port, device.mac());
                bridge.changed();
            }
        } catch (IOException e) {
            // It went away meanwhile, which the next look finds.
        }
        // Nobody tells what is done to one that is elsewhere; the kernel drops what it can't take.
        boolean up = link == InterfaceState.UP || link == InterfaceState.ELSEWHERE;
        boolean down = (port.state().config() & PortState.PORT_DOWN) != 0;
        if (up == down) {
            int config = port.state().config() ^ PortState.PORT_DOWN;
            bridge.ports().configured(port, config);
            bridge.changed();
        }
        bridge.portChanges().linkUp(port, up);
    }

    /// Has those that the switch has made stay when the process ends, for the next one.
    void leave() {
        for (BridgePort port : bridge.ports().all()) {
            if (port.datapathPort() instanceof TapPort t) {
                try {
                    // Nobody would find one that is elsewhere.
                    if (t.device().linkState() != InterfaceState.ELSEWHERE) {
                        t.device().leave();
                    }
                } catch (IOException e) {
                    faults.record("ofproto thread: interface", e);
                }
            }
        }
    }

    /// Lets go of all. No poll thread runs any more.
    @Override
    public void close() {
        List<TapDevice> devices = new ArrayList<>();
        for (BridgePort port : bridge.ports().all()) {
            if (port.datapathPort() instanceof NetdevPort n) {
                n.close();
            } else if (port.datapathPort() instanceof TapPort t) {
                devices.add(t.device());
            }
        }
        TapDevice.closeAll(devices);
        if (changes != null) {
            changes.close();
        }
    }
}
