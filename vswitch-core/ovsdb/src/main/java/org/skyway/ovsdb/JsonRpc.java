package org.skyway.ovsdb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.json.JsonObjectDecoder;
import java.io.IOException;
import java.io.InputStream;

/// JSON-RPC 1.0 over a stream, whose messages follow each other without anything between them. Both
/// OVSDB (RFC 7047, section 4) and unixctl are spoken so.
public final class JsonRpc {
    private static final int MOST_NESTED = 64;
    private static final int LONGEST_NUMBER = 100;

    /// Reads and writes messages. Any thread.
    public static final ObjectMapper JSON =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(MOST_NESTED)
                                            .maxNumberLength(LONGEST_NUMBER)
                                            .build())
                            .build());

    private JsonRpc() {}

    /// Who is told of messages. On the channel's event loop.
    public interface Receiver {
        /// A message has come.
        ///
        /// @param message an object or an array
        void received(JsonNode message);

        /// The connection is gone, or is about to be because of what came.
        ///
        /// @param why a clause
        void ended(String why);
    }

    /// Has a channel speak JSON-RPC.
    ///
    /// @param pipeline the channel's
    /// @param longest bytes of a message; a longer one ends the connection
    /// @param receiver is told of messages
    public static void add(ChannelPipeline pipeline, int longest, Receiver receiver) {
        pipeline.addLast(new JsonObjectDecoder(longest), new Messages(receiver));
    }

    /// A message for a channel.
    ///
    /// @param message the message
    /// @return its bytes
    public static ByteBuf bytes(JsonNode message) {
        try {
            return Unpooled.wrappedBuffer(JSON.writeValueAsBytes(message));
        } catch (IOException e) {
            throw new IllegalArgumentException("a tree of JSON can be written", e);
        }
    }

    private static final class Messages extends SimpleChannelInboundHandler<ByteBuf> {
        private final Receiver receiver;
        private boolean ended;

        Messages(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) throws IOException {
            if (ended) {
                return;
            }
            try (InputStream in = new ByteBufInputStream(message)) {
                receiver.received(JSON.readTree(in));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end("the other side has closed the connection");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            end(cause.getMessage() == null ? cause.toString() : cause.getMessage());
            ctx.close();
        }

        private void end(String why) {
            if (!ended) {
                ended = true;
                receiver.ended(why);
            }
        }
    }
}
