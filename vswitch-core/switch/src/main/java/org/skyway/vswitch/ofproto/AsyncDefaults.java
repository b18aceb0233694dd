package org.skyway.vswitch.ofproto;

import org.skyway.openflow.message.AsyncConfig;
import org.skyway.openflow.message.Version;

/// Which asynchronous messages a controller gets until it chooses: as primary all packet-ins but
/// those for an invalid TTL, all port changes and removed flows; as secondary port changes only.
final class AsyncDefaults {
    /// OFPR_ codes, and two that tell table misses apart inside the switch.
    static final int NO_MATCH = 0;

    static final int ACTION = 1;
    static final int INVALID_TTL = 2;
    static final int ACTION_SET = 3;
    static final int GROUP = 4;
    static final int PACKET_OUT = 5;

    /// A miss that a table-miss entry of OpenFlow 1.3 sent.
    static final int EXPLICIT_MISS = 6;

    /// A miss that no entry sent.
    static final int IMPLICIT_MISS = 7;

    private static final int PORT_STATUS = 0x7;
    private static final int FLOW_REMOVED_10 = 0x7;
    private static final int FLOW_REMOVED_13 = 0xf;
    private static final int FLOW_REMOVED_14 = 0x3f;

    /// Nothing, for who is to ask first.
    static final AsyncConfig NOTHING =
            new AsyncConfig(
                    new AsyncConfig.Masks(0, 0, 0, 0, 0, 0),
                    new AsyncConfig.Masks(0, 0, 0, 0, 0, 0));

    private AsyncDefaults() {}

    static AsyncConfig of(Version version) {
        int packetIn =
                1 << NO_MATCH
                        | 1 << ACTION
                        | 1 << ACTION_SET
                        | 1 << GROUP
                        | 1 << PACKET_OUT
                        | 1 << EXPLICIT_MISS;
        if (!version.atLeast(Version.OF13)) {
            packetIn |= 1 << IMPLICIT_MISS;
        }
        int flowRemoved =
                switch (version) {
                    case OF10, OF11, OF12 -> FLOW_REMOVED_10;
                    case OF13 -> FLOW_REMOVED_13;
                    case OF14, OF15 -> FLOW_REMOVED_14;
                };
        return new AsyncConfig(
                new AsyncConfig.Masks(packetIn, PORT_STATUS, flowRemoved, 0, 0, 0),
                new AsyncConfig.Masks(0, PORT_STATUS, 0, 0, 0, 0));
    }

    /// The reason as a version knows it.
    static int told(int reason, Version version) {
        return switch (reason) {
            case ACTION_SET, GROUP, PACKET_OUT -> version.atLeast(Version.OF14) ? reason : ACTION;
            case EXPLICIT_MISS -> version.atLeast(Version.OF13) ? NO_MATCH : ACTION;
            case IMPLICIT_MISS -> NO_MATCH;
            default -> reason;
        };
    }
}
