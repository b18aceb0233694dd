package org.skyway.memif;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// What a client says to a server, from the server's first word until packets can come. It makes
/// all memory. Knows nothing of sockets. One thread.
public final class MemifClient implements AutoCloseable {
    private final Settings settings;
    private final int maxFrame;
    private final Deque<Said> ahead = new ArrayDeque<>();
    private ForeignMemory region;
    private EventDescriptor toServer;
    private EventDescriptor toClient;
    private String server; // null before HELLO
    private boolean asked; // CONNECT was sent
    private int log2;
    private MemifConnection connection;

    /// What a client wants.
    ///
    /// @param id of the interface at the socket
    /// @param secret up to 24 bytes
    /// @param name of its interface
    /// @param log2 of the size of its rings
    /// @param bufferBytes of each of its buffers
    public record Settings(int id, byte[] secret, String name, int log2, int bufferBytes) {
        /// Checks them.
        ///
        /// @throws IllegalArgumentException if one of them can't be
        public Settings {
            if (log2 < MemifLayout.LEAST_LOG2 || log2 > MemifLayout.MOST_LOG2) {
                throw new IllegalArgumentException("a ring of 2^" + log2 + " slots");
            }
            if (bufferBytes < 64 || (bufferBytes & 63) != 0 || bufferBytes > 1 << 14) {
                throw new IllegalArgumentException("buffers of " + bufferBytes + " bytes");
            }
            secret = Arrays.copyOf(secret, MemifMessage.SECRET_BYTES);
        }
    }

    /// What to say.
    ///
    /// @param message the message
    /// @param attached what goes with it, and stays this side's; null for nothing
    public record Said(MemifMessage message, Descriptor attached) {}

    /// A conversation that begins when the server speaks.
    ///
    /// @param settings what is wanted
    /// @param maxFrame longest packet to receive
    public MemifClient(Settings settings, int maxFrame) {
        this.settings = settings;
        this.maxFrame = maxFrame;
    }

    /// Answers a message.
    ///
    /// @param message what the server said
    /// @param attached what came with it; this object's now
    /// @return what to say next; null for nothing
    /// @throws MemifException if it can't be, or the server takes leave; the conversation is over
    /// @throws IOException if this side has no memory
    public Said answer(MemifMessage message, List<Descriptor> attached)
            throws MemifException, IOException {
        attached.forEach(Descriptor::close);
        if (!attached.isEmpty()) {
            throw new MemifException("a server passed a descriptor, which only clients do");
        }
        return switch (message) {
            case MemifMessage.Hello h -> hello(h);
            case MemifMessage.Ack a -> {
                Said next = ahead.poll();
                if (server == null || next == null) {
                    throw new MemifException("message Ack answers nothing");
                }
                asked = next.message instanceof MemifMessage.Connect;
                yield next;
            }
            case MemifMessage.Connected c -> {
                if (!asked || connection != null) {
                    throw new MemifException("message Connected answers nothing");
                }
                connect();
                yield null;
            }
            case MemifMessage.Disconnect d -> throw new MemifException(MemifServer.left(d));
            default ->
                    throw new MemifException(
                            "message %s is not for a client; listen as a server"
                                    .formatted(message.getClass().getSimpleName()));
        };
    }

    private Said hello(MemifMessage.Hello h) throws MemifException, IOException {
        if (server != null) {
            throw new MemifException("message Hello came twice");
        }
        if (h.leastVersion() > MemifMessage.VERSION || h.mostVersion() < MemifMessage.VERSION) {
            throw new MemifException(
                    "the server speaks memif %d.%d to %d.%d, but this side 2.0"
                            .formatted(
                                    h.leastVersion() >> 8,
                                    h.leastVersion() & 0xff,
                                    h.mostVersion() >> 8,
                                    h.mostVersion() & 0xff));
        }
        server = h.name();
        log2 = Math.min(settings.log2, h.mostLog2());
        if (log2 < MemifLayout.LEAST_LOG2) {
            throw new MemifException("the server takes rings of 2^%d slots".formatted(log2));
        }
        layOut();
        int second = (int) MemifLayout.ringBytes(log2);
        ahead.add(new Said(new MemifMessage.AddRegion(0, region.sizeBytes()), region.descriptor()));
        ahead.add(ring(true, 0, toServer));
        ahead.add(ring(false, second, toClient));
        ahead.add(new Said(new MemifMessage.Connect(settings.name), null));
        return new Said(
                new MemifMessage.Init(
                        MemifMessage.VERSION, settings.id, 0, settings.secret, "Skyway"),
                null);
    }

    private Said ring(boolean up, int offset, EventDescriptor event) {
        return new Said(new MemifMessage.AddRing(up, 0, 0, offset, log2, 0), event.descriptor());
    }

    // Both rings, then the buffers of the first, then those of the second.
    private int buffersOffset() {
        return (int) (2 * MemifLayout.ringBytes(log2) + 63) & ~63;
    }

    private void layOut() throws IOException {
        toServer = EventDescriptor.create();
        toClient = EventDescriptor.create();
        int offset = buffersOffset();
        int each = settings.bufferBytes << log2;
        long bytes = offset + 2L * each;
        region =
                ForeignMemory.map(
                        "region", Descriptor.memory("memif " + settings.name, bytes), bytes);
        long second = region.address() + MemifLayout.ringBytes(log2);
        MemifConnection.layOut(region.address(), log2, offset, settings.bufferBytes);
        MemifConnection.layOut(second, log2, offset + each, settings.bufferBytes);
    }

    private void connect() {
        long second = region.address() + MemifLayout.ringBytes(log2);
        connection =
                new MemifConnection(
                        server,
                        List.of(region),
                        new MemifConnection.Place(region.address(), log2, toServer),
                        new MemifConnection.Place(second, log2, toClient),
                        new MemifConnection.Own(buffersOffset(), settings.bufferBytes),
                        maxFrame);
        connection.receiver().begin();
    }

    /// The memory that it made, rings first.
    ///
    /// @return the region; null before HELLO
    public ForeignMemory memory() {
        return region;
    }

    /// What came of it.
    ///
    /// @return the connection, once the server has said so; null before
    public MemifConnection connection() {
        return connection;
    }

    /// Lets go of what was made, if nothing came of it; a connection is its user's.
    @Override
    public void close() {
        if (connection == null) {
            if (region != null) {
                region.close();
            }
            if (toServer != null) {
                toServer.close();
            }
            if (toClient != null) {
                toClient.close();
            }
        }
    }
}
