package org.skyway.bypass.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;

/// Messages over any channel of bytes: a UNIX socket, or the device of a virtio-serial port. One
/// thread may receive while others send.
///
/// @param <M> the sealed type of the messages
public class MessageChannel<M> implements AutoCloseable {
    private final ByteChannel bytes;
    private final MessageCodec<M> codec;
    private final ByteBuffer received;
    private final Object sending = new Object();

    /// Speaks over a channel, which it closes in the end.
    ///
    /// @param bytes in blocking mode
    /// @param codec of the messages
    public MessageChannel(ByteChannel bytes, MessageCodec<M> codec) {
        this.bytes = bytes;
        this.codec = codec;
        received = ByteBuffer.allocate(codec.maxLineBytes()).flip();
    }

    /// Waits for the next message.
    ///
    /// @return the message; null at the end of the connection
    /// @throws IOException if what came is no message or longer than [MessageCodec#maxLineBytes],
    ///   or the channel broke
    public M receive() throws IOException {
        int scanned = 0;
        while (true) {
            for (; scanned < received.remaining(); scanned++) {
                if (received.get(received.position() + scanned) == '\n') {
                    return codec.decode(take(scanned + 1));
                }
            }
            if (received.remaining() == received.capacity()) {
                throw new IOException(
                        "control message is longer than %d bytes; this does not come from Skyway"
                                .formatted(codec.maxLineBytes()));
            }
            received.compact();
            int count = bytes.read(received);
            received.flip();
            if (count < 0) {
                if (received.hasRemaining()) {
                    throw new IOException(
                            "connection ended within a control message, after %d bytes"
                                    .formatted(received.remaining()));
                }
                return null;
            }
        }
    }

    /// Sends a message. Blocks while the other side does not read.
    ///
    /// @param message what to say
    /// @throws IOException if the channel broke
    public void send(M message) throws IOException {
        ByteBuffer line = ByteBuffer.wrap(codec.encode(message));
        synchronized (sending) {
            while (line.hasRemaining()) {
                bytes.write(line);
            }
        }
    }

    /// Ends the connection; whoever waits in [#receive] or [#send] gets an exception.
    @Override
    public void close() throws IOException {
        bytes.close();
    }

    private String take(int count) {
        byte[] line = new byte[count];
        received.get(line);
        return new String(line, StandardCharsets.UTF_8);
    }
}
