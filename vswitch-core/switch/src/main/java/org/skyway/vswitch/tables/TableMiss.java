package org.skyway.vswitch.tables;

/// What becomes of packets that no entry of a table matches (OpenFlow 1.1.0, "Modify State
/// Messages", OFPTC_TABLE_MISS_). What a `resubmit` looks up is not meant, as in Open vSwitch.
public enum TableMiss {
    /// Nobody has said anything: controllers of OpenFlow 1.2 or older are told, if they want that.
    DEFAULT,
    /// Controllers are told.
    CONTROLLER,
    /// The next table is looked up; behind the last one, controllers are told.
    CONTINUE,
    /// Nothing.
    DROP;

    /// How OpenFlow 1.1 and 1.2 say it.
    ///
    /// @return OFPTC_TABLE_MISS_ bits
    public int bits() {
        return switch (this) {
            case DEFAULT, CONTROLLER -> 0;
            case CONTINUE -> 1;
            case DROP -> 2;
        };
    }

    /// What OpenFlow 1.1 and 1.2 say. What means nothing there is as to the controllers, as in Open
    /// vSwitch.
    ///
    /// @param bits OFPTC_TABLE_MISS_ bits
    /// @return what is to become of them
    public static TableMiss of(int bits) {
        return switch (bits) {
            case 1 -> CONTINUE;
            case 2 -> DROP;
            default -> CONTROLLER;
        };
    }
}
