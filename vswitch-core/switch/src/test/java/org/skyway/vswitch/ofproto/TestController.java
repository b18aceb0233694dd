package org.skyway.vswitch.ofproto;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.wire.OpenFlowCodec;

/// A controller for tests: blocking, one version, everything that comes is at hand.
final class TestController implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;

    private final Socket socket;
    private final DataInputStream in;
    private final Version version;
    private final List<Envelope> unread = new ArrayList<>();
    private int xid = 1000;

    /// Connects to a switch and exchanges hellos.
    static TestController connect(InetSocketAddress to, Version version) throws IOException {
        return new TestController(new Socket(to.getAddress(), to.getPort()), version);
    }

    /// Exchanges hellos over a connection.
    TestController(Socket socket, Version version) throws IOException {
        this.socket = socket;
        this.version = version;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        Message hello = new Message.Hello(Version.bitmap(Set.of(version)));
        sendFrame(OpenFlowCodec.encode(new Envelope(version, 1, hello)));
        readFrame();
        // Only an answer shows that the switch has read this side's hello and knows of it.
        ask(new Message.EchoRequest(Bytes.EMPTY));
    }

    void sendFrame(byte[] frame) throws IOException {
        socket.getOutputStream().write(frame);
    }

    /// Reads one frame; null at the end.
    byte[] readFrame() throws IOException {
        byte[] head = new byte[OpenFlowCodec.HEADER];
        int first = in.read();
        if (first < 0) {
            return null;
        }
        head[0] = (byte) first;
        in.readFully(head, 1, head.length - 1);
        int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
        byte[] frame = java.util.Arrays.copyOf(head, length);
        in.readFully(frame, head.length, length - head.length);
        return frame;
    }

    int send(Message m) throws IOException {
        return send(m, Dialect.STANDARD);
    }

    int send(Message m, Dialect dialect) throws IOException {
        int id = xid++;
        sendFrame(OpenFlowCodec.encode(new Envelope(version, id, dialect, false, m)));
        return id;
    }

    private Envelope read() throws IOException {
        byte[] frame = readFrame();
        if (frame == null) {
            throw new IOException("the switch closed the connection");
        }
        return OpenFlowCodec.decode(frame, false);
    }

    /// Sends a request and waits for its answer; what comes in between is kept for [#next].
    Message ask(Message request) throws IOException {
        return ask(request, Dialect.STANDARD);
    }

    Message ask(Message request, Dialect dialect) throws IOException {
        int id = send(request, dialect);
        while (true) {
            Envelope e = read();
            if (e.xid() == id) {
                return e.message();
            }
            unread.add(e);
        }
    }

    /// Sends a request that has no answer and waits until it is done.
    ///
    /// @return the error that it was refused with, or null
    ErrorCode tell(Message request) throws IOException {
        return tell(request, Dialect.STANDARD);
    }

    ErrorCode tell(Message request, Dialect dialect) throws IOException {
        int id = send(request, dialect);
        int barrier = send(new Message.BarrierRequest());
        ErrorCode error = null;
        while (true) {
            Envelope e = read();
            if (e.xid() == barrier) {
                return error;
            } else if (e.xid() == id && e.message() instanceof Message.Failure f) {
                error = ErrorCode.of(version, f.numbers());
            } else {
                unread.add(e);
            }
        }
    }

    /// Adds a message to a bundle.
    ///
    /// @return the error that it was refused with, or null
    ErrorCode add(int bundle, int flags, Message inner) throws IOException {
        return tell(bundled(bundle, flags, inner));
    }

    /// The next message, which adds another one to a bundle.
    BundleMessage.Add bundled(int bundle, int flags, Message inner) {
        byte[] frame = OpenFlowCodec.encode(new Envelope(version, xid, inner)); // as the outer one
        return new BundleMessage.Add(bundle, flags, Bytes.of(frame));
    }

    /// The next message of a type, which may have come before.
    <M extends Message> M next(Class<M> type) throws IOException {
        while (true) {
            for (int i = 0; i < unread.size(); i++) {
                if (type.isInstance(unread.get(i).message())) {
                    return type.cast(unread.remove(i).message());
                }
            }
            unread.add(read());
        }
    }

    /// Whether a message of a type comes within a short while.
    boolean gets(Class<? extends Message> type) throws IOException {
        socket.setSoTimeout(300);
        try {
            next(type);
            return true;
        } catch (SocketTimeoutException nothing) {
            return false;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
