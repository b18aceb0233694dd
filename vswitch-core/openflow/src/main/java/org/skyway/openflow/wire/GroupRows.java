package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.GroupStats;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of groups: modification, description, statistics, features. OpenFlow 1.0 has them as
/// Nicira extensions in the form of 1.5.
final class GroupRows {
    private GroupRows() {}

    // spotless:off
    static void register() {
        row(GroupMod.class, TYPE.at(15, OF11, OF14, 8, 8),  GroupRows::mod11, GroupRows::putMod);
        row(GroupMod.class, TYPE.at(15, OF15, OF15, 16, 8), GroupRows::mod15, GroupRows::putMod);
        row(GroupMod.class, NXT.at(31, OF10, OF10, 16, 8),  GroupRows::mod15, GroupRows::putMod);
        row(StatsRequest.GroupDesc.class, REQUEST.at(7, OF11, OF14, 0, 0),
                (in, c) -> new StatsRequest.GroupDesc(GroupMod.ALL),
                (out, m, c) -> {});
        descRequest(REQUEST.at(7, OF15, OF15, 8, 0));
        descRequest(NX_REQUEST.at(8, OF10, OF10, 8, 0));
        desc(REPLY.at(7, OF11, OF15, 0, 8));
        desc(NX_REPLY.at(8, OF10, OF10, 0, 8));
        stats(REQUEST.at(6, OF11, OF15, 8, 0),    REPLY.at(6, OF11, OF15, 0, 8));
        stats(NX_REQUEST.at(7, OF10, OF10, 8, 0), NX_REPLY.at(7, OF10, OF10, 0, 8));
        features(REQUEST.at(8, OF12, OF15, 0, 0),    REPLY.at(8, OF12, OF15, 40, 0));
        features(NX_REQUEST.at(9, OF10, OF11, 0, 0), NX_REPLY.at(9, OF10, OF11, 40, 0));
    }

    private static void descRequest(Form form) {
        row(StatsRequest.GroupDesc.class, form,
                (in, c) -> new StatsRequest.GroupDesc(in.s32()),
                (out, m, c) -> out.u32(m.group()).zeros(4));
    }

    private static void desc(Form form) {
        list(StatsReply.GroupDesc.class, form, StatsReply.GroupDesc::new, StatsReply.GroupDesc::groups,
                (in, c) -> descItem(in.part(Math.max(8, in.peekU16(0)), ErrorCode.OFPBRC_BAD_LEN), c),
                GroupRows::putDesc);
    }

    private static void stats(Form request, Form reply) {
        row(StatsRequest.Group.class, request,
                (in, c) -> new StatsRequest.Group(in.s32()),
                (out, m, c) -> out.u32(m.group()).zeros(4));
        list(StatsReply.Group.class, reply, StatsReply.Group::new, StatsReply.Group::groups,
                GroupRows::statsItem,
                GroupRows::putStats);
    }

    private static void features(Form request, Form reply) {
        empty(StatsRequest.GroupFeatures.class, request, new StatsRequest.GroupFeatures());
        row(StatsReply.GroupFeatures.class, reply,
                (in, c) -> new StatsReply.GroupFeatures(
                        in.s32(),
                        in.s32(),
                        List.of(in.s32(), in.s32(), in.s32(), in.s32()),
                        List.of(in.s32(), in.s32(), in.s32(), in.s32())),
                (out, m, c) -> {
                    out.u32(m.types()).u32(m.capabilities());
                    m.maxGroups().forEach(out::u32);
                    m.actions().forEach(out::u32);
                });
    }
    // spotless:on

    /// Whether the form is that of 1.5.
    private static boolean newForm(Context c) {
        return c.version() == OF10 || c.atLeast(OF15);
    }

    /// Whether statistics tell how long a group has been there.
    private static boolean timed(Context c) {
        return c.version() == OF10 || c.atLeast(OF13);
    }

    private static GroupMod mod11(WireReader in, Context c) {
        int command = in.u16();
        int type = in.u8();
        in.skip(1);
        int group = in.s32();
        List<GroupEntry.Bucket> buckets = BucketCodec.get13(in, c.version());
        if (command == GroupMod.DELETE && !buckets.isEmpty() && c.atLeast(OF13)) {
            throw new OpenFlowException(ErrorCode.OFPGMFC_INVALID_GROUP, "a deletion with buckets");
        }
        GroupEntry entry = new GroupEntry(group, type(type), buckets);
        return check(new GroupMod(command, group, type, GroupMod.BUCKET_ALL, entry));
    }

    private static GroupMod mod15(WireReader in, Context c) {
        int command = in.u16();
        int type = in.u8();
        in.skip(1);
        int group = in.s32();
        int length = in.u16();
        in.skip(2);
        int bucket = in.s32();
        checkCommandBucket(command, bucket);
        WireReader list = in.part(length, ErrorCode.OFPGMFC_BAD_BUCKET);
        List<GroupEntry.Bucket> buckets = BucketCodec.get15(list, c.version(), type);
        SelectionCodec.Selection s = SelectionCodec.get(in, type, command);
        GroupEntry entry =
                new GroupEntry(group, type(type), buckets, s.method(), s.param(), s.fields());
        return check(new GroupMod(command, group, type, bucket, entry));
    }

    private static void checkCommandBucket(int command, int bucket) {
        boolean single =
                Integer.compareUnsigned(bucket, BucketCodec.MAX_ID) <= 0
                        || bucket == GroupMod.BUCKET_FIRST
                        || bucket == GroupMod.BUCKET_LAST;
        boolean ok =
                switch (command) {
                    case GroupMod.REMOVE_BUCKET -> single || bucket == GroupMod.BUCKET_ALL;
                    case GroupMod.INSERT_BUCKET -> single;
                    default -> bucket == GroupMod.BUCKET_ALL;
                };
        if (!ok) {
            throw new OpenFlowException(
                    ErrorCode.OFPGMFC_BAD_BUCKET, "command bucket 0x%x".formatted(bucket));
        }
    }

