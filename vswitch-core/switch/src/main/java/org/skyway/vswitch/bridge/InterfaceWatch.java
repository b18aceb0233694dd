package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.ivshmem.sys.InterfaceChange;
import org.skyway.ivshmem.sys.InterfaceChanges;
import org.skyway.ivshmem.sys.InterfaceFacts;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.port.HostPort;
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
    private final Set<BridgePort> fresh = new HashSet<>(); // nobody has looked at them yet
    private final Set<BridgePort> astray = new HashSet<>(); // no interface here has their name
    private long nextNanos = System.nanoTime(); // when it looks again by itself

    InterfaceWatch(Bridge bridge, Faults faults) {
        this.bridge = bridge;
        this.faults = faults;
    }

    /// A port was added.
    void added(BridgePort port) {
        fresh.add(port);
    }

    /// A port was removed.
    void removed(BridgePort port) {
        fresh.remove(port);
        astray.remove(port);
    }

    /// The same as [#look], but not all the time on a host where something always changes.
    boolean tick() {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return false;
        }
        boolean news = look();
        long end = System.nanoTime();
        nextNanos = end + Math.max(PAUSE_NANOS, REST * (end - now));
        return news;
    }

    /// Looks at those of which the host says that something has changed. If it says nothing, that
    /// is one system call.
    ///
    /// @return whether some ports are others now
    boolean look() {
        Map<Integer, List<InterfaceChange>> told = new HashMap<>();
        boolean some = true; // others may have changed, too
        if (changes == null) {
            changes = new InterfaceChanges();
        } else {
            some =
                    !changes.take(
                            c -> told.computeIfAbsent(c.ifindex(), _ -> new ArrayList<>()).add(c));
        }
        if (!some && told.isEmpty() && fresh.isEmpty()) {
            return false;
        }
        boolean news = false;
        for (BridgePort port : bridge.ports().all()) {
            if (port.datapathPort() instanceof HostPort h) {
                List<InterfaceChange> ofIt = told.getOrDefault(h.device().ifindex(), List.of());
                boolean isNew = fresh.contains(port);
                if (some || isNew || !ofIt.isEmpty() || astray.contains(port)) {
                    // What was told before it was added is none of its business.
                    news |= look(port, h, isNew ? List.of() : ofIt);
                }
            }
        }
        fresh.clear();
        if (news) {
            bridge.portChanges().observed();
        }
        return news;
    }

    private boolean look(BridgePort port, HostPort at, List<InterfaceChange> told) {
        String name = port.config().name();
        InterfaceFacts facts = at.device().facts();
        if (!facts.name().equals(name) && at instanceof NetdevPort n && n.attachAgain()) {
            facts = n.device().facts();
        }
        if (facts.name().equals(name)) {
            astray.remove(port);
        } else {
            astray.add(port);
            if (facts.state().isHere()) {
                return false; // as in Open vSwitch, of one by another name nothing is told
            }
        }
        PortState before = port.state();
        for (PortState then : ObservedInterface.meanwhile(before, told, facts)) {
            bridge.ports().observed(port, then);
        }
        bridge.ports().observed(port, ObservedInterface.now(port.state(), facts));
        return port.state() != before;
    }

    /// Switches an interface on or off.
    ///
    /// @return false if that can't be done
    boolean administer(HostPort port, boolean up) {
        try {
            port.device().setAdminUp(up);
            return true;
        } catch (IOException e) {
            faults.record("ofproto thread: interface", e);
            return false;
        }
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
