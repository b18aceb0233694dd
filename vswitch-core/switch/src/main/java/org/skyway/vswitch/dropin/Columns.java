package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The columns of schema Open_vSwitch that are watched: those that configure the switch, and those
/// that it writes, so that it writes only what differs.
final class Columns {
    static final String DATABASE = "Open_vSwitch";
    static final String LOCK = "ovs_vswitchd";

    static final String ROOT = "Open_vSwitch";
    static final String BRIDGE = "Bridge";
    static final String PORT = "Port";
    static final String INTERFACE = "Interface";
    static final String CONTROLLER = "Controller";
    static final String SSL = "SSL";
    static final String MIRROR = "Mirror";
    static final String QOS = "QoS";
    static final String QUEUE = "Queue";

    // spotless:off
    private static final Map<String, List<String>> READ =
            Map.of(
                    ROOT, List.of("bridges", "next_cfg", "other_config", "ssl"),
                    BRIDGE, List.of("name", "datapath_type", "ports", "controller", "fail_mode", "protocols", "other_config", "mirrors",
                                   "flood_vlans", "stp_enable", "rstp_enable", "mcast_snooping_enable"),
                    PORT, List.of("name", "interfaces", "tag", "trunks", "vlan_mode", "cvlans", "protected", "qos", "bond_mode",
                                   "bond_updelay", "bond_downdelay", "lacp", "other_config"),
                    INTERFACE, List.of("name", "type", "options", "ofport_request", "mtu_request", "ingress_policing_rate",
                                   "ingress_policing_burst", "ingress_policing_kpkts_rate", "ingress_policing_kpkts_burst", "mac"),
                    CONTROLLER, List.of("target", "connection_mode", "max_backoff", "inactivity_probe", "controller_rate_limit",
                                   "controller_burst_limit", "controller_queue_size", "enable_async_messages"),
                    MIRROR, List.of("name", "select_all", "select_src_port", "select_dst_port", "select_vlan", "output_port",
                                   "output_vlan", "snaplen"),
                    QOS, List.of("type", "queues", "other_config"),
                    QUEUE, List.of("dscp", "other_config"),
                    SSL, List.of("private_key", "certificate", "ca_cert", "bootstrap_ca_cert"));

    private static final Map<String, List<String>> WRITTEN =
            Map.of(
                    ROOT, List.of("cur_cfg", "statistics", "datapath_types", "iface_types", "dpdk_version", "dpdk_initialized"),
                    BRIDGE, List.of("datapath_id", "datapath_version", "status"),
                    PORT, List.of("bond_active_slave"),
                    INTERFACE, List.of("ofport", "error", "admin_state", "link_state", "link_speed", "duplex", "link_resets", "mac_in_use",
                                   "mtu", "ifindex", "status", "statistics"),
                    CONTROLLER, List.of("is_connected", "role", "status"),
                    MIRROR, List.of("statistics"));

    // spotless:on

    private Columns() {}

    /// All of them, by table.
    static Map<String, List<String>> all() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        READ.forEach((table, columns) -> all.put(table, new ArrayList<>(columns)));
        WRITTEN.forEach((table, columns) -> all.get(table).addAll(columns));
        return all;
    }

    /// Whether the configuration may be another one.
    ///
    /// @param changed columns by table
    static boolean configure(Map<String, Set<String>> changed) {
        return changed.entrySet().stream()
                .anyMatch(t ->
                        READ.getOrDefault(t.getKey(), List.of()).stream()
                                .anyMatch(t.getValue()::contains));
    }
}
