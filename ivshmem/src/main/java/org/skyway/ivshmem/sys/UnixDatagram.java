package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Datagrams to a UNIX socket, unix(7), of which the JDK knows only streams. Any thread.
public final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;
    private static final int LONGEST_NAME = 107;

    private UnixDatagram() {}

    /// Sends one. Waits while the receiver's queue is full, as long as there is a receiver.
    ///
    /// @param address a file's path, which begins with `/`, or `@` and a name in the abstract
    ///   namespace; 1 to 107 bytes in UTF-8
    /// @param message its bytes
    /// @throws IOException if nobody receives there, or this process may not send there
    public static void send(String address, byte[] message) throws IOException {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        boolean named = address.startsWith("/") || address.startsWith("@");
        if (!named || name.length > LONGEST_NAME || address.length() < 2) {
            throw new IOException(
                    "\"%s\" is no UNIX socket; it is a path from / or @ and a name, of at most %d bytes"
                            .formatted(address, LONGEST_NAME));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Syscalls.newState(arena);
            int fd = Syscalls.socket(state, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            int rc = fd;
            if (fd >= 0) {
                MemorySegment bytes = arena.allocate(message.length + 1L); // never of no bytes
                bytes.asByteBuffer().put(message);
                MemorySegment data = bytes.asSlice(0, message.length);
                rc = Syscalls.sendto(state, fd, data, MSG_NOSIGNAL, socketAddress(arena, name));
                Syscalls.close(state, fd);
            }
            if (rc < 0) {
                throw new IOException(
                        "can't send to UNIX socket %s: %s".formatted(address, why(rc)));
            }
        }
    }

    // A path ends with a zero byte; an abstract name begins with one and ends where the length
    // says.
    private static MemorySegment socketAddress(Arena arena, byte[] name) {
        boolean isAbstract = name[0] == '@';
        MemorySegment address = arena.allocate(FAMILY_BYTES + name.length + 1L, 2);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        for (int i = isAbstract ? 1 : 0; i < name.length; i++) {
            address.set(JAVA_BYTE, FAMILY_BYTES + i, name[i]);
        }
        return isAbstract ? address.asSlice(0, FAMILY_BYTES + name.length) : address;
    }

    private static String why(int rc) {
        return switch (-rc) {
            case Errno.EPERM, Errno.EACCES -> "permission denied";
            case Errno.ENOENT -> "there is no such file";
            case Errno.ECONNREFUSED -> "nobody receives there";
            case Errno.EMSGSIZE -> "the message is too long";
            default -> "errno " + -rc;
        };
    }
}
