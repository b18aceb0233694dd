package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.skyway.ivshmem.region.Memory;

/// Tells which of many descriptors can be read, at a cost that does not grow with how many there
/// are (Linux, `epoll(7)`). Each is armed for one answer at a time. Nothing blocks, and neither
/// [#arm] nor [#ready] allocates. One thread; [#close] when that is done with it.
public final class ReadableSet implements AutoCloseable {
    /// Most descriptors that one call of [#ready] tells of.
    public static final int MOST_AT_ONCE = 64;

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int EPOLLIN = 1;
    private static final int EPOLLONESHOT = 1 << 30;

    // struct epoll_event is packed on x86-64, and nowhere else.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENT_BYTES = PACKED ? 12 : 16;
    private static final int DATA = PACKED ? 4 : 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Syscalls.newState(arena);
    private final long events = arena.allocate(MOST_AT_ONCE * EVENT_BYTES, 8).address();
    private final int fd;

    /// An empty set.
    ///
    /// @throws IOException if the process has too many descriptors
    public ReadableSet() throws IOException {
        fd = Syscalls.epollCreate(EPOLL_CLOEXEC);
        if (fd < 0) {
            arena.close();
            throw new IOException("can't make an epoll set: " + Errno.describe(-fd));
        }
    }

    /// Has [#ready] tell of a descriptor once, as soon as it can be read or is no good any more.
    ///
    /// @param descriptor an open one
    /// @param token what to tell, 0 or more
    /// @param again whether it was armed before, and not forgotten since
    /// @return false if the kernel does not take it
    public boolean arm(int descriptor, int token, boolean again) {
        Memory.putInt(events, EPOLLIN | EPOLLONESHOT);
        Memory.putLong(events + DATA, token);
        return Syscalls.epollCtl(fd, again ? MODIFY : ADD, descriptor, events) >= 0;
    }

    /// Has it be told of no more.
    ///
    /// @param descriptor one that was armed and is still open
    public void forget(int descriptor) {
        Syscalls.epollCtl(fd, DELETE, descriptor, events);
    }

    /// Which have become readable. Each of them has to be armed again.
    ///
    /// @param tokens receives what was given with them, room for [#MOST_AT_ONCE]
    /// @return how many
    public int ready(int[] tokens) {
        int n = Math.max(0, Syscalls.epollWait(fd, events, MOST_AT_ONCE, 0));
        for (int i = 0; i < n; i++) {
            tokens[i] = (int) Memory.getLong(events + (long) i * EVENT_BYTES + DATA);
        }
        return n;
    }

    /// Lets go of it; the descriptors stay open.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            Syscalls.close(state, fd);
            arena.close();
        }
    }
}
