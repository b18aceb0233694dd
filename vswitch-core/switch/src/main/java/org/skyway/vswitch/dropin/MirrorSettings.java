package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.PortMirror;
import org.skyway.vswitch.tables.VlanSet;

/// What a database says of a bridge's mirrors.
///
/// @param wanted the bridge
/// @param numbers the ports' numbers by name; one that is not among them does not run
/// @param bonds ids of those ports that are bonds, by name
record MirrorSettings(
        WantedBridge wanted, Map<String, Integer> numbers, Map<String, Integer> bonds) {
    /// The mirrors that can be had.
    ///
    /// @param counters each one's, by its row
    List<PortMirror> all(Function<UUID, FlowCounters> counters) {
        List<PortMirror> all = new ArrayList<>();
        for (Row row : wanted.mirrors()) {
            if (wrong(row) == null && all.size() < PortMirror.MOST) {
                mirror(row, counters.apply(row.uuid()), all);
            }
        }
        return all;
    }

    private void mirror(Row row, FlowCounters counters, List<PortMirror> all) {
        int output = output(row);
        if (output == 0 && !row.references("output_port").isEmpty()) {
            return; // it does not run
        }
        boolean every = row.isTrue("select_all");
        List<Integer> vlans = row.texts("select_vlan").stream().map(Integer::valueOf).toList();
        Long outVlan = row.integer("output_vlan");
        Long snapLength = row.integer("snaplen");
        all.add(
                new PortMirror(
                        row.text("name"),
                        every ? Set.copyOf(numbers.values()) : of(row, "select_src_port"),
                        every ? Set.copyOf(numbers.values()) : of(row, "select_dst_port"),
                        vlans.isEmpty() ? null : VlanSet.of(vlans),
                        output,
                        outVlan == null ? 0 : outVlan.intValue(),
                        snapLength == null ? 0 : snapLength.intValue(),
                        counters));
    }

    private int output(Row row) {
        List<UUID> output = row.references("output_port");
        for (WantedPort port : wanted.ports().values()) {
            Integer number = numbers.get(port.name());
            if (output.contains(port.port().uuid()) && number != null && number != 0) {
                return bonds.getOrDefault(port.port().text("name"), number);
            }
        }
        return 0;
    }

    private Set<Integer> of(Row row, String column) {
        List<UUID> ports = row.references(column);
        Set<Integer> all = new HashSet<>();
        for (WantedPort port : wanted.ports().values()) {
            Integer number = numbers.get(port.name());
            if (ports.contains(port.port().uuid()) && number != null && number != 0) {
                all.add(number);
            }
        }
        return all;
    }

    /// What is wrong with them.
    ///
    /// @return sentences
    List<String> wrong() {
        List<String> all = new ArrayList<>();
        for (Row row : wanted.mirrors()) {
            String why = wrong(row);
            if (why != null) {
                all.add("mirror %s %s".formatted(row.text("name"), why));
            }
        }
        if (wanted.mirrors().size() > PortMirror.MOST) {
            all.add("maximum of %d port mirrors reached".formatted(PortMirror.MOST));
        }
        return all;
    }

    private String wrong(Row row) {
        List<UUID> output = row.references("output_port");
        if (output.isEmpty()) {
            return row.integer("output_vlan") == null ? "does not specify output; ignoring" : null;
        }
        return wanted.ports().values().stream().noneMatch(p -> output.contains(p.port().uuid()))
                ? "outputs to port not on bridge"
                : null;
    }
}
