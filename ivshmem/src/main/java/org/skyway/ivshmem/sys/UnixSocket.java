package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// A UNIX socket by which descriptors are passed (unix(7), `SCM_RIGHTS`): one that listens, or one
/// that is connected. Nothing here waits. One thread at a time.
public final class UnixSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_PEERCRED = 17;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int EAGAIN = 11;
    private static final int ECONNREFUSED = 111;
    private static final int EMFILE = 24;
    private static final int ENFILE = 23;
    private static final int ADDRESS_BYTES = 110;
    private static final int HEADER_BYTES = 56;
    private static final int CONTROL_HEADER_BYTES = 16;

    /// How many descriptors one message may carry.
    public static final int MOST_DESCRIPTORS = 8;

    /// What a socket keeps together.
    public enum Kind {
        /// Bytes.
        STREAM(1),
        /// Messages.
        SEQPACKET(5);

        private final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /// What was received.
    ///
    /// @param bytes the message, or some bytes of the stream; none at the end
    /// @param descriptors what came with it; the receiver's now
    public record Received(byte[] bytes, List<Descriptor> descriptors) {
        /// Whether the other side has closed the connection, or is gone.
        ///
        /// @return true if nothing more comes
        public boolean isEnd() {
            return bytes.length == 0;
        }

        /// Closes all descriptors.
        public void drop() {
            descriptors.forEach(Descriptor::close);
        }
    }

    private final Descriptor descriptor;
    private final Kind kind;
    private final Path path;
    private final Object file; // that was made for a listening socket; else null

    private UnixSocket(Descriptor descriptor, Kind kind, Path path, Object file) {
        this.descriptor = descriptor;
        this.kind = kind;
        this.path = path;
        this.file = file;
    }

    /// Makes a socket with a file, to which nobody can connect before [#listen]: until then its
    /// file can be given to others. A file that a process that has ended left there is replaced.
    ///
    /// @param path where
    /// @param kind what it keeps together
    /// @return the socket
    /// @throws IOException if something else is there, or it can't be made
    public static UnixSocket bind(Path path, Kind kind) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            removeStale(path, kind);
        }
        Descriptor made = socket(kind);
        try (Arena arena = Arena.ofConfined()) {
            int rc = UnixCalls.bind(made.number(), address(arena, path), ADDRESS_BYTES);
            if (rc < 0) {
                throw new IOException(
                        "can't make socket %s: errno %d; its folder must be there and writable"
                                .formatted(path, -rc));
            }
            return new UnixSocket(made, kind, path, key(path));
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private static void removeStale(Path path, Kind kind) throws IOException {
        BasicFileAttributes there =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (there.isRegularFile() || there.isDirectory() || there.isSymbolicLink()) {
            throw new IOException(
                    "can't make socket %s: there is a file that is no socket; remove it, or choose another path"
                            .formatted(path));
        }
        try (Descriptor probe = socket(kind);
                Arena arena = Arena.ofConfined()) {
            int rc = UnixCalls.connect(probe.number(), address(arena, path), ADDRESS_BYTES);
            if (rc != -ECONNREFUSED) {
                throw new IOException(
                        "can't make socket %s: another process listens there; end it, or choose another path"
                                .formatted(path));
            }
        }
        Files.deleteIfExists(path);
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /// Lets others connect to a socket of [#bind].
    ///
    /// @param backlog how many may wait for [#accept]
    /// @throws IOException if the kernel does not want to
    public void listen(int backlog) throws IOException {
        int rc = UnixCalls.listen(descriptor.number(), backlog);
        if (rc < 0) {
            throw new IOException("can't listen at %s: errno %d".formatted(path, -rc));
        }
    }

    /// Connects.
    ///
    /// @param path where somebody listens
    /// @param kind what it keeps together
    /// @return the connection; null if nobody listens there now
    /// @throws IOException if nobody could, ever
    public static UnixSocket connect(Path path, Kind kind) throws IOException {
        Descriptor made = socket(kind);
        boolean connected = false;
        try (Arena arena = Arena.ofConfined()) {
            connected = UnixCalls.connect(made.number(), address(arena, path), ADDRESS_BYTES) == 0;
            return connected ? new UnixSocket(made, kind, path, null) : null;
        } finally {
            if (!connected) {
                made.close();
            }
        }
    }

    /// Takes a connection that waits.
    ///
    /// @return the connection; null if none does
    /// @throws IOException if this process has no descriptor left for it
    public UnixSocket accept() throws IOException {
        int fd = UnixCalls.accept(descriptor.number(), SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd == -EMFILE || fd == -ENFILE) {
            throw new IOException(
                    "can't take a connection at %s: too many files are open; raise the limit (ulimit -n)"
                            .formatted(path));
        }
        return fd < 0 ? null : new UnixSocket(Descriptor.owning(fd), kind, path, null);
    }

    /// Receives a message, or bytes of a stream.
    ///
    /// @param most bytes
    /// @return what there is; null if there is nothing now
    /// @throws IOException if the connection is broken, or a message is longer or carries more than
    ///   [#MOST_DESCRIPTORS] descriptors; all of them are closed then
    public Received receive(int most) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int controlBytes = CONTROL_HEADER_BYTES + 4 * MOST_DESCRIPTORS;
            MemorySegment bytes = arena.allocate(most, 8);
            MemorySegment control = arena.allocate(controlBytes, 8);
            MemorySegment header = header(arena, bytes, control, controlBytes);
            long n = UnixCalls.recvmsg(descriptor.number(), header, MSG_CMSG_CLOEXEC);
            if (n == -EAGAIN) {
                return null;
            }
            if (n < 0) {
                return new Received(new byte[0], List.of()); // reset: the other side is gone
            }
            List<Descriptor> received = descriptors(control, header.get(ValueLayout.JAVA_LONG, 40));
            int flags = header.get(ValueLayout.JAVA_INT, 48);
            if ((flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
                received.forEach(Descriptor::close);
                throw new IOException(
                        "a message is longer than %d bytes or has more than %d descriptors"
                                .formatted(most, MOST_DESCRIPTORS));
            }
            byte[] copy = new byte[(int) n];
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
            return new Received(copy, received);
        }
    }

    private static List<Descriptor> descriptors(MemorySegment control, long bytes) {
        List<Descriptor> all = new ArrayList<>();
        for (long at = 0; at + CONTROL_HEADER_BYTES <= bytes; ) {
            long length = control.get(ValueLayout.JAVA_LONG, at);
            if (length < CONTROL_HEADER_BYTES || at + length > bytes) {
                break;
            }
            if (control.get(ValueLayout.JAVA_INT, at + 8) == SOL_SOCKET
                    && control.get(ValueLayout.JAVA_INT, at + 12) == SCM_RIGHTS) {
                for (long i = at + CONTROL_HEADER_BYTES; i + 4 <= at + length; i += 4) {
                    all.add(Descriptor.owning(control.get(ValueLayout.JAVA_INT, i)));
                }
            }
            at += (length + 7) & ~7L;
        }
        return all;
    }

    /// Sends a message, or bytes.
    ///
    /// @param message all of it
    /// @param attached descriptors that go with it, at most [#MOST_DESCRIPTORS]; they stay the
    ///   sender's
    /// @throws IOException if the other side is gone, or does not read what it gets
    public void send(byte[] message, Descriptor... attached) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(message.length, 8);
            MemorySegment.copy(message, 0, bytes, ValueLayout.JAVA_BYTE, 0, message.length);
            int controlBytes =
                    attached.length == 0 ? 0 : CONTROL_HEADER_BYTES + 4 * attached.length;
            MemorySegment control = arena.allocate(Math.max(8, (controlBytes + 7) & ~7), 8);
            if (attached.length > 0) {
                control.set(ValueLayout.JAVA_LONG, 0, controlBytes);
                control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
                control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
                for (int i = 0; i < attached.length; i++) {
                    control.set(
                            ValueLayout.JAVA_INT,
                            CONTROL_HEADER_BYTES + 4L * i,
                            attached[i].number());
                }
            }
            MemorySegment header = header(arena, bytes, control, (controlBytes + 7) & ~7);
            long n = UnixCalls.sendmsg(descriptor.number(), header, MSG_NOSIGNAL);
            if (n == -EAGAIN) {
                throw new IOException("the other side of " + path + " does not read what it gets");
            }
            if (n != message.length) {
                throw new IOException("the other side of " + path + " has closed the connection");
            }
        }
    }

    // msghdr: name 0, its length 8, iovec 16, how many 24, control 32, its length 40, flags 48
    private static MemorySegment header(
            Arena arena, MemorySegment bytes, MemorySegment control, int controlBytes) {
        MemorySegment header = arena.allocate(HEADER_BYTES + 16, 8);
        header.set(ValueLayout.JAVA_LONG, 16, header.address() + HEADER_BYTES);
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.JAVA_LONG, 32, controlBytes == 0 ? 0 : control.address());
        header.set(ValueLayout.JAVA_LONG, 40, controlBytes);
        header.set(ValueLayout.JAVA_LONG, HEADER_BYTES, bytes.address());
        header.set(ValueLayout.JAVA_LONG, HEADER_BYTES + 8, bytes.byteSize());
        return header;
    }

    /// Who is at the other end, as the kernel vouches for it.
    ///
    /// @return the credentials of the process that connected, or that listens; null if the kernel
    ///   does not say
    public PeerCredentials peer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(12, 4);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 12);
            int rc =
                    UnixCalls.getsockopt(
                            descriptor.number(), SOL_SOCKET, SO_PEERCRED, value, length);
            return rc < 0
                    ? null
                    : new PeerCredentials(
                            value.get(ValueLayout.JAVA_INT, 0),
                            value.get(ValueLayout.JAVA_INT, 4),
                            value.get(ValueLayout.JAVA_INT, 8));
        }
    }

    /// Where it listens, or where it was connected.
    ///
    /// @return the path
    public Path path() {
        return path;
    }

    /// Its descriptor, which stays its own: to be waited for.
    ///
    /// @return the descriptor
    public Descriptor descriptor() {
        return descriptor;
    }

    /// Closes it; the file of one that listens goes, unless another has taken its place. Does
    /// nothing the second time.
    @Override
    public void close() {
        if (descriptor.isClosed()) {
            return;
        }
        descriptor.close();
        if (file != null) {
            try {
                if (file.equals(key(path))) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                // It is gone, or nobody may look at it any more: either way it is not ours.
            }
        }
    }

    private static Descriptor socket(Kind kind) throws IOException {
        int fd = UnixCalls.socket(AF_UNIX, kind.number | SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            throw new IOException("can't make a UNIX socket: errno " + -fd);
        }
        return Descriptor.owning(fd);
    }

    private static MemorySegment address(Arena arena, Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > ADDRESS_BYTES - 3) {
            throw new IOException(
                    "socket %s has a path of %d bytes; the kernel takes %d, so choose a shorter one"
                            .formatted(path, name.length, ADDRESS_BYTES - 3));
        }
        MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
        return address;
    }

    @Override
    public String toString() {
        return "socket " + path;
    }
}
