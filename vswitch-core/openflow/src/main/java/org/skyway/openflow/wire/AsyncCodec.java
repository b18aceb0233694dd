package org.skyway.openflow.wire;

import org.skyway.openflow.message.AsyncConfig;
import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;

/// The masks of asynchronous messages: three pairs in a fixed structure until 1.3, properties
/// since. A property's type is twice the kind of message, plus one for the primary's mask.
final class AsyncCodec {
    /// Every mask is given.
    static final int ALL = 0xfff;

    private static final int KINDS = 6;
    private static final int OLD_KINDS = 3;
    private static final int PACKET_IN = 0;

    /// The reasons of each kind that a version before 1.4 knows: three for packet-ins and ports,
    /// six for removed flows, three roles, two for tables, two for requests.
    private static final int[] ALLOWED = {0x7, 0x7, 0x3f, 0x7, 0x18, 0x3};

    private static final int PACKET_IN_14 = 0x3f;
    private static final int NO_MATCH = 1;
    private static final int ACTION = 1 << 1;
    private static final int ACTIONS_14 = 1 << 3 | 1 << 4 | 1 << 5;
    private static final int EXPLICIT_MISS = 1 << 6;
    private static final int IMPLICIT_MISS = 1 << 7;

    private AsyncCodec() {}

    private static int allowed(int kind, Version version) {
        return kind == PACKET_IN && version.atLeast(Version.OF14) ? PACKET_IN_14 : ALLOWED[kind];
    }

    /// Inside, reasons are finer than in a version: table misses have reasons of their own, where
    /// the standard has one for both, or in 1.3 none for the packets that no table-miss entry sent;
    /// and before 1.4, an action may stand in an action set, a group or a packet-out.
    private static int spread(int kind, int mask, Version version) {
        if (kind != PACKET_IN) {
            return mask;
        }
        int all = mask;
        if ((mask & NO_MATCH) != 0) {
            all |= EXPLICIT_MISS | (version.atLeast(Version.OF13) ? 0 : IMPLICIT_MISS);
        }
        if ((mask & ACTION) != 0 && !version.atLeast(Version.OF14)) {
            all |= ACTIONS_14;
        }
        return all;
    }

    static AsyncConfig getOld(WireReader in, Version version) {
        int[] primary = new int[KINDS];
        int[] secondary = new int[KINDS];
        for (int kind = 0; kind < OLD_KINDS; kind++) {
            primary[kind] = spread(kind, in.s32() & allowed(kind, version), version);
            secondary[kind] = spread(kind, in.s32() & allowed(kind, version), version);
        }
        return new AsyncConfig(masks(primary), masks(secondary));
    }

    static AsyncMessage.SetAsync get(WireReader in, Version version) {
        int[] primary = new int[KINDS];
        int[] secondary = new int[KINDS];
        int given = 0;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in, Properties.EXPERIMENTER - 1);
            if (p.type() == Properties.EXPERIMENTER) {
                throw p.unknown();
            }
            if (p.type() >= 2 * KINDS) {
                throw new OpenFlowException(ErrorCode.OFPACFC_UNSUPPORTED, "property " + p.type());
            }
            int mask = p.s32();
            int kind = p.type() / 2;
            if ((mask & ~allowed(kind, version)) != 0) {
                throw new OpenFlowException(
                        ErrorCode.OFPACFC_INVALID,
                        "mask 0x%x of property %d".formatted(mask, p.type()));
            }
            boolean isPrimary = (p.type() & 1) != 0;
            (isPrimary ? primary : secondary)[kind] = spread(kind, mask, version);
            given |= (isPrimary ? 1 : 2) << 2 * kind;
        }
        return new AsyncMessage.SetAsync(new AsyncConfig(masks(primary), masks(secondary)), given);
    }

    private static AsyncConfig.Masks masks(int[] m) {
        return new AsyncConfig.Masks(m[0], m[1], m[2], m[3], m[4], m[5]);
    }

    private static int mask(AsyncConfig.Masks m, int kind) {
        return switch (kind) {
            case 0 -> m.packetIn();
            case 1 -> m.portStatus();
            case 2 -> m.flowRemoved();
            case 3 -> m.roleStatus();
            case 4 -> m.tableStatus();
            default -> m.requestForward();
        };
    }

    static void putOld(WireWriter out, AsyncConfig config, Version version) {
        for (int kind = 0; kind < OLD_KINDS; kind++) {
            out.u32(mask(config.primary(), kind) & allowed(kind, version));
            out.u32(mask(config.secondary(), kind) & allowed(kind, version));
        }
    }

    static void put(WireWriter out, AsyncConfig config, int given, Version version) {
        for (int kind = 0; kind < KINDS; kind++) {
            int pair = given >>> 2 * kind;
            if ((pair & 2) != 0) {
                Properties.u32(
                        out, 2 * kind, mask(config.secondary(), kind) & allowed(kind, version));
            }
            if ((pair & 1) != 0) {
                Properties.u32(
                        out, 2 * kind + 1, mask(config.primary(), kind) & allowed(kind, version));
            }
        }
    }
}