    private static GroupEntry.Type type(int code) {
        GroupEntry.Type[] types = GroupEntry.Type.values();
        return code < types.length ? types[code] : GroupEntry.Type.ALL;
    }

    private static GroupMod check(GroupMod m) {
        List<GroupEntry.Bucket> buckets = m.entry().buckets();
        boolean delete = m.command() == GroupMod.DELETE;
        if (m.type() > 3) {
            throw new OpenFlowException(ErrorCode.OFPGMFC_BAD_TYPE, "group type " + m.type());
        }
        GroupEntry.Type type = m.entry().type();
        if (type == GroupEntry.Type.INDIRECT && !delete && buckets.size() != 1) {
            throw invalid("an indirect group with %d buckets".formatted(buckets.size()));
        }
        switch (m.command()) {
            case GroupMod.ADD,
                    GroupMod.MODIFY,
                    GroupMod.DELETE,
                    GroupMod.ADD_OR_MODIFY,
                    GroupMod.INSERT_BUCKET -> {}
            case GroupMod.REMOVE_BUCKET -> {
                if (!buckets.isEmpty()) {
                    throw new OpenFlowException(
                            ErrorCode.OFPGMFC_BAD_BUCKET, "a removal with buckets");
                }
            }
            default ->
                    throw new OpenFlowException(
                            ErrorCode.OFPGMFC_BAD_COMMAND, "group command " + m.command());
        }
        for (GroupEntry.Bucket b : buckets) {
            check(m, type, b);
        }
        return m;
    }

    private static void check(GroupMod m, GroupEntry.Type type, GroupEntry.Bucket b) {
        if (b.weight() != 0
                && type != GroupEntry.Type.SELECT
                && m.command() != GroupMod.INSERT_BUCKET) {
            throw invalid("a weight in a group that is not of type select");
        }
        boolean watches = b.watchPort() != -1 || b.watchGroup() != -1;
        if (watches && (type == GroupEntry.Type.ALL || type == GroupEntry.Type.INDIRECT)) {
            throw new OpenFlowException(
                    ErrorCode.OFPGMFC_WATCH_UNSUPPORTED,
                    "a group of type %s watches".formatted(type));
        }
        if (!watches && type == GroupEntry.Type.FAST_FAILOVER) {
            throw invalid("a fast failover bucket that watches nothing");
        }
    }

    private static OpenFlowException invalid(String reason) {
        return new OpenFlowException(ErrorCode.OFPGMFC_INVALID_GROUP, reason);
    }

    private static void putMod(WireWriter out, GroupMod m, Context c) {
        out.u16(m.command()).u8(m.type()).zeros(1).u32(m.group());
        if (!newForm(c)) {
            BucketCodec.put13(out, m.entry().buckets(), c.version());
            return;
        }
        int at = out.size();
        out.u16(0).zeros(2).u32(m.commandBucket());
        int start = out.size();
        BucketCodec.put15(out, m.entry(), c.version());
        out.setU16(at, out.size() - start);
        SelectionCodec.put(out, m.entry(), c.version());
    }

    private static void putStats(WireWriter out, GroupStats g, Context c) {
        out.u16((timed(c) ? 40 : 32) + 16 * g.buckets().size()).zeros(2).u32(g.group());
        out.u32(g.references()).zeros(4).u64(g.packets()).u64(g.bytes());
        if (timed(c)) {
            FlowRows.putDuration(out, g.durationNanos());
        }
        for (GroupStats.Bucket b : g.buckets()) {
            out.u64(b.packets()).u64(b.bytes());
        }
    }

    private static GroupEntry descItem(WireReader in, Context c) {
        in.skip(2);
        int type = in.u8();
        in.skip(1);
        int group = in.s32();
        if (!newForm(c)) {
            return new GroupEntry(group, type(type), BucketCodec.get13(in, c.version()));
        }
        int length = in.u16();
        in.skip(6);
        List<GroupEntry.Bucket> buckets =
                BucketCodec.get15(in.part(length, ErrorCode.OFPGMFC_BAD_BUCKET), c.version(), type);
        SelectionCodec.Selection s = SelectionCodec.get(in, type, GroupMod.ADD);
        return new GroupEntry(group, type(type), buckets, s.method(), s.param(), s.fields());
    }

    private static void putDesc(WireWriter out, GroupEntry g, Context c) {
        int start = out.size();
        out.u16(0).u8(g.type().ordinal()).zeros(1).u32(g.id());
        if (newForm(c)) {
            int at = out.size();
            out.u16(0).zeros(6);
            int list = out.size();
            BucketCodec.put15(out, g, c.version());
            out.setU16(at, out.size() - list);
            SelectionCodec.put(out, g, c.version());
        } else {
            BucketCodec.put13(out, g.buckets(), c.version());
        }
        out.setU16(start, out.size() - start);
    }

    private static GroupStats statsItem(WireReader in, Context c) {
        int length = in.u16();
        in.skip(2);
        int group = in.s32();
        int references = in.s32();
        in.skip(4);
        long packets = in.s64();
        long bytes = in.s64();
        long duration = timed(c) ? FlowRows.duration(in) : -1;
        WireReader rest = in.part(length - (timed(c) ? 40 : 32), ErrorCode.OFPBRC_BAD_LEN);
        List<GroupStats.Bucket> buckets = new ArrayList<>();
        while (rest.remaining() > 0) {
            buckets.add(new GroupStats.Bucket(rest.s64(), rest.s64()));
        }
        return new GroupStats(group, references, packets, bytes, duration, buckets);
    }
}
