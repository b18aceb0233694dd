package org.skyway.openflow.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads the headers of a frame in an array; a place is an index.
public final class FrameParser extends HeaderParser {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] frame;

    private FrameParser(byte[] frame) {
        this.frame = frame;
    }

    /// Reads a frame's flow key.
    ///
    /// @param frame the frame from the destination address on, without the checksum; of one that is
    ///   shorter than an Ethernet header there is nothing to be read
    /// @param inPort the ingress port
    /// @return [org.skyway.openflow.model.FlowKey#WORDS] words
    public static long[] parse(byte[] frame, int inPort) {
        FrameParser parser = new FrameParser(frame);
        parser.parse(0, frame.length, inPort);
        return parser.key();
    }

    @Override
    protected int u8(long at) {
        return frame[(int) at] & 0xff;
    }

    @Override
    protected int u16(long at) {
        return (short) SHORT.get(frame, (int) at) & 0xffff;
    }

    @Override
    protected int s32(long at) {
        return (int) INT.get(frame, (int) at);
    }

    @Override
    protected long s64(long at) {
        return (long) LONG.get(frame, (int) at);
    }
}
