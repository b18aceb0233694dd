package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.skyway.ivshmem.region.Memory;

/// Speaks to the kernel about the interfaces of the network namespace that it was opened in (Linux,
/// `rtnetlink(7)`). One thread at a time.
final class RouteSocket implements AutoCloseable {
    /// For [#open]: the kernel tells of every change of an interface.
    static final int CHANGES = 1;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int NEW_LINK = 16;
    private static final int DELETE_LINK = 17;
    private static final int SET_LINK = 19;
    private static final int REQUEST_AND_ACKNOWLEDGE = 1 | 4;
    private static final int ERROR = 2;
    private static final int ADDRESS = 1; // IFLA_ADDRESS
    private static final int GROUP = 27; // IFLA_GROUP
    private static final int ATTRIBUTE = 4; // rtattr
    private static final int MAC_BYTES = 6;
    private static final int HEADER = 16; // nlmsghdr
    private static final int INTERFACE = 16; // ifinfomsg
    private static final int MESSAGE = HEADER + INTERFACE + 8;
    private static final int ADDRESS_BYTES = 12;
    private static final int ANSWER_BYTES = 1 << 14;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Syscalls.newState(arena);
    private final MemorySegment message = arena.allocate(MESSAGE, 8);
    private final long answer = arena.allocate(ANSWER_BYTES, 8).address();
    private final int fd;
    private int sequence;

    private RouteSocket(int groups, int flags) throws IOException {
        fd = Syscalls.socket(state, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, 0);
        int rc = fd;
        if (fd >= 0) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
            Memory.putShort(address.address(), AF_NETLINK);
            Memory.putInt(address.address() + 8, groups);
            rc = Syscalls.bind(state, fd, address);
        }
        if (rc < 0) {
            close();
            throw new IOException("can't ask about interfaces: " + Errno.describe(-rc));
        }
    }

    /// Opens one that only answers.
    ///
    /// @throws IOException if it can't be had
    static RouteSocket open() throws IOException {
        return new RouteSocket(0, 0);
    }

    /// Opens one that is told of changes and waits for none.
    ///
    /// @throws IOException if it can't be had
    static RouteSocket ofChanges() throws IOException {
        return new RouteSocket(CHANGES, SOCK_NONBLOCK);
    }

    /// What the kernel has told of since the last call.
    ///
    /// @param told receives it, in order
    /// @return false if there was more than the kernel could keep, or is more than fits in a call
    boolean changes(Consumer<InterfaceChange> told) {
        boolean all = true;
        for (int i = 0; i < 1000; i++) {
            int rc = Syscalls.read(fd, answer, ANSWER_BYTES);
            if (rc == -Errno.EAGAIN || rc == 0) {
                return all;
            }
            all &= rc > 0; // a wrong error number only has somebody look for nothing
            int length;
            for (int at = 0; at + HEADER + INTERFACE <= rc; at += length + 3 & ~3) {
                length = Memory.getInt(answer + at);
                if (length < HEADER + INTERFACE || length > rc - at) {
                    break; // cut short, or nothing that we know
                }
                change(answer + at, length, told);
            }
        }
        return false;
    }

    private static void change(long m, int length, Consumer<InterfaceChange> told) {
        int type = Memory.getShort(m + 4);
        boolean ofBridge = Memory.getByte(m + HEADER) != 0; // that it is a port of one, or no more
        if (ofBridge || type != NEW_LINK && type != DELETE_LINK) {
            return;
        }
        InterfaceState state =
                type == DELETE_LINK
                        ? InterfaceState.GONE
                        : InterfaceState.ofFlags(Memory.getInt(m + HEADER + 8));
        told.accept(new InterfaceChange(Memory.getInt(m + HEADER + 4), state, address(m, length)));
    }

    private static long address(long m, int length) {
        int size;
        for (int at = HEADER + INTERFACE; at + ATTRIBUTE <= length; at += size + 3 & ~3) {
            size = Memory.getShort(m + at);
            if (size < ATTRIBUTE || size > length - at) {
                return 0;
            }
            if (Memory.getShort(m + at + 2) == ADDRESS && size == ATTRIBUTE + MAC_BYTES) {
                long high = Integer.toUnsignedLong(Memory.getIntBE(m + at + ATTRIBUTE));
                return high << 16 | Memory.getShortBE(m + at + ATTRIBUTE + 4);
            }
        }
        return 0;
    }

    /// Puts an interface into a group.
    ///
    /// @return whether it is there
    boolean group(int interfaceIndex, int group) {
        return ask(SET_LINK, interfaceIndex, group);
    }

    /// Removes all interfaces of a group, of which the kernel takes leave at once: one after
    /// another each of them would cost it some 20 ms.
    ///
    /// @return whether they are gone
    boolean removeGroup(int group) {
        return ask(DELETE_LINK, 0, group);
    }

    private boolean ask(int type, int interfaceIndex, int group) {
        message.fill((byte) 0);
        long m = message.address();
        sequence++;
        Memory.putInt(m, MESSAGE);
        Memory.putShort(m + 4, type);
        Memory.putShort(m + 6, REQUEST_AND_ACKNOWLEDGE);
        Memory.putInt(m + 8, sequence);
        Memory.putInt(m + HEADER + 4, interfaceIndex);
        Memory.putShort(m + HEADER + INTERFACE, 8);
        Memory.putShort(m + HEADER + INTERFACE + 2, GROUP);
        Memory.putInt(m + HEADER + INTERFACE + 4, group);
        if (Syscalls.write(fd, m, MESSAGE) != MESSAGE) {
            return false;
        }
        // The kernel answers before it returns, so nothing is waited for.
        int bytes = Syscalls.read(fd, answer, ANSWER_BYTES);
        return bytes >= HEADER + 4
                && Memory.getShort(answer + 4) == ERROR
                && Memory.getInt(answer + 8) == sequence
                && Memory.getInt(answer + HEADER) == 0;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            if (fd >= 0) {
                Syscalls.close(state, fd);
            }
            arena.close();
        }
    }
}
