package org.skyway.vswitch.bridge;

import org.skyway.ivshmem.sys.LinkModes;
import org.skyway.openflow.model.PortState;

/// A link's features in OpenFlow (OpenFlow 1.3.5, "Port Structures"), by what its driver says of it
/// (Linux, `ethtool.h`).
final class PortFeatures {
    private static final int COPPER = 1 << 11;
    private static final int FIBER = 1 << 12;
    private static final int AUTONEG = 1 << 13;
    private static final int PORT_TP = 0;
    private static final int PORT_FIBRE = 3;

    /// Speeds that OpenFlow has bits for.
    private record Speed(int mbps, int half, int full) {}

    /// Modes of ethtool's that are one feature of OpenFlow's.
    private record Mode(int bits, int feature) {}

    // spotless:off
    private static final Speed[] SPEEDS = {
        new Speed(       10, 1 << 0, 1 << 1),
        new Speed(      100, 1 << 2, 1 << 3),
        new Speed(    1_000, 1 << 4, 1 << 5),
        new Speed(   10_000, 1 << 6, 1 << 6),
        new Speed(   40_000, 1 << 7, 1 << 7),
        new Speed(  100_000, 1 << 8, 1 << 8),
        new Speed(1_000_000, 1 << 9, 1 << 9),
    };

    private static final Mode[] MODES = {
        new Mode(1 << 0,                                  1 << 0), // 10baseT, half and full
        new Mode(1 << 1,                                  1 << 1),
        new Mode(1 << 2,                                  1 << 2), // 100baseT
        new Mode(1 << 3,                                  1 << 3),
        new Mode(1 << 4,                                  1 << 4), // 1000baseT, and KX
        new Mode(1 << 5 | 1 << 17,                        1 << 5),
        new Mode(1 << 12 | 1 << 18 | 1 << 19 | 1 << 20,   1 << 6), // 10000baseT, KX4, KR, R_FEC
        new Mode(1 << 23 | 1 << 24 | 1 << 25 | 1 << 26,   1 << 7), // 40000baseKR4, CR4, SR4, LR4
        new Mode(1 << 7,                                  COPPER),
        new Mode(1 << 10,                                 FIBER),
        new Mode(1 << 6,                                  AUTONEG),
        new Mode(1 << 13,                                 1 << 14), // pause
        new Mode(1 << 14,                                 1 << 15), // and asymmetric
    };
    // spotless:on

    private PortFeatures() {}

    /// A port with the link that its interface has.
    static PortState of(PortState port, LinkModes modes) {
        int supported = features(modes.supported());
        return port.withLink(
                current(modes),
                features(modes.advertised()),
                supported,
                modes.speedMbps() * 1000,
                fastestMbps(supported) * 1000);
    }

    private static int current(LinkModes modes) {
        int features =
                switch (modes.connector()) {
                    case PORT_TP -> COPPER;
                    case PORT_FIBRE -> FIBER;
                    default -> 0;
                };
        for (Speed s : SPEEDS) {
            if (s.mbps == modes.speedMbps()) {
                features |= modes.fullDuplex() ? s.full : s.half;
            }
        }
        return modes.autonegotiates() ? features | AUTONEG : features;
    }

    private static int features(int modes) {
        int features = 0;
        for (Mode m : MODES) {
            if ((modes & m.bits) != 0) {
                features |= m.feature;
            }
        }
        return features;
    }

    private static int fastestMbps(int features) {
        int fastest = 0;
        for (Speed s : SPEEDS) {
            if ((features & (s.half | s.full)) != 0) {
                fastest = s.mbps;
            }
        }
        return fastest;
    }
}
