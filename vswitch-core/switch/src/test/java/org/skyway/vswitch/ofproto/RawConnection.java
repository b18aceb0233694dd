package org.skyway.vswitch.ofproto;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.OpenFlowCodec;

/// A connection to a management socket that sends any bytes and says which errors come back.
final class RawConnection implements AutoCloseable {
    private int nextBarrier = 0x2000;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final Version version;

    RawConnection(Path socket, Version version) throws IOException {
        this.version = version;
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = new DataInputStream(Channels.newInputStream(channel));
        Message hello = new Message.Hello(Version.bitmap(Set.of(version)));
        write(OpenFlowCodec.encode(new Envelope(version, 1, hello)));
        read();
    }

    private void write(byte[] frame) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(frame);
        while (b.hasRemaining()) {
            channel.write(b);
        }
    }

    private byte[] read() throws IOException {
        byte[] head = in.readNBytes(OpenFlowCodec.HEADER);
        if (head.length < OpenFlowCodec.HEADER) {
            throw new EOFException("the switch closed the connection");
        }
        int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
        byte[] frame = java.util.Arrays.copyOf(head, length);
        in.readFully(frame, head.length, length - head.length);
        return frame;
    }

    /// Sends messages and a barrier after them.
    ///
    /// @return what came before the barrier's reply
    List<byte[]> replies(List<byte[]> frames) throws IOException {
        for (byte[] frame : frames) {
            write(frame);
        }
        int barrier = nextBarrier++;
        write(OpenFlowCodec.encode(new Envelope(version, barrier, new Message.BarrierRequest())));
        List<byte[]> replies = new ArrayList<>();
        while (true) {
            byte[] reply = read();
            if (OpenFlowCodec.type(reply) == (version == Version.OF10 ? 19 : 21)
                    && OpenFlowCodec.xid(reply) == barrier) {
                return replies;
            }
            replies.add(reply);
        }
    }

    /// Sends a message and a barrier after it.
    ///
    /// @return the errors that came before the barrier's reply, by name
    Set<String> errors(byte[] frame) throws IOException {
        Set<String> errors = new TreeSet<>();
        for (byte[] reply : replies(List.of(frame))) {
            if (OpenFlowCodec.type(reply) != 1) {
                continue;
            }
            if (reply[0] != version.number()) {
                errors.add("Numbers[of another version]");
            } else {
                Message.Failure f = (Message.Failure) OpenFlowCodec.decode(reply, false).message();
                ErrorCode code = ErrorCode.of(version, f.numbers());
                errors.add(code == null ? f.numbers().toString() : code.name());
            }
        }
        return errors;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
