package org.skyway.experiments.bed;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.openflow.wire.OpenFlowCodec;

/// A controller that keeps the rules: OpenFlow 1.3 over the bridge's socket. Requests from one
/// thread at a time; a thread of its own reads what comes and answers echoes.
public final class Controller implements AutoCloseable {
    /// How long any answer may take before the switch counts as gone.
    private static final long PATIENCE_SECONDS = 60;

    private static final int HELLO = 0;
    private static final int ERROR = 1;
    private static final int ECHO_REQUEST = 2;
    private static final int ECHO_REPLY = 3;
    private static final int MULTIPART_REPLY = 19;
    private static final int BARRIER_REPLY = 21;

    /// OpenFlow 1.3.5, "Aggregate Flow Statistics": where the count lies in a reply.
    private static final int AGGREGATE_PACKETS = 16;

    private final String name;
    private final SocketChannel channel;
    private final Map<Integer, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger xids = new AtomicInteger(1);
    private final AtomicLong errors = new AtomicLong();
    private volatile String lastError;

    /// Connects, and has said hello when this returns.
    ///
    /// @param name for messages
    /// @param runDirectory of the switch
    /// @param bridge the bridge's name
    public Controller(String name, Path runDirectory, String bridge) {
        this.name = name;
        Path socket = runDirectory.resolve(bridge + ".mgmt");
        CompletableFuture<byte[]> greeted = new CompletableFuture<>();
        waiting.put(0, greeted);
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ExperimentException("can't reach " + socket + ": " + e.getMessage(), e);
        }
        Thread.ofPlatform().daemon().name("controller-" + name).start(this::read);
        write(encode(0, new Message.Hello(1 << Version.OF13.number())));
        await(greeted, "hello");
    }

    /// Encodes a message in OpenFlow 1.3.
    ///
    /// @param xid its transaction id
    /// @param message what to say
    /// @return a frame
    public static byte[] encode(int xid, Message message) {
        return OpenFlowCodec.encode(new Envelope(Version.OF13, xid, message));
    }

    /// A flow-mod.
    ///
    /// @param command what to do
    /// @param flow as `ovs-ofctl` takes it
    /// @return the message
    public static FlowMod flowMod(FlowMod.Command command, String flow) {
        FlowRule r = FlowText.parse(flow);
        return new FlowMod(
                command,
                r.match(),
                r.priority(),
                r.table(),
                0,
                0,
                r.cookie(),
                false,
                r.idleTimeout(),
                r.hardTimeout(),
                0,
                -1,
                OfPort.ANY,
                GroupMod.ANY,
                r.flags(),
                r.instructions());
    }

    /// Adds an entry, without waiting.
    ///
    /// @param flow as `ovs-ofctl` takes it
    public void add(String flow) {
        send(flowMod(FlowMod.Command.ADD, flow));
    }

    /// Deletes just that entry, without waiting.
    ///
    /// @param flow as for [#add]; its actions do not matter
    public void delete(String flow) {
        send(flowMod(FlowMod.Command.DELETE_STRICT, flow));
    }

    /// Deletes all entries that a match covers, without waiting.
    ///
    /// @param match as `ovs-ofctl` takes it
    public void deleteAll(String match) {
        delete(FlowText.parseMatch(match), FlowMod.ALL_TABLES);
    }

    /// Deletes all entries of some tables, without waiting.
    ///
    /// @param from first table
    /// @param to last table
    public void deleteTables(int from, int to) {
        for (int table = from; table <= to; table++) {
            delete(Match.ANY, table);
        }
    }

    private void delete(Match match, int table) {
        send(
                new FlowMod(
                        FlowMod.Command.DELETE,
                        match,
                        0,
                        table,
                        0,
                        0,
                        0,
                        false,
                        0,
                        0,
                        0,
                        -1,
                        OfPort.ANY,
                        GroupMod.ANY,
                        0,
                        Instructions.DROP));
    }

    /// Adds or deletes a group, without waiting.
    ///
    /// @param command [GroupMod#ADD], [GroupMod#MODIFY] or [GroupMod#DELETE]
    /// @param group as `ovs-ofctl` takes it
    public void group(int command, String group) {
        GroupEntry entry = GroupText.parse(group);
        send(new GroupMod(command, entry.id(), entry.type().ordinal(), GroupMod.BUCKET_ALL, entry));
    }

    /// Sends a message, without waiting.
    ///
    /// @param message what to say
    public void send(Message message) {
        write(encode(xids.getAndIncrement(), message));
    }

    /// Sends bytes, whatever they are.
    ///
    /// @param bytes a frame or some
    public void sendRaw(byte[] bytes) {
        write(bytes);
    }

    /// Waits until all that was sent is effective.
    ///
    /// @return how long that took, in nanoseconds
    public long barrier() {
        return ask(new Message.BarrierRequest(), "barrier");
    }

    /// Asks whether the switch is alive, and waits for the answer.
    ///
    /// @return how long that took, in nanoseconds
    public long echo() {
        return ask(new Message.EchoRequest(Bytes.of(new byte[8])), "echo");
    }

    /// How many packets the entries have counted that a match covers.
    ///
    /// @param match as `ovs-ofctl` takes it
    /// @return packets
    public long packets(String match) {
        StatsRequest.Flow flows =
                new StatsRequest.Flow(
                        FlowText.parseMatch(match),
                        FlowMod.ALL_TABLES,
                        OfPort.ANY,
                        GroupMod.ANY,
                        0,
                        0);
        byte[] reply = exchange(new StatsRequest.Aggregate(flows), "aggregate request");
        return ByteBuffer.wrap(reply).getLong(AGGREGATE_PACKETS);
    }

    private long ask(Message request, String what) {
        long before = System.nanoTime();
        exchange(request, what);
        return System.nanoTime() - before;
    }

    private byte[] exchange(Message request, String what) {
        int xid = xids.getAndIncrement();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        waiting.put(xid, answer);
        write(encode(xid, request));
        return await(answer, what);
    }

    /// How many requests were refused.
    ///
    /// @return errors so far
    public long errors() {
        return errors.get();
    }

    /// The last error.
    ///
    /// @return its type and code, or null
    public String lastError() {
        return lastError;
    }

    private byte[] await(CompletableFuture<byte[]> answer, String what) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ExperimentException(
                    "controller %s: no answer to a %s after %d s"
                            .formatted(name, what, PATIENCE_SECONDS),
                    e);
        } catch (ExecutionException e) {
            throw new ExperimentException(
                    "controller " + name + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    private synchronized void write(byte[] bytes) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        try {
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException e) {
            throw new ExperimentException("controller " + name + ": " + e.getMessage(), e);
        }
    }

    private void read() {
        ByteBuffer in = ByteBuffer.allocate(1 << 17);
        try {
            while (true) {
                if (channel.read(in) < 0) {
                    throw new IOException("the switch closed the connection");
                }
                in.flip();
                while (in.remaining() >= 8
                        && in.remaining() >= (in.getShort(in.position() + 2) & 0xffff)) {
                    byte[] message = new byte[in.getShort(in.position() + 2) & 0xffff];
                    in.get(message);
                    take(message);
                }
                in.compact();
            }
        } catch (AsynchronousCloseException e) {
            fail(e);
        } catch (ClosedChannelException e) {
            fail(e);
        } catch (IOException | RuntimeException e) {
            fail(new IOException(String.valueOf(e.getMessage()), e));
        }
    }

    private void fail(IOException e) {
        waiting.values().forEach(w -> w.completeExceptionally(e));
    }

    private void take(byte[] message) {
        ByteBuffer b = ByteBuffer.wrap(message);
        int xid = b.getInt(4);
        switch (message[1]) {
            case HELLO -> complete(0, message);
            case ERROR -> {
                errors.incrementAndGet();
                lastError = "type %d code %d".formatted(b.getShort(8), b.getShort(10));
            }
            case ECHO_REQUEST -> {
                message[1] = ECHO_REPLY;
                write(message);
            }
            case MULTIPART_REPLY -> {
                if ((b.getShort(10) & 1) == 0) {
                    complete(xid, message);
                }
            }
            case ECHO_REPLY, BARRIER_REPLY -> complete(xid, message);
            default -> {}
        }
    }

    private void complete(int xid, byte[] message) {
        CompletableFuture<byte[]> w = waiting.remove(xid);
        if (w != null) {
            w.complete(message);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ExperimentException("controller " + name + ": " + e.getMessage(), e);
        }
    }
}
