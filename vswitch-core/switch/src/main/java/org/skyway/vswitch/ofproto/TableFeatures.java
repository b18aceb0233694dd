package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.TableCapabilities;
import org.skyway.openflow.message.TableCapabilities.Property;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.wire.OxmHeaders;

/// What tables can do (OpenFlow 1.3.5, "Table Features"): the same for all tables but the last,
/// which has no table to go on to.
final class TableFeatures {
    private static final int INSTRUCTIONS = 0;
    private static final int NEXT_TABLES = 2;
    private static final int WRITE_ACTIONS = 4;
    private static final int APPLY_ACTIONS = 6;
    private static final int MATCH = 8;
    private static final int WILDCARDS = 10;
    private static final int WRITE_SETFIELD = 12;
    private static final int APPLY_SETFIELD = 14;

    private static final int GOTO_TABLE = 1;
    private static final int METER = 6;

    private static final Map<Version, Lists> CACHE = new EnumMap<>(Version.class);

    private record Lists(Bytes actions, Bytes setFields, Bytes matches, Bytes wildcards) {}

    private TableFeatures() {}

    static StatsReply.TableFeatures reply(OfSwitch bridge, Version version) {
        List<TableCapabilities> tables = new ArrayList<>(FlowTables.VISIBLE);
        Lists lists = CACHE.computeIfAbsent(version, TableFeatures::lists);
        for (int t = 0; t < FlowTables.VISIBLE; t++) {
            TableSettings s = bridge.tables().settings(t);
            int capabilities =
                    (s.eviction ? Vacancies.EVICTION : 0)
                            | (s.vacancyEvents ? Vacancies.VACANCY_EVENTS : 0);
            tables.add(
                    new TableCapabilities(
                            t,
                            s.name,
                            -1,
                            -1,
                            0,
                            capabilities,
                            FlowTables.MAX_ENTRIES,
                            properties(t, version, lists)));
        }
        return new StatsReply.TableFeatures(tables);
    }

    private static Lists lists(Version version) {
        int[] actions = {0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25};
        return new Lists(
                numbers(actions),
                headers(version, Field::writable, false),
                headers(version, f -> true, true),
                headers(version, f -> true, false));
    }

    /// Type and length of each, as in an action's or an instruction's header.
    private static Bytes numbers(int[] types) {
        byte[] b = new byte[4 * types.length];
        for (int i = 0; i < types.length; i++) {
            b[4 * i] = (byte) (types[i] >>> 8);
            b[4 * i + 1] = (byte) types[i];
            b[4 * i + 3] = 4;
        }
        return Bytes.of(b);
    }

    private static Bytes headers(Version version, Predicate<Field> which, boolean withMask) {
        List<Field> fields = new ArrayList<>();
        for (Field f : Field.values()) {
            if (which.test(f)) {
                fields.add(f);
            }
        }
        return OxmHeaders.list(fields, version, f -> withMask && f.maskable());
    }

    /// The properties in Open vSwitch's order: those of entries, then the same of table misses,
    /// then what can be matched.
    private static List<Property> properties(int table, Version version, Lists lists) {
        boolean last = table == FlowTables.VISIBLE - 1;
        List<Integer> instructions = new ArrayList<>();
        for (int i = last ? GOTO_TABLE + 1 : GOTO_TABLE; i <= METER; i++) {
            if (i != METER || !version.atLeast(Version.OF15)) {
                instructions.add(i);
            }
        }
        Bytes instructionList =
                numbers(instructions.stream().mapToInt(Integer::intValue).toArray());
        byte[] next = new byte[FlowTables.VISIBLE - 1 - table];
        for (int i = 0; i < next.length; i++) {
            next[i] = (byte) (table + 1 + i);
        }
        Bytes nextTables = Bytes.of(next);
        List<Property> properties = new ArrayList<>();
        for (int miss = 0; miss <= 1; miss++) {
            properties.add(new Property(INSTRUCTIONS + miss, instructionList));
            properties.add(new Property(NEXT_TABLES + miss, nextTables));
            properties.add(new Property(WRITE_ACTIONS + miss, lists.actions()));
            properties.add(new Property(WRITE_SETFIELD + miss, lists.setFields()));
            properties.add(new Property(APPLY_ACTIONS + miss, lists.actions()));
            properties.add(new Property(APPLY_SETFIELD + miss, lists.setFields()));
        }
        properties.add(new Property(MATCH, lists.matches()));
        properties.add(new Property(WILDCARDS, lists.wildcards()));
        return properties;
    }
}
