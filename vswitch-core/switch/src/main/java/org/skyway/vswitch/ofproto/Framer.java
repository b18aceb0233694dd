package org.skyway.vswitch.ofproto;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.skyway.openflow.wire.OpenFlowCodec;

/// Cuts a stream into messages by their length field, and copies each once. A length that is
/// shorter than a header can't be recovered from: the connection ends.
final class Framer extends ChannelInboundHandlerAdapter {
    private static final int LENGTH_END = 4; // version, type, length

    private final byte[] start = new byte[LENGTH_END];
    private byte[] frame; // null until its length is known
    private int filled; // bytes that there are of it
    private boolean over;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            while (!over && in.isReadable()) {
                cut(ctx, in);
            }
        } finally {
            in.release();
        }
    }

    private void cut(ChannelHandlerContext ctx, ByteBuf in) {
        if (frame == null) {
            fill(start, in);
            if (filled < LENGTH_END) {
                return;
            }
            int length = (start[2] & 0xff) << 8 | start[3] & 0xff;
            if (length < OpenFlowCodec.HEADER) {
                over = true;
                ctx.close();
                return;
            }
            frame = new byte[length];
            System.arraycopy(start, 0, frame, 0, LENGTH_END);
        }
        fill(frame, in);
        if (filled == frame.length) {
            byte[] whole = frame;
            frame = null;
            filled = 0;
            ctx.fireChannelRead(whole);
        }
    }

    private void fill(byte[] to, ByteBuf in) {
        int n = Math.min(to.length - filled, in.readableBytes());
        in.readBytes(to, filled, n);
        filled += n;
    }
}
