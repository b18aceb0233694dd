package org.skyway.memif;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.EventDescriptor;
import org.skyway.ivshmem.sys.ForeignMemory;

/// What a server says to a client, from its first word until packets can come. Knows nothing of
/// sockets. One thread.
///
/// Each ACK releases the client's next message, so every message gets exactly one answer.
public final class MemifServer implements AutoCloseable {
    private static final String NAME = "Skyway";

    /// More than 4 GiB of a region can't be named by a slot; DPDK shares all it has nevertheless.
    private static final long MOST_BYTES = 1L << 40;

    private final Interfaces interfaces;
    private final int maxFrame;
    private final List<ForeignMemory> regions = new ArrayList<>();
    private Ring c2s;
    private Ring s2c;
    private String client; // null before INIT
    private long bytes;
    private MemifConnection connection;

    /// The interfaces of a socket.
    @FunctionalInterface
    public interface Interfaces {
        /// Looks one up for a client, which has it from then on.
        ///
        /// @param id that the client names, unsigned
        /// @param secret that it knows, 24 bytes
        /// @param client what it calls itself
        /// @return the interface's name
        /// @throws MemifException if there is none, it is another's, or the secret is wrong
        String take(int id, byte[] secret, String client) throws MemifException;
    }

    private record Ring(int region, long offset, int log2, EventDescriptor event) {}

    private String name;

    /// A conversation that begins.
    ///
    /// @param interfaces of the socket
    /// @param maxFrame longest packet to receive
    public MemifServer(Interfaces interfaces, int maxFrame) {
        this.interfaces = interfaces;
        this.maxFrame = maxFrame;
    }

    /// The first word, which a server has.
    ///
    /// @return what is taken
    public MemifMessage.Hello hello() {
        return new MemifMessage.Hello(
                NAME,
                MemifMessage.VERSION,
                MemifMessage.VERSION,
                MemifLayout.MOST_REGIONS - 1,
                0,
                0,
                MemifLayout.MOST_LOG2);
    }

    /// Answers a message.
    ///
    /// @param message what the client said
    /// @param attached what came with it; this object's now
    /// @return the answer
    /// @throws MemifException if it can't be, or the client takes leave; the conversation is over
    public MemifMessage answer(MemifMessage message, List<Descriptor> attached)
            throws MemifException {
        List<Descriptor> unused = new ArrayList<>(attached);
        try {
            if (attached.size() != (message.hasDescriptor() ? 1 : 0)) {
                throw new MemifException(
                        "%s came with %d descriptors".formatted(what(message), attached.size()));
            }
            if (connection != null && !(message instanceof MemifMessage.Disconnect)) {
                throw new MemifException(what(message) + " came after CONNECT");
            }
            if (client == null
                    && !(message instanceof MemifMessage.Init
                            || message instanceof MemifMessage.Disconnect)) {
                throw new MemifException(what(message) + " came before INIT");
            }
            return switch (message) {
                case MemifMessage.Init i -> init(i);
                case MemifMessage.AddRegion r -> addRegion(r, unused.removeFirst());
                case MemifMessage.AddRing r -> addRing(r, unused.removeFirst());
                case MemifMessage.Connect c -> connect();
                case MemifMessage.Disconnect d -> throw new MemifException(left(d));
                case MemifMessage.Ack a -> throw notForServers(message);
                case MemifMessage.Hello h -> throw notForServers(message);
                case MemifMessage.Connected c -> throw notForServers(message);
            };
        } finally {
            unused.forEach(Descriptor::close);
        }
    }

    static String left(MemifMessage.Disconnect d) {
        return "the other side disconnected" + (d.text().isEmpty() ? "" : ": " + d.text());
    }

    private static String what(MemifMessage message) {
        return "message " + message.getClass().getSimpleName();
    }

    private static MemifException notForServers(MemifMessage message) {
        return new MemifException(what(message) + " is not for a server; connect as a client");
    }

    private MemifMessage init(MemifMessage.Init i) throws MemifException {
        if (client != null) {
            throw new MemifException("message Init came twice");
        }
        if (i.version() != MemifMessage.VERSION) {
            throw new MemifException(
                    "the client speaks memif %d.%d, but this side 2.0"
                            .formatted(i.version() >> 8, i.version() & 0xff));
        }
        if (i.mode() != 0) {
            throw new MemifException(
                    "the client wants mode %d, but only Ethernet (0) is there".formatted(i.mode()));
        }
        name = interfaces.take(i.id(), i.secret(), i.name());
        client = i.name();
        return new MemifMessage.Ack();
    }

