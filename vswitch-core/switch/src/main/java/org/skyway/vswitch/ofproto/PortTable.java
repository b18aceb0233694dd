package org.skyway.vswitch.ofproto;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.Tables;

/// The ports of a bridge as OpenFlow sees them ([PortState#effective]), and what it says of them.
/// Ofproto thread only.
final class PortTable {
    private static final int ADDED = 0;
    private static final int DELETED = 1;
    private static final int MODIFIED = 2;

    private final Map<Integer, Long> created = new HashMap<>();
    private final OfSwitch bridge;
    private final Tables tables;

    PortTable(OfSwitch bridge, Tables tables) {
        this.bridge = bridge;
        this.tables = tables;
    }

    /// All ports, the oldest first; the local one was there before them all.
    List<PortState> byAge() {
        return tables.ports().values().stream()
                .map(PortState::effective)
                .sorted(
                        Comparator.comparingLong(p ->
                                p.number() == OfPort.LOCAL
                                        ? Long.MIN_VALUE
                                        : created.get(p.number())))
                .toList();
    }

    PortState find(int number) {
        PortState port = tables.port(number);
        return port == null ? null : port.effective();
    }

    /// When a port was added.
    long createdNanos(int number) {
        return created.get(number);
    }

    /// Says that a port came, went, or is another one now.
    ///
    /// @param old as the tables had it; null if it came
    /// @param now as they have it; null if it went
    void changed(PortState old, PortState now) {
        if (old == null) {
            created.put(now.number(), bridge.now());
            // Two messages, as from Open vSwitch: that it came, and then that it is alive.
            PortState alive = now.effective();
            PortState fresh = alive.withState(alive.state() & ~PortState.LIVE);
            bridge.connections().portStatus(ADDED, null, fresh, null);
            bridge.connections().portStatus(MODIFIED, fresh, alive, null);
        } else if (now == null) {
            created.remove(old.number());
            bridge.connections().portStatus(DELETED, null, old.effective(), null);
        } else {
            PortState shown = old.effective();
            PortState then = now.effective();
            // As from Open vSwitch: first that it is not alive any more, and then why.
            if ((shown.state() & ~then.state() & PortState.LIVE) != 0) {
                PortState dead = shown.withState(shown.state() & ~PortState.LIVE);
                bridge.connections().portStatus(MODIFIED, shown, dead, null);
                shown = dead;
            }
            bridge.connections().portStatus(MODIFIED, shown, then, null);
        }
    }

    /// Does a port-mod.
    ///
    /// @param source who asked for it, who is not told of it before OpenFlow 1.5
    /// @throws OpenFlowException if it is refused
    void modify(PortMod m, Connection source) {
        PortState old = checked(m);
        boolean off = (m.config() & PortState.PORT_DOWN) != 0;
        boolean toggled = ((old.config() ^ m.config()) & m.mask() & PortState.PORT_DOWN) != 0;
        int mask =
                toggled && bridge.forwarding().administer(m.port(), !off)
                        ? m.mask()
                        : m.mask() & ~PortState.PORT_DOWN;
        int config = old.config() & ~mask | m.config() & mask;
        if (config == old.config()) {
            return;
        }
        PortState before = tables.port(m.port());
        PortState after = before.withConfig(config);
        tables.port(after);
        bridge.forwarding().portConfigured(before, after);
        // Two messages, as from Open vSwitch: what was asked for, and what the port made of it, of
        // which who asked is told, too.
        int state =
                (config & PortState.PORT_DOWN) != 0 ? old.state() & ~PortState.LIVE : old.state();
        PortState configured = old.withConfig(config).withState(state);
        PortState now = find(m.port());
        bridge.connections().portStatus(MODIFIED, old, configured, source);
        if (now.state() != configured.state()) {
            bridge.connections().portStatus(MODIFIED, configured, now, null);
        }
    }

    /// Refuses what [#modify] would refuse.
    ///
    /// @throws OpenFlowException if it is refused
    void check(PortMod m) {
        checked(m);
    }

    private PortState checked(PortMod m) {
        PortState port = find(m.port());
        if (port == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPPMFC_BAD_PORT,
                    "there is no port %s".formatted(OfPort.name(m.port())));
        }
        if (port.mac() != m.mac()) {
            throw new OpenFlowException(
                    ErrorCode.OFPPMFC_BAD_HW_ADDR,
                    "port %s has address %012x, not %012x"
                            .formatted(OfPort.name(m.port()), port.mac(), m.mac()));
        }
        return port;
    }
}
