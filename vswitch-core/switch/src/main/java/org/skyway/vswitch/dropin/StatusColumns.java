package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.skyway.ivshmem.sys.HostInterface;
import org.skyway.ivshmem.sys.InterfaceFacts;
import org.skyway.openflow.message.Role;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.ovsdb.Transaction;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.ofproto.ControllerStatus;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.port.HostPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.tables.PortCounters;

/// How ports, bridges and controllers are, as columns. The configuration thread only.
final class StatusColumns {
    private static final String INTERFACE = Columns.INTERFACE;
    private static final List<String> CLEARED =
            List.of(
                    "admin_state",
                    "link_state",
                    "link_speed",
                    "duplex",
                    "link_resets",
                    "mac_in_use",
                    "mtu",
                    "ifindex");
    private static final List<String> PATCH_COUNTERS =
            List.of("rx_packets", "rx_bytes", "tx_packets", "tx_bytes");
    private static final Datum NO_COUNTERS = Datum.of(Map.of());
    private static final long MBIT = 1_000_000;

    /// A port as the ofproto thread saw it.
    ///
    /// @param port the port; null for the local one
    private record PortView(BridgePort port, PortState state, PortCounters counters) {}

    /// A bridge as the ofproto thread saw it.
    ///
    /// @param bonds addresses of active members, by the bond's name
    private record BridgeView(
            long datapathId,
            Map<String, PortView> ports,
            List<ControllerStatus> controllers,
            Map<UUID, Map<String, Long>> mirrors,
            Map<String, Long> bonds) {}

    private final Transaction t;
    private final boolean statistics;
    private final boolean interfaces;

    /// @param t what is to be written is added to it
    /// @param statistics whether counters and times are written, too
    /// @param interfaces whether interfaces of the host are looked at
    StatusColumns(Transaction t, boolean statistics, boolean interfaces) {
        this.t = t;
        this.statistics = statistics;
        this.interfaces = interfaces;
    }

    /// A port that could not be had has no state.
    static void clear(Transaction t, Row row) {
        CLEARED.forEach(column -> t.change(INTERFACE, row, column, Datum.NONE));
        t.change(INTERFACE, row, "status", Datum.of(Map.of()));
        t.change(INTERFACE, row, "statistics", Datum.of(Map.of()));
    }

    /// Adds what is to be said of a bridge.
    ///
    /// @throws IOException if its thread can't be asked
    void bridge(WantedBridge wanted, Slot slot) throws IOException {
        BridgeView view =
                slot.running()
                        .ask(() -> {
                            // Or a link would be up for who reads the column, and not for packets.
                            slot.running().bridge().lookAtInterfaces();
                            return view(slot);
                        });
        t.change(Columns.BRIDGE, wanted.row(), "datapath_id", Datum.of(Pass.hex(view.datapathId)));
        t.change(Columns.BRIDGE, wanted.row(), "datapath_version", Datum.of("<built-in>"));
        for (WantedPort port : wanted.ports().values()) {
            boolean local = port.name().equals(wanted.name());
            PortView v = view.ports.get(port.name());
            if (v != null && (local || slot.hasPort(port.name()))) {
                port(port.row(), v, slot.isNews(v.state));
            }
            Long active = port.isBonded() ? view.bonds.get(port.port().text("name")) : null;
            if (active != null && active != 0) {
                t.change(Columns.PORT, port.port(), "bond_active_slave", Datum.of(mac(active)));
            }
        }
        for (Row row : wanted.controllers()) {
            controller(row, view.controllers);
        }
        for (Row row : wanted.mirrors()) {
            if (statistics && view.mirrors.containsKey(row.uuid())) {
                t.change(Columns.MIRROR, row, "statistics", Datum.of(view.mirrors.get(row.uuid())));
            }
        }
    }

    private static BridgeView view(Slot slot) {
        Bridge bridge = slot.running().bridge();
        Ofproto ofproto = slot.running().ofproto();
        Map<String, PortView> ports = new LinkedHashMap<>();
        for (PortState state : bridge.forwarding().tables().ports().values()) {
            BridgePort port = bridge.port(state.name());
            if (port != null || state.number() == OfPort.LOCAL) {
                ports.put(
                        state.name(),
                        new PortView(
                                port, state, bridge.forwarding().portCounters(state.number())));
            }
        }
        Map<UUID, Map<String, Long>> mirrors = new HashMap<>();
        slot.mirrors()
                .forEach((row, c) ->
                        mirrors.put(row, Map.of("tx_packets", c.packets(), "tx_bytes", c.bytes())));
        Map<String, Long> bonds = new HashMap<>();
        bridge.portSettings()
                .bonds()
                .all()
                .forEach(b -> bonds.put(b.settings().name(), b.activeMac()));
        return new BridgeView(
                ofproto.config().datapathId(),
                ports,
                new ArrayList<>(ofproto.controllerStatus()),
                mirrors,
                bonds);
    }

    private void port(Row row, PortView v, boolean news) {
        HostPort host = v.port != null && v.port.datapathPort() instanceof HostPort h ? h : null;
        if (host == null) {
            virtual(row, v);
        } else if (news || interfaces) {
            try {
                host(row, v, host.device());
            } catch (IOException | IllegalStateException e) {
                return; // it went away meanwhile
            }
        }
        count(row, v, host != null);
    }

