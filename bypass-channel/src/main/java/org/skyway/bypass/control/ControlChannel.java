package org.skyway.bypass.control;

import java.nio.channels.ByteChannel;

/// Control messages over any channel of bytes.
public final class ControlChannel extends MessageChannel<ControlMessage> {
    /// Speaks over a channel, which it closes in the end.
    ///
    /// @param bytes in blocking mode
    public ControlChannel(ByteChannel bytes) {
        super(bytes, ControlCodec.CODEC);
    }
}
