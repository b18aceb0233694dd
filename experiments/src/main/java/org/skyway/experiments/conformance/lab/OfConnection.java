package org.skyway.experiments.conformance.lab;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;

/// An OpenFlow connection that knows just enough of the protocol to tell answers, packet-ins and
/// barriers apart. One thread.
public final class OfConnection implements AutoCloseable {
    private static final int HELLO = 0;
    private static final int ECHO_REQUEST = 2;
    private static final int ECHO_REPLY = 3;
    private static final int PACKET_IN = 10;
    private static final int VENDOR = 4;
    private static final int NICIRA = 0x2320;
    private static final int NXT_PACKET_IN = 17;
    private static final int NXT_PACKET_IN2 = 30;
    private static final long TIMEOUT_NANOS = 30_000_000_000L;

    private final String name;
    private final int version;
    private final SocketChannel channel;
    private final Selector selector;
    private final List<byte[]> packetIns = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private final List<byte[]> unasked = new ArrayList<>();
    private ByteBuffer in = ByteBuffer.allocate(1 << 20);
    private int barrierXid = -1;
    private boolean greeted;
    private boolean passed;

    /// Connects.
    ///
    /// @param name whose connection, for messages
    /// @param socket of the bridge
    /// @param version OpenFlow wire version, for instance 4
    public OfConnection(String name, Path socket, int version) {
        this.name = name;
        this.version = version;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            throw new ExperimentException("can't reach " + socket + ": " + e.getMessage(), e);
        }
        write(ByteBuffer.wrap(header(HELLO, 8, 0)));
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!greeted) {
            read(deadline);
        }
    }

    private byte[] header(int type, int length, int xid) {
        byte[] message = new byte[length];
        ByteBuffer.wrap(message)
                .put((byte) version)
                .put((byte) type)
                .putShort((short) length)
                .putInt(xid);
        return message;
    }

    /// Sends messages, each with an xid that is its index from 1 on, and a barrier.
    ///
    /// @param messages to send
    /// @return all answers but the barrier's, in order
    public List<byte[]> exchange(List<byte[]> messages) {
        send(messages);
        return awaitAnswers();
    }

    /// Sends messages and a barrier; [#awaitAnswers] goes on.
    ///
    /// @param messages to send
    public void send(List<byte[]> messages) {
        int bytes = 8;
        for (byte[] message : messages) {
            bytes += message.length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        int xid = 1;
        for (byte[] message : messages) {
            int at = out.position();
            out.put(message).putInt(at + 4, xid++);
        }
        barrierXid = 0x0ba0_0000 + messages.size();
        passed = false;
        out.put(header(version == 1 ? 18 : 20, 8, barrierXid));
        write(out.flip());
    }

    /// Waits for the answer to the barrier.
    ///
    /// @return all answers but the barrier's, in order
    public List<byte[]> awaitAnswers() {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!passed) {
            read(deadline);
        }
        List<byte[]> result = List.copyOf(answers);
        answers.clear();
        return result;
    }

    /// Looks for packet-ins that have come, without waiting.
    ///
    /// @return all since [#clearPacketIns], in order
    public List<byte[]> packetIns() {
        try {
            if (selector.selectNow() > 0) {
                fill();
            }
        } catch (IOException e) {
            throw lost(e.getMessage());
        }
        return packetIns;
    }

    /// Forgets packet-ins that have come.
    public void clearPacketIns() {
        packetIns.clear();
    }

    /// How many messages [#takeUnasked] would return.
    ///
    /// @return messages
    public int unasked() {
        return unasked.size();
    }

    /// Takes the messages that no one asked for: flow-removed and the like.
    ///
    /// @return all since the last call, in order
    public List<byte[]> takeUnasked() {
        List<byte[]> result = List.copyOf(unasked);
        unasked.clear();
        return result;
    }

    private void write(ByteBuffer out) {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        try {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    if (System.nanoTime() > deadline) {
                        throw lost("it takes no bytes");
                    }
                    Thread.onSpinWait();
                }
            }
        } catch (IOException e) {
            throw lost(e.getMessage());
        }
    }

    private void read(long deadline) {
        try {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw lost("it did not answer a barrier or hello within 30 s");
            }
            if (selector.select(left) > 0) {
                fill();
            }
        } catch (IOException e) {
            throw lost(e.getMessage());
        }
    }

    private void fill() throws IOException {
        selector.selectedKeys().clear();
        if (channel.read(in) < 0) {
            throw lost("it closed the connection");
        }
        in.flip();
        while (in.remaining() >= 8) {
            int length = in.getShort(in.position() + 2) & 0xffff;
            if (in.remaining() < length) {
                break;
            }
            byte[] message = new byte[length];
            in.get(message);
            take(message);
        }
        in.compact();
        if (!in.hasRemaining()) {
            in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
        }
    }

    private void take(byte[] message) {
        ByteBuffer b = ByteBuffer.wrap(message);
        int type = message[1];
        int xid = b.getInt(4);
        if (type == HELLO && !greeted) {
            greeted = true;
        } else if (type == ECHO_REQUEST) {
            byte[] reply = message.clone();
            reply[1] = ECHO_REPLY;
            write(ByteBuffer.wrap(reply));
        } else if (type == PACKET_IN || isPacketIn(b)) {
            packetIns.add(message);
        } else if (xid == barrierXid && type == (version == 1 ? 19 : 21)) {
            passed = true;
        } else if (xid != 0) {
            answers.add(message);
        } else {
            unasked.add(message);
        }
    }

    private static boolean isPacketIn(ByteBuffer b) {
        return b.get(1) == VENDOR
                && b.capacity() >= 16
                && b.getInt(8) == NICIRA
                && (b.getInt(12) == NXT_PACKET_IN || b.getInt(12) == NXT_PACKET_IN2);
    }

    private ExperimentException lost(String why) {
        return new ExperimentException("OpenFlow connection to " + name + ": " + why);
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            throw lost(e.getMessage());
        }
    }
}