    private MemifMessage addRegion(MemifMessage.AddRegion r, Descriptor memory)
            throws MemifException {
        if (r.index() != regions.size() || regions.size() == MemifLayout.MOST_REGIONS) {
            memory.close();
            throw new MemifException(
                    "region %d was added, but %d is next, of at most %d"
                            .formatted(r.index(), regions.size(), MemifLayout.MOST_REGIONS));
        }
        if (r.sizeBytes() < 0 || r.sizeBytes() > MOST_BYTES - bytes) {
            memory.close();
            throw new MemifException(
                    "regions of together more than %d bytes were added".formatted(MOST_BYTES));
        }
        try {
            regions.add(
                    ForeignMemory.map(
                            "region %d of %s".formatted(r.index(), client), memory, r.sizeBytes()));
        } catch (IOException e) {
            throw new MemifException(e.getMessage(), e);
        }
        bytes += r.sizeBytes();
        return new MemifMessage.Ack();
    }

    private MemifMessage addRing(MemifMessage.AddRing r, Descriptor event) throws MemifException {
        EventDescriptor wake;
        try {
            wake = EventDescriptor.of(event);
        } catch (IOException e) {
            throw new MemifException(e.getMessage(), e);
        }
        if (r.index() != 0 || (r.toServer() ? c2s : s2c) != null) {
            wake.close();
            throw new MemifException(
                    "ring %d was added; there is one for each direction, with index 0"
                            .formatted(r.index()));
        }
        Ring ring = new Ring(r.region(), r.offset() & 0xffff_ffffL, r.log2(), wake);
        if (r.toServer()) {
            c2s = ring;
        } else {
            s2c = ring;
        }
        if (r.log2() < MemifLayout.LEAST_LOG2 || r.log2() > MemifLayout.MOST_LOG2) {
            throw new MemifException(
                    "a ring has 2^%d slots; 2^%d to 2^%d can be"
                            .formatted(r.log2(), MemifLayout.LEAST_LOG2, MemifLayout.MOST_LOG2));
        }
        if (r.privateHeader() != 0) {
            throw new MemifException(
                    "a ring has a private header of %d bytes; none can be had"
                            .formatted(r.privateHeader()));
        }
        return new MemifMessage.Ack();
    }

    private MemifMessage connect() throws MemifException {
        if (c2s == null || s2c == null) {
            throw new MemifException("message Connect came before a ring for each direction");
        }
        MemifConnection.Place up = place(c2s);
        MemifConnection.Place down = place(s2c);
        long apart = Math.abs(up.address() - down.address());
        if (apart < MemifLayout.ringBytes(Math.max(up.log2(), down.log2()))) {
            throw new MemifException("the two rings lie over each other");
        }
        connection = new MemifConnection(client, regions, up, down, null, maxFrame);
        return new MemifMessage.Connected(name);
    }

    private MemifConnection.Place place(Ring r) throws MemifException {
        ForeignMemory region = r.region < regions.size() ? regions.get(r.region) : null;
        if (region == null
                || (r.offset & 7) != 0
                || r.offset + MemifLayout.ringBytes(r.log2) > region.sizeBytes()) {
            throw new MemifException(
                    "a ring of 2^%d slots is at offset %d of region %d, where it can't be"
                            .formatted(r.log2, r.offset, r.region));
        }
        long address = region.address() + r.offset;
        if (!MemifConnection.isRing(address)) {
            throw new MemifException(
                    "there is no ring at offset %d of region %d".formatted(r.offset, r.region));
        }
        return new MemifConnection.Place(address, r.log2, r.event);
    }

    /// What came of it.
    ///
    /// @return the connection, from the answer to CONNECT on; null before
    public MemifConnection connection() {
        return connection;
    }

    /// Lets go of what was received, if nothing came of it; a connection is its user's.
    @Override
    public void close() {
        if (connection == null) {
            regions.forEach(ForeignMemory::close);
            if (c2s != null) {
                c2s.event.close();
            }
            if (s2c != null) {
                s2c.event.close();
            }
        }
    }
}
