package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a database asks for that Skyway does not do: nobody is to believe that it is done. Said in
/// the log once, and of a port in the column `error`, though the port is in use. The configuration
/// thread only.
final class Unmet {
    private static final Logger LOG = LoggerFactory.getLogger(Unmet.class);
    private static final List<String> SWITCHED =
            List.of("stp_enable", "rstp_enable", "mcast_snooping_enable");

    private final Set<String> said = new HashSet<>();

    Unmet() {}

    /// Says in the log what is new.
    void say(Wanted wanted) {
        Set<String> now = new HashSet<>();
        if (wanted.bootstraps()) {
            now.add(
                    "table SSL: bootstrap_ca_cert has no effect: put the CA's certificate where ca_cert says");
        }
        for (WantedBridge bridge : wanted.bridges().values()) {
            String why = of(bridge);
            if (why != null) {
                now.add("bridge %s: %s".formatted(bridge.name(), why));
            }
            for (Row row : bridge.controllers()) {
                String what = OpenFlowSettings.withoutEffect(row, bridge.row());
                if (what != null) {
                    now.add("bridge %s: %s".formatted(bridge.name(), what));
                }
            }
            for (String wrong : new MirrorSettings(bridge, Map.of(), Map.of()).wrong()) {
                now.add("bridge %s: %s".formatted(bridge.name(), wrong));
            }
            for (WantedPort port : bridge.ports().values()) {
                String queues = port.qos() == null ? null : port.qos().withoutEffect();
                for (String what :
                        new String[] {of(port), NormalSettings.contradiction(port), queues}) {
                    if (what != null) {
                        now.add(
                                "bridge %s: port %s: %s"
                                        .formatted(bridge.name(), port.name(), what));
                    }
                }
            }
            for (String wrong : BondColumns.wrong(bridge)) {
                now.add("bridge %s: %s".formatted(bridge.name(), wrong));
            }
        }
        now.stream().filter(said::add).sorted().forEach(LOG::warn);
        said.retainAll(now);
    }

    /// What of a port's configuration has no effect.
    ///
    /// @return a sentence; null if all of it has
    static String of(WantedPort port) {
        List<String> columns = new ArrayList<>();
        if (port.port().isTrue("protected")) {
            columns.add("protected");
        }
        if (port.port().text("bond_mode").equals("balance-tcp") && port.isBonded()) {
            columns.add("bond_mode"); // one member is active
        }
        if (!List.of("", "off").contains(port.port().text("lacp"))) {
            columns.add("lacp");
        }
        String without = without(columns);
        if (columns.contains("bond_mode")) {
            without += "; the bond works as active-backup";
        }
        String qos = port.qos() == null ? null : port.qos().wrong();
        return qos == null ? without : without == null ? qos : without + "; " + qos;
    }

    /// What of a bridge's configuration has no effect, its ports aside.
    ///
    /// @return a sentence; null if all of it has
    static String of(WantedBridge bridge) {
        List<String> columns = new ArrayList<>();
        SWITCHED.stream().filter(c -> bridge.row().text(c).equals("true")).forEach(columns::add);
        return without(columns);
    }

    private static String without(List<String> columns) {
        if (columns.isEmpty()) {
            return null;
        }
        StringJoiner names = new StringJoiner(", ");
        columns.forEach(names::add);
        return "%s: not supported, has no effect; use OpenFlow rules, or clear it".formatted(names);
    }
}
