package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.GroupEntry.Bucket;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// A group's buckets, in the forms of 1.1 to 1.4 and of 1.5.
final class BucketCodec {
    /// The highest bucket id (OFPG15_BUCKET_MAX).
    static final int MAX_ID = 0xffffff00;

    private static final int SELECT = 1;
    private static final int WEIGHT = 0;
    private static final int WATCH_PORT = 1;
    private static final int WATCH_GROUP = 2;

    private BucketCodec() {}

    static List<Bucket> get13(WireReader in, Version version) {
        List<Bucket> buckets = new ArrayList<>();
        while (in.remaining() > 0) {
            int left = in.remaining();
            if (left < 16) {
                throw bad("%d bytes left".formatted(left));
            }
            int length = in.u16();
            if (length < 16 || length > left) {
                throw bad("%d bytes of %d".formatted(length, left));
            }
            int weight = in.u16();
            int watchPort = in.s32();
            int watchGroup = in.s32();
            in.skip(4);
            List<Action> actions = ActionCodec.list(in, length - 16, version, Match.ANY);
            checkWatch(watchPort);
            buckets.add(new Bucket(buckets.size(), weight, watchPort, watchGroup, actions));
        }
        return buckets;
    }

    static List<Bucket> get15(WireReader in, Version version, int groupType) {
        List<Bucket> buckets = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        while (in.remaining() > 0) {
            int left = in.remaining();
            if (left < 8) {
                throw bad("%d bytes left".formatted(left));
            }
            int length = in.u16();
            int actionsLength = in.u16();
            int id = in.s32();
            if (length < 8 || length > left || actionsLength > length - 8) {
                throw bad(
                        "%d bytes with %d of actions in %d".formatted(length, actionsLength, left));
            }
            List<Action> actions = ActionCodec.list(in, actionsLength, version, Match.ANY);
            WireReader properties = in.part(length - 8 - actionsLength, ErrorCode.OFPBPC_BAD_LEN);
            int weight = groupType == SELECT ? 1 : 0;
            int watchPort = OfPort.ANY;
            int watchGroup = -1;
            while (properties.remaining() > 0) {
                Properties.Property p = Properties.next(properties);
                switch (p.type()) {
                    case WEIGHT -> weight = p.u16();
                    case WATCH_PORT -> watchPort = p.s32();
                    case WATCH_GROUP -> watchGroup = p.s32();
                    default -> throw p.unknown();
                }
            }
            checkWatch(watchPort);
            if (Integer.compareUnsigned(id, MAX_ID) > 0 || !ids.add(id)) {
                throw bad("id 0x%x out of range or twice".formatted(id));
            }
            buckets.add(new Bucket(id, weight, watchPort, watchGroup, actions));
        }
        return buckets;
    }

    private static void checkWatch(int port) {
        if (!PortNumbers.valid32(port)) {
            throw new OpenFlowException(
                    ErrorCode.OFPGMFC_BAD_WATCH, "watch port 0x%x".formatted(port));
        }
    }

    private static OpenFlowException bad(String reason) {
        return new OpenFlowException(ErrorCode.OFPGMFC_BAD_BUCKET, "bucket: " + reason);
    }

    static void put13(WireWriter out, List<Bucket> buckets, Version version) {
        for (Bucket b : buckets) {
            int start = out.size();
            out.u16(0).u16(b.weight()).u32(b.watchPort()).u32(b.watchGroup()).zeros(4);
            ActionEncoder.put(out, b.actions(), version, Match.ANY);
            out.setU16(start, out.size() - start);
        }
    }

    static void put15(WireWriter out, GroupEntry group, Version version) {
        for (Bucket b : group.buckets()) {
            int start = out.size();
            out.u16(0).u16(0).u32(b.id());
            ActionEncoder.put(out, b.actions(), version, Match.ANY);
            out.setU16(start + 2, out.size() - start - 8);
            if (group.type() == GroupEntry.Type.SELECT || b.weight() != 0) {
                Properties.u16(out, WEIGHT, b.weight());
            }
            if (b.watchPort() != OfPort.ANY) {
                Properties.u32(out, WATCH_PORT, b.watchPort());
            }
            if (b.watchGroup() != -1) {
                Properties.u32(out, WATCH_GROUP, b.watchGroup());
            }
            out.setU16(start, out.size() - start);
        }
    }
}
