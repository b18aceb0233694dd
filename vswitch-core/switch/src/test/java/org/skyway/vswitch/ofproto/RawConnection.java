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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.OpenFlowCodec;

/// A connection to a management socket that sends any bytes and says which errors come back.
final class RawConnection implements AutoCloseable {
    private static final int FIRST = 0x10000; // of the numbers of messages
    private static final int AT_ONCE = 100;

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
                errors.add(name(reply));
            }
        }
        return errors;
    }

    /// Sends messages, a hundred at a time.
    ///
    /// @return the errors' names, by the index of the message that each answers
    Map<Integer, String> errors(List<byte[]> frames) throws IOException {
        Map<Integer, String> errors = new TreeMap<>();
        for (int from = 0; from < frames.size(); from += AT_ONCE) {
            List<byte[]> some = new ArrayList<>();
            for (byte[] f : frames.subList(from, Math.min(frames.size(), from + AT_ONCE))) {
                byte[] numbered = f.clone();
                ByteBuffer.wrap(numbered).putInt(4, FIRST + from + some.size());
                some.add(numbered);
            }
            for (byte[] reply : replies(some)) {
                if (OpenFlowCodec.type(reply) == 1) {
                    errors.merge(OpenFlowCodec.xid(reply) - FIRST, name(reply), (a, b) -> a + b);
                }
            }
        }
        return errors;
    }

    private String name(byte[] reply) {
        Message.Failure f = (Message.Failure) OpenFlowCodec.decode(reply, false).message();
        ErrorCode code = ErrorCode.of(version, f.numbers());
        return code == null ? f.numbers().toString() : code.name();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
