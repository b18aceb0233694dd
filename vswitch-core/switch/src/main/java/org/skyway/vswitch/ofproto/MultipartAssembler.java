package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.openflow.wire.RequestPart;

/// Holds the parts of multipart requests until all are there. Each part is checked when it comes,
/// as far as its headers and its length tell; parts without a body may stand anywhere.
final class MultipartAssembler {
    private static final int MAX_BYTES = 4 << 20;
    private static final int MAX_PARTIALS = 64;

    /// How long the next part may take.
    private static final long TIMEOUT_NANOS = 1_000_000_000L;

    /// A request of which some parts are there.
    private static final class Partial {
        final Object form;
        final List<byte[]> bodies = new ArrayList<>();
        byte[] last;
        int bytes;
        long deadline;

        Partial(Object form) {
            this.form = form;
        }

        /// The parts that matter; one must remain, be it an empty one.
        List<byte[]> whole() {
            return bodies.isEmpty() ? List.of(last) : bodies;
        }
    }

    private final Map<Integer, Partial> partials = new HashMap<>();

    /// Takes a message.
    ///
    /// @param now a [System#nanoTime]
    /// @return all its parts that have a body, which is most often just itself; null if more are to
    ///   come
    /// @throws OpenFlowException if it is a part that can't be
    List<byte[]> add(byte[] frame, long now) {
        RequestPart part = RequestPart.of(frame);
        if (part == null) {
            return List.of(frame);
        }
        int xid = OpenFlowCodec.xid(frame);
        if (partials.size() >= MAX_PARTIALS && !partials.containsKey(xid)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_MULTIPART_BUFFER_OVERFLOW,
                    "%d requests are in parts already".formatted(MAX_PARTIALS));
        }
        Partial p = partials.computeIfAbsent(xid, k -> new Partial(part.form()));
        p.deadline = now + TIMEOUT_NANOS;
        p.bytes += frame.length;
        p.last = frame;
        if (!part.empty()) {
            p.bodies.add(frame);
        }
        if (p.form != part.form()) {
            throw refuse(xid, ErrorCode.OFPBRC_BAD_STAT, "parts of different requests");
        }
        if (p.bytes > MAX_BYTES) {
            throw refuse(
                    xid,
                    ErrorCode.OFPBRC_MULTIPART_BUFFER_OVERFLOW,
                    "%d bytes in parts".formatted(p.bytes));
        }
        if (!part.more() && p.bodies.isEmpty() && part.bodyNeeded()) {
            throw refuse(xid, ErrorCode.OFPBRC_BAD_LEN, "no part has a body");
        }
        return part.more() ? null : partials.remove(xid).whole();
    }

    private OpenFlowException refuse(int xid, ErrorCode error, String reason) {
        partials.remove(xid);
        return new OpenFlowException(error, reason);
    }

    /// Gives up requests whose next part does not come.
    ///
    /// @param now a [System#nanoTime]
    /// @return the last part of each
    List<byte[]> expire(long now) {
        List<byte[]> late = new ArrayList<>();
        partials.values().removeIf(p -> now - p.deadline >= 0 && late.add(p.last));
        return late;
    }

    /// Whether a request may have more than one part with a body.
    static boolean maySpan(Class<? extends Message> request) {
        return request == StatsRequest.TableFeatures.class
                || request == StatsRequest.FlowMonitor.class;
    }

    /// The request that several parts make.
    static Envelope join(List<Envelope> parts) {
        Envelope first = parts.getFirst();
        Message all =
                switch (first.message()) {
                    case StatsRequest.TableFeatures m ->
                            new StatsRequest.TableFeatures(
                                    parts.stream()
                                            .map(e -> (StatsRequest.TableFeatures) e.message())
                                            .flatMap(p -> p.wanted().stream())
                                            .toList());
                    case StatsRequest.FlowMonitor m ->
                            new StatsRequest.FlowMonitor(
                                    parts.stream()
                                            .map(e -> (StatsRequest.FlowMonitor) e.message())
                                            .flatMap(p -> p.items().stream())
                                            .toList());
                    default -> first.message();
                };
        return new Envelope(first.version(), first.xid(), first.dialect(), false, all);
    }
}
