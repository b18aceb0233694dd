package org.skyway.vswitch.ofproto;

import org.skyway.vswitch.tables.TableMiss;

/// What controllers can set of a flow table. Ofproto thread only.
final class TableSettings {
    /// OFPTC14_EVICTION: make room by evicting when the table is full.
    boolean eviction;

    /// OFPTC14_VACANCY_EVENTS: tell when the table gets full or empty.
    boolean vacancyEvents;

    int vacancyDown;
    int vacancyUp;

    /// What becomes of packets that no entry matches.
    TableMiss miss = TableMiss.DEFAULT;

    /// The name that a controller gave the table; may be empty.
    String name = "";
}
