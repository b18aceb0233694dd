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

/// Holds the parts of multipart requests until all are there. Only table features and flow monitors
/// may come in parts.
final class MultipartAssembler {
    private static final int MAX_PARTS = 256;

    private final Map<Integer, List<byte[]>> parts = new HashMap<>();
    private int held;

    /// Takes a message.
    ///
    /// @return all its parts, which is most often just itself; null if more are to come
    /// @throws OpenFlowException if too many parts are held
    List<byte[]> add(byte[] frame) {
        boolean more = OpenFlowCodec.morePartsFollow(frame);
        if (!more && (parts.isEmpty() || !OpenFlowCodec.isMultipartRequest(frame))) {
            return List.of(frame);
        }
        int xid = OpenFlowCodec.xid(frame);
        if (more) {
            if (++held > MAX_PARTS) {
                parts.clear();
                held = 0;
                throw new OpenFlowException(
                        ErrorCode.OFPBRC_MULTIPART_BUFFER_OVERFLOW, "too many parts");
            }
            parts.computeIfAbsent(xid, k -> new ArrayList<>()).add(frame);
            return null;
        }
        List<byte[]> all = parts.remove(xid);
        if (all == null) {
            return List.of(frame);
        }
        held -= all.size();
        all.add(frame);
        return all;
    }

    /// The request that several parts make.
    ///
    /// @throws OpenFlowException if it can't come in parts, or one of them is malformed
    static Envelope join(List<byte[]> frames, boolean tableInCommand) {
        List<Envelope> all = new ArrayList<>();
        for (byte[] frame : frames) {
            all.add(OpenFlowCodec.decode(frame, tableInCommand));
        }
        Envelope first = all.getFirst();
        return new Envelope(first.version(), first.xid(), first.dialect(), false, joined(all));
    }

    private static Message joined(List<Envelope> all) {
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
