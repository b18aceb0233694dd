package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.QueueStats;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of queues: configuration, description, statistics.
final class QueueRows {
    private QueueRows() {}

    // spotless:off
    static void register() {
        row(Message.QueueGetConfigRequest.class, TYPE.at(20, OF10, OF10, 4, 0),
                (in, c) -> new Message.QueueGetConfigRequest(PortNumbers.from16(in.u16())),
                (out, m, c) -> out.u16(PortNumbers.to16(m.port())).zeros(2));
        row(Message.QueueGetConfigRequest.class, TYPE.at(22, OF11, OF13, 8, 0),
                (in, c) -> new Message.QueueGetConfigRequest(PortNumbers.from32(in.s32())),
                (out, m, c) -> out.u32(m.port()).zeros(4));
        row(Message.QueueGetConfigReply.class, TYPE.at(21, OF10, OF10, 8, 8), QueueRows::config, QueueRows::putConfig);
        row(Message.QueueGetConfigReply.class, TYPE.at(23, OF11, OF13, 8, 8), QueueRows::config, QueueRows::putConfig);
        row(StatsRequest.Queue.class, REQUEST.at(5, OF10, OF10, 8, 0),
                (in, c) -> {
                    int port = PortNumbers.from16(in.u16());
                    in.skip(2);
                    return new StatsRequest.Queue(port == OfPort.ALL ? OfPort.ANY : port, in.s32());
                },
                (out, m, c) -> out.u16(PortNumbers.to16(m.port() == OfPort.ANY ? OfPort.ALL : m.port())).zeros(2).u32(m.queue()));
        row(StatsRequest.Queue.class, REQUEST.at(5, OF11, OF15, 8, 0),
                (in, c) -> new StatsRequest.Queue(PortNumbers.from32(in.s32()), in.s32()),
                (out, m, c) -> out.u32(m.port()).u32(m.queue()));
        stats(REPLY.at(5, OF10, OF12, 0, 32));
        stats(REPLY.at(5, OF13, OF13, 0, 40));
        stats(REPLY.at(5, OF14, OF15, 0, 8));
        row(StatsRequest.QueueDesc.class, REQUEST.at(15, OF14, OF15, 8, 0),
                (in, c) -> new StatsRequest.QueueDesc(PortNumbers.from32(in.s32()), in.s32()),
                (out, m, c) -> out.u32(m.port()).u32(m.queue()));
        list(StatsReply.QueueDesc.class, REPLY.at(15, OF14, OF15, 0, 8), StatsReply.QueueDesc::new, StatsReply.QueueDesc::queues,
                (in, c) -> {
                    int port = in.s32();
                    int queue = in.s32();
                    in.skip(Math.max(0, in.u16() - 10));
                    return new QueueStats(port, queue, 0, 0, 0, -1);
                },
                (out, q, c) -> out.u32(q.port()).u32(q.queue()).u16(16).zeros(6));
    }

    private static void stats(Form form) {
        list(StatsReply.Queue.class, form, StatsReply.Queue::new, StatsReply.Queue::queues,
                QueueRows::stats,
                QueueRows::putStats);
    }
    // spotless:on

    private static Message.QueueGetConfigReply config(WireReader in, Context c) {
        boolean old = c.version() == OF10;
        int port = old ? PortNumbers.from16(in.u16()) : in.s32();
        in.skip(old ? 6 : 4);
        List<QueueStats> queues = new ArrayList<>();
        while (in.remaining() > 0) {
            int queue = in.s32();
            int of = c.atLeast(OF12) ? in.s32() : port;
            int length = in.u16();
            in.skip(Math.max(0, length - (c.atLeast(OF12) ? 10 : 6)));
            queues.add(new QueueStats(of, queue, 0, 0, 0, -1));
        }
        return new Message.QueueGetConfigReply(port, queues);
    }

    private static void putConfig(WireWriter out, Message.QueueGetConfigReply m, Context c) {
        boolean old = c.version() == OF10;
        if (old) {
            out.u16(PortNumbers.to16(m.port())).zeros(6);
        } else {
            out.u32(m.port()).zeros(4);
        }
        for (QueueStats q : m.queues()) {
            out.u32(q.queue());
            if (!c.atLeast(OF12)) {
                out.u16(8).zeros(2);
            } else {
                out.u32(q.port()).u16(16).zeros(6);
            }
        }
    }

    private static QueueStats stats(WireReader in, Context c) {
        boolean old = c.version() == OF10;
        WireReader one = in;
        if (c.atLeast(OF14)) {
            one = in.part(Math.max(8, in.peekU16(0)), ErrorCode.OFPBRC_BAD_LEN);
            one.skip(8);
        }
        int port = old ? PortNumbers.from16(one.u16()) : one.s32();
        one.skip(old ? 2 : 0);
        int queue = one.s32();
        long bytes = one.s64();
        long packets = one.s64();
        long errors = one.s64();
        long duration = c.atLeast(OF13) ? PortRows.duration(one) : -1;
        return new QueueStats(port, queue, bytes, packets, errors, duration);
    }

    private static void putStats(WireWriter out, QueueStats q, Context c) {
        if (c.atLeast(OF14)) {
            out.u16(48).zeros(6);
        }
        if (c.version() == OF10) {
            out.u16(PortNumbers.to16(q.port())).zeros(2);
        } else {
            out.u32(q.port());
        }
        out.u32(q.queue()).u64(q.txBytes()).u64(q.txPackets()).u64(q.txErrors());
        if (c.atLeast(OF13)) {
            FlowRows.putDuration(out, q.durationNanos());
        }
    }
}
