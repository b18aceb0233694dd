package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.QueueStats;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Kind;

/// The rows of queues: configuration, description, statistics.
final class QueueRows {
    private QueueRows() {}

    static void register() {
        MessageTable.row(
                Message.QueueGetConfigRequest.class,
                Kind.TYPE,
                20,
                OF10,
                OF10,
                4,
                0,
                (in, c) -> new Message.QueueGetConfigRequest(PortNumbers.from16(in.u16())),
                (out, m, c) -> out.u16(PortNumbers.to16(m.port())).zeros(2));
        MessageTable.row(
                Message.QueueGetConfigRequest.class,
                Kind.TYPE,
                22,
                OF11,
                OF13,
                8,
                0,
                (in, c) -> new Message.QueueGetConfigRequest(PortNumbers.from32(in.s32())),
                (out, m, c) -> out.u32(m.port()).zeros(4));
        MessageTable.row(
                Message.QueueGetConfigReply.class,
                Kind.TYPE,
                21,
                OF10,
                OF10,
                8,
                8,
                QueueRows::config,
                QueueRows::putConfig);
        MessageTable.row(
                Message.QueueGetConfigReply.class,
                Kind.TYPE,
                23,
                OF11,
                OF13,
                8,
                8,
                QueueRows::config,
                QueueRows::putConfig);
        MessageTable.row(
                StatsRequest.Queue.class,
                Kind.REQUEST,
                5,
                OF10,
                OF10,
                8,
                0,
                (in, c) -> {
                    int port = PortNumbers.from16(in.u16());
                    in.skip(2);
                    return new StatsRequest.Queue(port == OfPort.ALL ? OfPort.ANY : port, in.s32());
                },
                (out, m, c) ->
                        out.u16(PortNumbers.to16(m.port() == OfPort.ANY ? OfPort.ALL : m.port()))
                                .zeros(2)
                                .u32(m.queue()));
        MessageTable.row(
                StatsRequest.Queue.class,
                Kind.REQUEST,
                5,
                OF11,
                OF15,
                8,
                0,
                (in, c) -> new StatsRequest.Queue(PortNumbers.from32(in.s32()), in.s32()),
                (out, m, c) -> out.u32(m.port()).u32(m.queue()));
        MessageTable.row(
                StatsReply.Queue.class,
                Kind.REPLY,
                5,
                OF10,
                OF10,
                0,
                32,
                QueueRows::stats,
                QueueRows::putStats);
        MessageTable.row(
                StatsReply.Queue.class,
                Kind.REPLY,
                5,
                OF11,
                OF12,
                0,
                32,
                QueueRows::stats,
                QueueRows::putStats);
        MessageTable.row(
                StatsReply.Queue.class,
                Kind.REPLY,
                5,
                OF13,
                OF13,
                0,
                40,
                QueueRows::stats,
                QueueRows::putStats);
        MessageTable.row(
                StatsReply.Queue.class,
                Kind.REPLY,
                5,
                OF14,
                OF15,
                0,
                8,
                QueueRows::stats,
                QueueRows::putStats);
        MessageTable.row(
                StatsRequest.QueueDesc.class,
                Kind.REQUEST,
                15,
                OF14,
                OF15,
                8,
                0,
                (in, c) -> new StatsRequest.QueueDesc(PortNumbers.from32(in.s32()), in.s32()),
                (out, m, c) -> out.u32(m.port()).u32(m.queue()));
        MessageTable.row(
                StatsReply.QueueDesc.class,
                Kind.REPLY,
                15,
                OF14,
                OF15,
                0,
                8,
                (in, c) -> {
                    List<QueueStats> queues = new ArrayList<>();
                    while (in.remaining() > 0) {
                        int port = in.s32();
                        int queue = in.s32();
                        in.skip(Math.max(0, in.u16() - 10));
                        queues.add(new QueueStats(port, queue, 0, 0, 0, -1));
                    }
                    return new StatsReply.QueueDesc(queues);
                },
                (out, m, c) -> {
                    for (QueueStats q : m.queues()) {
                        out.u32(q.port()).u32(q.queue()).u16(16).zeros(6);
                        out.boundary();
                    }
                });
    }

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

    private static StatsReply.Queue stats(WireReader in, Context c) {
        List<QueueStats> queues = new ArrayList<>();
        boolean old = c.version() == OF10;
        while (in.remaining() > 0) {
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
            queues.add(new QueueStats(port, queue, bytes, packets, errors, duration));
        }
        return new StatsReply.Queue(queues);
    }

    private static void putStats(WireWriter out, StatsReply.Queue m, Context c) {
        boolean old = c.version() == OF10;
        for (QueueStats q : m.queues()) {
            if (c.atLeast(OF14)) {
                out.u16(48).zeros(6);
            }
            if (old) {
                out.u16(PortNumbers.to16(q.port())).zeros(2);
            } else {
                out.u32(q.port());
            }
            out.u32(q.queue()).u64(q.txBytes()).u64(q.txPackets()).u64(q.txErrors());
            if (c.atLeast(OF13)) {
                FlowRows.putDuration(out, q.durationNanos());
            }
            out.boundary();
        }
    }
}
