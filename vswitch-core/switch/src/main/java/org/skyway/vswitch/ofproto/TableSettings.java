package org.skyway.vswitch.ofproto;

/// What controllers can set of a flow table. Ofproto thread only.
final class TableSettings {
    /// OFPTC14_EVICTION: make room by evicting when the table is full.
    boolean eviction;

    /// OFPTC14_VACANCY_EVENTS: tell when the table gets full or empty.
    boolean vacancyEvents;

    int vacancyDown;
    int vacancyUp;

    /// The state before 1.3 of what happens on a miss; kept only to be told again.
    int missConfig;

    /// The name that a controller gave the table; may be empty.
    String name = "";
}
