package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;

/// A multipart request, or one part of it, as its headers and its length tell.
///
/// @param form equal in all parts of one request
/// @param empty whether it has no body; a part of any request may have none
/// @param bodyNeeded whether at least one part must have one
/// @param more whether more parts follow
public record RequestPart(Object form, boolean empty, boolean bodyNeeded, boolean more) {
    /// Looks at a frame.
    ///
    /// @param frame a whole message
    /// @return the part; null if it is another message
    /// @throws OpenFlowException if there is no such request, or it can't have that length
    public static RequestPart of(byte[] frame) {
        Version version = Version.of(OpenFlowCodec.version(frame));
        if (version == null || OpenFlowCodec.type(frame) != MessageHead.multipartRequest(version)) {
            return null;
        }
        WireReader in = new WireReader(frame, ErrorCode.OFPBRC_BAD_LEN);
        MessageHead h = MessageHead.read(in);
        if (in.remaining() > 0) {
            h.row().form().checkLength(in.remaining());
        }
        return new RequestPart(
                h.row(),
                in.remaining() == 0,
                h.row().form().minBody() > 0,
                h.more() && version.atLeast(Version.OF13));
    }
}
