package org.skyway.vswitch.ofproto;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
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

    /// Sends a message and a barrier after it.
    ///
    /// @return the errors that came before the barrier's reply, by name
    Set<String> errors(byte[] frame) throws IOException {
        write(frame);
        int barrier = nextBarrier++;
        write(OpenFlowCodec.encode(new Envelope(version, barrier, new Message.BarrierRequest())));
        Set<String> errors = new TreeSet<>();
        while (true) {
            byte[] reply = read();
            int type = OpenFlowCodec.type(reply);
            if (type == (version == Version.OF10 ? 19 : 21)
                    && OpenFlowCodec.xid(reply) == barrier) {
                return errors;
            }
            if (type == 1 && reply[0] != version.number()) {
                errors.add("Numbers[of another version]");
            } else if (type == 1) {
                Message.Failure f = (Message.Failure) OpenFlowCodec.decode(reply, false).message();
                ErrorCode code = ErrorCode.of(version, f.numbers());
                errors.add(code == null ? f.numbers().toString() : code.name());
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
