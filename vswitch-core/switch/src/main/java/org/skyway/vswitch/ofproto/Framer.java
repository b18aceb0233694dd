package org.skyway.vswitch.ofproto;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Cuts a stream into messages by their length field. A length that is shorter than a header can't
/// be recovered from: the connection ends.
final class Framer extends ByteToMessageDecoder {
    private static final int LENGTH_OFFSET = 2;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < OpenFlowCodec.HEADER) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex() + LENGTH_OFFSET);
        if (length < OpenFlowCodec.HEADER) {
            in.skipBytes(in.readableBytes());
            ctx.close();
            return;
        }
        if (in.readableBytes() >= length) {
            byte[] frame = new byte[length];
            in.readBytes(frame);
            out.add(frame);
        }
    }
}
