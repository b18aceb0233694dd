package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.QueueStats;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.QueueCounters;

/// Answers to what controllers ask of queues. Their rates are not told, as in Open vSwitch: those
/// of OpenFlow are shares of a port's speed. Ofproto thread only; the caller has made all changes
/// effective.
final class QueueReplies {
    private static final int ALL_QUEUES = -1;

    /// This reply can't come in parts.
    private static final int MOST_IN_A_MESSAGE = 4000;

    private final OfSwitch bridge;

    QueueReplies(OfSwitch bridge) {
        this.bridge = bridge;
    }

    // With one queue asked for of all ports, it is enough if one of them has it.
    private List<QueueStats> of(int port, int queue) {
        List<QueueStats> found = new ArrayList<>();
        boolean any = queue == ALL_QUEUES;
        for (PortState p : ports(port)) {
            for (QueueCounters c : bridge.forwarding().queues(p.number())) {
                if (queue == ALL_QUEUES || queue == c.queue()) {
                    any = true;
                    found.add(stats(p.number(), c));
                }
            }
        }
        if (!any) {
            throw new OpenFlowException(
                    ErrorCode.OFPQOFC_BAD_QUEUE,
                    "there is no queue %s".formatted(Integer.toUnsignedString(queue)));
        }
        return found;
    }

    private List<PortState> ports(int port) {
        if (port == OfPort.ANY) {
            return HashOrder.of(bridge.ports().byAge(), p -> p.number() & 0xffff);
        }
        PortState one = bridge.ports().find(port);
        if (one == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPQOFC_BAD_PORT,
                    "there is no port %s".formatted(Integer.toUnsignedString(port)));
        }
        return List.of(one);
    }

    private QueueStats stats(int port, QueueCounters c) {
        return new QueueStats(
                port,
                c.queue(),
                c.bytes(),
                c.packets(),
                c.errors(),
                c.createdNanos() == QueueCounters.UNKNOWN
                        ? -1
                        : OfSwitch.wholeMillis(bridge.now() - c.createdNanos()));
    }

    // As in Open vSwitch, the local port can't be asked for, though it may have queues, nor can all
    // ports at once in 1.0.
    Message.QueueGetConfigReply config(Message.QueueGetConfigRequest request, Version version) {
        int port = request.port();
        if (port == OfPort.LOCAL || port == OfPort.ANY && version == Version.OF10) {
            throw new OpenFlowException(
                    ErrorCode.OFPQOFC_BAD_PORT, "name a port by a number below 0xff00");
        }
        List<QueueStats> all = of(port, ALL_QUEUES);
        return new Message.QueueGetConfigReply(
                port, all.subList(0, Math.min(MOST_IN_A_MESSAGE, all.size())));
    }

    StatsReply.Queue statistics(StatsRequest.Queue request) {
        return new StatsReply.Queue(of(request.port(), request.queue()));
    }

    StatsReply.QueueDesc descriptions(StatsRequest.QueueDesc request) {
        return new StatsReply.QueueDesc(of(request.port(), request.queue()));
    }
}
