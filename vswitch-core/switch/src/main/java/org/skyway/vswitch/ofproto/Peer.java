package org.skyway.vswitch.ofproto;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.AbstractNioChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hello exchange of a connection, and what both ends of any connection do alike: agree on a
/// version, send, stop reading while the other side does not read. On the ofproto thread.
abstract class Peer extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private static final int LARGE = 1 << 14;

    private final OfprotoConfig config;
    private final String name;
    private Channel channel;
    private Version version;
    private boolean reading; // what is sent is flushed when all that was read is done
    private boolean mayRead = true;
    private boolean flushing;
    private int nextXid = 1;

    Peer(OfprotoConfig config, String name) {
        this.config = config;
        this.name = name;
    }

    String name() {
        return name;
    }

    /// The version that was agreed on; null before.
    Version version() {
        return version;
    }

    Channel channel() {
        return channel;
    }

    /// The hello exchange succeeded.
    abstract void greeted();

    /// A message came after the hello exchange.
    abstract void received(byte[] frame);

    /// The connection is gone; [#greeted] may never have been called.
    abstract void gone();

    int newXid() {
        return nextXid++;
    }

    private Version newest() {
        Version best = null;
        for (Version v : config.versions()) {
            best = best == null || v.atLeast(best) ? v : best;
        }
        return best;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        Message hello = new Message.Hello(Version.bitmap(config.versions()));
        send(OpenFlowCodec.encode(new Envelope(newest(), newXid(), hello)));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        byte[] frame = (byte[]) msg;
        reading = true;
        if (version != null) {
            received(frame);
        } else if (OpenFlowCodec.type(frame) == OpenFlowCodec.HELLO) {
            negotiate(OpenFlowCodec.helloVersions(frame), frame);
        } else {
            LOG.warn(
                    "{}: sent a message of type {} where a hello must be; closing",
                    name,
                    OpenFlowCodec.type(frame));
            channel.close();
        }
    }

    private void negotiate(int theirs, byte[] hello) {
        int common = theirs & Version.bitmap(config.versions());
        if (common == 0) {
            String text =
                    "no common version: this side speaks 0x%x, the other 0x%x"
                            .formatted(Version.bitmap(config.versions()), theirs);
            LOG.warn("{}: {}; closing", name, text);
            ErrorCode.Numbers numbers = ErrorCode.OFPHFC_INCOMPATIBLE.in(Version.OF10);
            Bytes data = Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
            Version in = Version.of(OpenFlowCodec.version(hello));
            send(
                    OpenFlowCodec.encode(
                            new Envelope(
                                    in == null ? Version.OF10 : in,
                                    OpenFlowCodec.xid(hello),
                                    new Message.Failure(numbers, data))));
            channel.eventLoop().execute(channel::close);
            return;
        }
        version = Version.of(31 - Integer.numberOfLeadingZeros(common));
        greeted();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (reading) {
            reading = false;
            ctx.flush();
        }
    }

    /// Queues a frame; small frames are flushed together. A large one is one of many, and the other
    /// side can look at it while the next are made.
    void send(byte[] frame) {
        if (frame.length >= LARGE) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(frame));
            // Once the socket was full, a flush waits until the selector says that it is not, and
            // that would be after all the others were made.
            if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
                nio.forceFlush();
            }
            return;
        }
        channel.write(Unpooled.wrappedBuffer(frame));
        flushSoon();
    }

    private void flushSoon() {
        if (!reading && !flushing) {
            flushing = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    /// Queues a frame, and says when it has left, or never will.
    void send(byte[] frame, Runnable left) {
        channel.write(Unpooled.wrappedBuffer(frame)).addListener(_ -> left.run());
        flushSoon();
    }

    private void flush() {
        flushing = false;
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // Whoever does not read answers gets no more of them.
        ctx.channel().config().setAutoRead(mayRead && ctx.channel().isWritable());
    }

    /// Whether to read on, as far as this side is concerned.
    void mayRead(boolean value) {
        mayRead = value;
        channel.config().setAutoRead(mayRead && channel.isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            LOG.debug("{}: {}", name, cause.getMessage());
        } else if (cause.getCause() instanceof SSLException refused) {
            LOG.warn("{}: TLS refused: {}", name, refused.getMessage());
        } else {
            LOG.error("{}: closing after an unexpected error", name, cause);
        }
        ctx.close();
    }
}
