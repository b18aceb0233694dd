package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;

/// The ports of a bridge as OpenFlow sees them. Ofproto thread only.
final class PortTable {
    private static final int ADDED = 0;
    private static final int DELETED = 1;
    private static final int MODIFIED = 2;

    private final Map<Integer, PortState> ports = new TreeMap<>(Integer::compareUnsigned);
    private final Map<Integer, Integer> observed = new HashMap<>(); // states without what follows
    private final Map<Integer, Long> created = new HashMap<>();
    private final OfSwitch bridge;
    private final Undo undo;

    PortTable(OfSwitch bridge, Undo undo) {
        this.bridge = bridge;
        this.undo = undo;
    }

    Collection<PortState> all() {
        return ports.values();
    }

    /// All ports, the oldest first; the local one was there before them all.
    List<PortState> byAge() {
        List<PortState> ports = new ArrayList<>(all());
        ports.sort(
                Comparator.comparingLong(p ->
                        p.number() == OfPort.LOCAL ? Long.MIN_VALUE : created.get(p.number())));
        return ports;
    }

    PortState find(int number) {
        return ports.get(number);
    }

    /// When a port was added.
    long createdNanos(int number) {
        return created.get(number);
    }

    void added(PortState asked) {
        observed.put(asked.number(), asked.state());
        PortState port = effective(asked);
        PortState old = ports.put(port.number(), port);
        if (old == null) {
            created.put(port.number(), bridge.now());
            // Two messages, as from Open vSwitch: that it came, and then that it is alive.
            PortState fresh = port.withState(port.state() & ~PortState.LIVE);
            bridge.connections().portStatus(ADDED, null, fresh, null);
            bridge.connections().portStatus(MODIFIED, fresh, port, null);
        } else {
            bridge.connections().portStatus(MODIFIED, old, port, null);
        }
    }

    void removed(int number) {
        PortState old = ports.remove(number);
        if (old != null) {
            created.remove(number);
            observed.remove(number);
            bridge.connections().portStatus(DELETED, null, old, null);
        }
    }

    /// Takes over what was observed of a port; its configuration is the controllers'.
    void stateChanged(PortState port) {
        PortState old = ports.get(port.number());
        if (old != null) {
            observed.put(port.number(), port.state());
            PortState now = effective(port.withConfig(old.config()));
            ports.put(port.number(), now);
            bridge.connections().portStatus(MODIFIED, old, now, null);
        }
    }

    /// The port with the state that follows from what was observed and from its configuration: one
    /// that is switched off has no link, and one with a link is alive.
    private PortState effective(PortState p) {
        int state = observed.get(p.number()) & ~PortState.LIVE;
        if ((p.config() & PortState.PORT_DOWN) != 0) {
            state |= PortState.LINK_DOWN;
        }
        return p.withState((state & PortState.LINK_DOWN) == 0 ? state | PortState.LIVE : state);
    }

    /// Does a port-mod.
    ///
    /// @param source who asked for it, who is not told of it before OpenFlow 1.5
    /// @throws OpenFlowException if it is refused
    void modify(PortMod m, Connection source) {
        PortState old = checked(m);
        int config = old.config() & ~m.mask() | m.config() & m.mask();
        if (config == old.config()) {
            return;
        }
        boolean off = (config & PortState.PORT_DOWN) != 0;
        int state = off ? old.state() & ~PortState.LIVE : old.state();
        PortState configured = old.withConfig(config).withState(state);
        PortState now = effective(configured);
        configure(now);
        undo.note(() -> configure(old));
        // Two messages, as from Open vSwitch: what was asked for, and what the port made of it, of
        // which who asked is told, too.
        bridge.connections().portStatus(MODIFIED, old, configured, source);
        if (now.state() != configured.state()) {
            bridge.connections().portStatus(MODIFIED, configured, now, null);
        }
    }

    private void configure(PortState port) {
        ports.put(port.number(), port);
        bridge.forwarding().portConfigured(port);
    }

    /// The port that a port-mod names.
    PortState checked(PortMod m) {
        PortState port = ports.get(m.port());
        if (port == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPPMFC_BAD_PORT, "there is no port %d".formatted(m.port()));
        }
        if (port.mac() != m.mac()) {
            throw new OpenFlowException(
                    ErrorCode.OFPPMFC_BAD_HW_ADDR,
                    "port %d has address %012x, not %012x"
                            .formatted(m.port(), port.mac(), m.mac()));
        }
        return port;
    }
}