    private void count(Row row, PortView v, boolean device) {
        // A port that has come has them at once.
        if (statistics || row.get("statistics").equals(NO_COUNTERS)) {
            boolean patch = v.port != null && v.port.datapathPort() instanceof PatchPort;
            t.change(INTERFACE, row, "statistics", Datum.of(counters(v.counters, device, patch)));
        }
    }

    private void host(Row row, PortView v, HostInterface device) throws IOException {
        state(row, v);
        InterfaceFacts facts = device.facts();
        if (!facts.state().isHere()) {
            set(row, "ifindex", 0L);
            for (String column : List.of("mac_in_use", "mtu", "link_speed", "duplex")) {
                set(row, column, null);
            }
            t.change(INTERFACE, row, "status", Datum.of(Map.of()));
            return;
        }
        set(row, "mac_in_use", mac(facts.mac()));
        set(row, "mtu", (long) device.mtu());
        set(row, "ifindex", (long) device.ifindex());
        int speed = facts.modes().speedMbps();
        String duplex = facts.modes().fullDuplex() ? "full" : "half";
        set(row, "link_speed", speed == 0 ? null : speed * MBIT);
        set(row, "duplex", speed == 0 ? null : duplex);
        String[] driver = device.driver();
        if (driver != null) {
            t.change(
                    INTERFACE,
                    row,
                    "status",
                    Datum.of(
                            Map.of(
                                    "driver_name", driver[0],
                                    "driver_version", driver[1],
                                    "firmware_version", driver[2])));
        }
    }

    private void virtual(Row row, PortView v) {
        state(row, v);
        set(row, "mac_in_use", mac(v.state.mac()));
        set(row, "ifindex", 0L);
        Map<String, String> status = new LinkedHashMap<>();
        if (v.port == null) {
            status.put("driver_name", "tun");
        } else {
            if (v.port.config().type() != PortConfig.Type.PATCH) {
                status.put("driver_name", v.port.config().type().toString());
            }
            if (v.port.attachment() != null) {
                status.put("vnf", v.port.attachment().program());
                status.put("pid", Long.toString(v.port.attachment().pid()));
            } else if (v.port.datapathPort() instanceof StockPort s && s.peer() != null) {
                status.put("vnf", s.peer().program());
                status.put("pid", Long.toString(s.peer().pid()));
            }
        }
        t.change(INTERFACE, row, "status", Datum.of(status));
    }

    private void state(Row row, PortView v) {
        boolean adminUp = (v.state.config() & PortState.PORT_DOWN) == 0;
        set(row, "admin_state", adminUp ? "up" : "down");
        set(row, "link_state", v.state.isUp() ? "up" : "down");
        set(row, "link_resets", v.port == null ? 0L : v.port.linkResets());
    }

    private void set(Row row, String column, Object value) {
        t.change(INTERFACE, row, column, Datum.optional(value));
    }

    static String mac(long bits) {
        return "%012x".formatted(bits & 0xffff_ffff_ffffL).replaceAll("..(?!$)", "$0:");
    }

    private static Map<String, Long> counters(PortCounters c, boolean device, boolean patch) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("rx_packets", c.rxPackets());
        all.put("rx_bytes", c.rxBytes());
        all.put("rx_dropped", c.rxDropped());
        all.put("rx_errors", c.rxErrors());
        all.put("tx_packets", c.txPackets());
        all.put("tx_bytes", c.txBytes());
        all.put("tx_dropped", c.txDropped());
        all.put("tx_errors", c.txErrors());
        if (patch) {
            all.keySet().retainAll(PATCH_COUNTERS);
        }
        if (device) {
            for (String none :
                    List.of(
                            "collisions",
                            "rx_crc_err",
                            "rx_frame_err",
                            "rx_missed_errors",
                            "rx_multicast_packets",
                            "rx_over_err")) {
                all.put(none, 0L);
            }
        }
        return all;
    }

    private void controller(Row row, List<ControllerStatus> all) {
        String target = row.text("target");
        for (ControllerStatus c : all) {
            if (c.target().equals(target)) {
                controller(row, c);
                return;
            }
        }
        // A listener, or no target.
        t.change(Columns.CONTROLLER, row, "is_connected", Datum.of(false));
        t.change(Columns.CONTROLLER, row, "role", Datum.NONE);
        t.change(Columns.CONTROLLER, row, "status", Datum.of(Map.of()));
    }

    private void controller(Row row, ControllerStatus c) {
        boolean news = row.isTrue("is_connected") != c.connected();
        t.change(Columns.CONTROLLER, row, "is_connected", Datum.of(c.connected()));
        t.change(Columns.CONTROLLER, row, "role", Datum.optional(role(c.role())));
        Map<String, String> status = new LinkedHashMap<>();
        status.put("state", c.state().toString());
        status.put(
                c.connected() ? "sec_since_connect" : "sec_since_disconnect",
                Long.toString(c.seconds()));
        if (c.lastError() != null) {
            status.put("last_error", c.lastError());
        }
        status.putAll(c.packetIns());
        if (statistics || news || !row.pairs("status").containsKey("state")) {
            t.change(Columns.CONTROLLER, row, "status", Datum.of(status));
        }
    }

    private static String role(Role role) {
        return switch (role) {
            case null -> null;
            case PRIMARY -> "master";
            case SECONDARY -> "slave";
            default -> "other";
        };
    }
}
