package org.skyway.vswitch.dropin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.ovsdb.Snapshot;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.skyway.vswitch.tables.Policing;

/// What a database wants the switch to be, bridges and ports by name: a row that is replaced by
/// another of the same name in one transaction is the same thing.
///
/// @param root the only row of table Open_vSwitch
/// @param keys what connections of controllers are encrypted with; null for nothing
/// @param bootstraps whether a CA's certificate is to be fetched from whoever answers first
/// @param bridges by name
record Wanted(
        Row root, OfprotoConfig.Tls keys, boolean bootstraps, Map<String, WantedBridge> bridges) {
    /// A bridge.
    ///
    /// @param row its row
    /// @param ports by name; the local one is among them if the database has one
    /// @param twice interfaces whose name is another one's, here or of another bridge
    /// @param controllers in no order
    /// @param mirrors by name
    record WantedBridge(
            Row row,
            Map<String, WantedPort> ports,
            List<Row> twice,
            List<Row> controllers,
            List<Row> mirrors) {
        String name() {
            return row.text("name");
        }

        /// All datapaths are the same one; a change of type makes a bridge anew all the same.
        String datapathType() {
            String type = row.text("datapath_type");
            return type.isEmpty() ? "system" : type;
        }
    }

    /// An interface, and the port that it belongs to.
    ///
    /// @param port row of table Port
    /// @param row row of table Interface
    /// @param qos how much may be sent to it; null if nothing is said
    record WantedPort(Row port, Row row, QosSettings qos) {
        String name() {
            return row.text("name");
        }

        String type() {
            String type = row.text("type");
            return type.equals("system") ? "" : type;
        }

        /// Whether its port has other interfaces, too.
        boolean isBonded() {
            return port.references("interfaces").size() > 1;
        }

        /// How much may come from it.
        Policing policing() {
            return new Policing(
                    policing("rate"),
                    policing("burst"),
                    policing("kpkts_rate"),
                    policing("kpkts_burst"));
        }

        private long policing(String what) {
            Long number = row.integer("ingress_policing_" + what);
            return number == null ? 0 : Math.max(0, number);
        }

        /// The number that somebody asks for; 0 for none.
        int request() {
            return number("ofport_request");
        }

        /// The number that it had when somebody wrote that last; 0 for none.
        int recorded() {
            return number("ofport");
        }

        private int number(String column) {
            Long number = row.integer(column);
            return number == null || number < 1 || number > MOST_PORTS ? 0 : number.intValue();
        }
    }

    /// The highest number that Open vSwitch's schema allows to ask for.
    static final int MOST_PORTS = 65279;

    /// Reads a snapshot.
    ///
    /// @param now what the database holds
    /// @return null if it has not been initialized yet
    static Wanted of(Snapshot now) {
        if (now.rows(Columns.ROOT).size() != 1) {
            return null;
        }
        Row root = now.rows(Columns.ROOT).iterator().next();
        Map<String, WantedBridge> bridges = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        Set<UUID> rows = new HashSet<>(); // theirs
        for (Row row : now.referred(root, "bridges", Columns.BRIDGE)) {
            bridges.computeIfAbsent(row.text("name"), _ -> bridge(now, row, names, rows));
        }
        boolean bootstraps =
                now.referred(root, "ssl", Columns.SSL).stream()
                        .anyMatch(s -> s.isTrue("bootstrap_ca_cert"));
        return new Wanted(root, keys(now, root), bootstraps, bridges);
    }

    private static OfprotoConfig.Tls keys(Snapshot now, Row root) {
        for (Row ssl : now.referred(root, "ssl", Columns.SSL)) {
            return new OfprotoConfig.Tls(
                    Path.of(ssl.text("private_key")),
                    Path.of(ssl.text("certificate")),
                    Path.of(ssl.text("ca_cert")));
        }
        return null;
    }

    private static QosSettings qos(Snapshot now, Row port) {
        for (Row qos : now.referred(port, "qos", Columns.QOS)) {
            SortedMap<Long, Row> queues = new TreeMap<>();
            if (qos.get("queues") instanceof Datum.Pairs p) {
                p.pairs()
                        .forEach((id, uuid) -> {
                            if (id instanceof Long number && uuid instanceof UUID one) {
                                Row queue = now.row(Columns.QUEUE, one);
                                if (queue != null) {
                                    queues.put(number, queue);
                                }
                            }
                        });
            }
            return new QosSettings(qos, queues);
        }
        return null;
    }

    private static WantedBridge bridge(Snapshot now, Row row, Set<String> names, Set<UUID> rows) {
        Map<String, WantedPort> ports = new LinkedHashMap<>();
        List<Row> twice = new ArrayList<>();
        List<Row> all = new ArrayList<>(now.referred(row, "ports", Columns.PORT));
        // A set has no order; so that what is added together has the same numbers every time.
        all.sort(Comparator.comparing(p -> p.text("name")));
        for (Row port : all) {
            QosSettings qos = qos(now, port);
            List<Row> interfaces =
                    new ArrayList<>(now.referred(port, "interfaces", Columns.INTERFACE));
            interfaces.sort(Comparator.comparing(i -> i.text("name")));
            for (Row i : interfaces) {
                if (names.add(i.text("name"))) {
                    ports.put(i.text("name"), new WantedPort(port, i, qos));
                    rows.add(i.uuid());
                } else if (!rows.contains(i.uuid())) { // of two ports, it is the first one's
                    twice.add(i);
                }
            }
        }
        List<Row> mirrors = new ArrayList<>(now.referred(row, "mirrors", Columns.MIRROR));
        mirrors.sort(Comparator.comparing(m -> m.text("name")));
        return new WantedBridge(
                row, ports, twice, now.referred(row, "controller", Columns.CONTROLLER), mirrors);
    }
}
