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

/// Puts multipart requests together that come in several messages. Only table features and flow
/// monitors may.
final class MultipartAssembler {
    private static final int MAX_PARTS = 256;

    private final Map<Integer, List<Envelope>> parts = new HashMap<>();
    private int held;

    /// Takes a message.
    ///
    /// @return the whole request, or null if more parts are to come
    /// @throws OpenFlowException if it can't be in parts, or there are too many
    Envelope add(Envelope e) {
        List<Envelope> earlier = parts.isEmpty() ? null : parts.get(e.xid());
        if (!e.more() && (earlier == null || !(e.message() instanceof StatsRequest))) {
            return e;
        }
        if (e.more()) {
            if (++held > MAX_PARTS) {
                parts.clear();
                held = 0;
                throw new OpenFlowException(
                        ErrorCode.OFPBRC_MULTIPART_BUFFER_OVERFLOW, "too many parts");
            }
            parts.computeIfAbsent(e.xid(), k -> new ArrayList<>()).add(e);
            return null;
        }
        parts.remove(e.xid());
        held -= earlier.size();
        earlier.add(e);
        return new Envelope(e.version(), e.xid(), e.dialect(), false, join(earlier));
    }

    private static Message join(List<Envelope> all) {
        return switch (all.getFirst().message()) {
            case StatsRequest.TableFeatures first ->
                    new StatsRequest.TableFeatures(
                            all.stream()
                                    .flatMap(e -> same(first, e.message()).wanted().stream())
                                    .toList());
            case StatsRequest.FlowMonitor first ->
                    new StatsRequest.FlowMonitor(
                            all.stream()
                                    .flatMap(e -> same(first, e.message()).items().stream())
                                    .toList());
            default ->
                    throw new OpenFlowException(
                            ErrorCode.OFPBRC_BAD_STAT, "this request can't come in parts");
        };
    }

    private static <M extends Message> M same(M first, Message part) {
        if (part.getClass() != first.getClass()) {
            throw new OpenFlowException(ErrorCode.OFPBRC_BAD_STAT, "parts of different requests");
        }
        @SuppressWarnings("unchecked")
        M m = (M) part;
        return m;
    }
}
