package org.skyway.vswitch.ofproto;

import java.util.BitSet;
import org.skyway.openflow.message.TableConfig;

/// Tells controllers when a table gets fuller or emptier than they said (OpenFlow 1.4, "Vacancy
/// events"). Ofproto thread only.
final class Vacancies {
    /// OFPTC14_EVICTION.
    static final int EVICTION = 1 << 2;

    /// OFPTC14_VACANCY_EVENTS.
    static final int VACANCY_EVENTS = 1 << 3;

    /// What is looked at when evicting: importance, lifetime and other things (OFPTMPEF14_).
    static final int EVICTION_FLAGS = 7;

    /// OFPTR_ codes.
    private static final int DOWN = 3;

    private static final int UP = 4;
    private static final int PERCENT = 100;

    private final OfSwitch bridge;
    private final BitSet changed = new BitSet(); // tables, in a bundle that is not done yet
    private final int[] armed = new int[FlowTables.VISIBLE + 1]; // the event to tell next, or 0

    Vacancies(OfSwitch bridge) {
        this.bridge = bridge;
    }

    private int vacancy(int table) {
        long left = FlowTables.MAX_ENTRIES - bridge.tables().entries(table).size();
        return (int) (left * PERCENT / FlowTables.MAX_ENTRIES);
    }

    /// A controller changed what it wants to be told of a table.
    void configured(int table) {
        TableSettings s = bridge.tables().settings(table);
        if (!s.vacancyEvents) {
            armed[table] = 0;
        } else if (armed[table] == 0) {
            armed[table] = vacancy(table) < s.vacancyUp ? UP : DOWN;
        }
    }

    /// Whether anybody wants to be told of any table.
    boolean areWatched() {
        for (int event : armed) {
            if (event != 0) {
                return true;
            }
        }
        return false;
    }

    /// A table's number of entries changed. In a bundle that counts when all of it is done.
    void check(int table) {
        if (armed[table] == 0) {
            return;
        }
        if (bridge.undo().isOpen()) {
            changed.set(table);
            return;
        }
        TableSettings s = bridge.tables().settings(table);
        int vacancy = vacancy(table);
        int event = vacancy < s.vacancyDown ? DOWN : vacancy > s.vacancyUp ? UP : 0;
        if (event == armed[table]) {
            armed[table] = event == DOWN ? UP : DOWN;
            bridge.connections().tableStatus(event, describe(table));
        }
    }

    /// What a bundle did stays.
    void committed() {
        for (int t = changed.nextSetBit(0); t >= 0; t = changed.nextSetBit(t + 1)) {
            check(t);
        }
        changed.clear();
    }

    /// What a bundle did was taken back.
    void rolledBack() {
        changed.clear();
    }

    /// A table's configuration as OpenFlow 1.4 tells it.
    TableConfig describe(int table) {
        TableSettings s = bridge.tables().settings(table);
        int config = (s.eviction ? EVICTION : 0) | (s.vacancyEvents ? VACANCY_EVENTS : 0);
        return new TableConfig(
                table,
                config,
                EVICTION_FLAGS,
                s.vacancyEvents ? s.vacancyDown : -1,
                s.vacancyUp,
                vacancy(table));
    }
}
