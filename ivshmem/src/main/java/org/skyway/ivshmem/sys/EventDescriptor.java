package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// An `eventfd(2)`, by which one process wakes another. One thread at a time signals.
///
/// **One that was received** is the other side's as well: it may make the descriptor a blocking one
/// and fill its counter, and then [#signal] waits. Whoever looks after the port sees that
/// ([#isStuck]) and empties a full counter ([#release]), which ends the wait.
public final class EventDescriptor implements AutoCloseable {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final long FULL = -2; // unsigned: one more, and a writer waits
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final String KIND = "anon_inode:[eventfd]";
    private static final VarHandle SIGNALLING;

    static {
        try {
            SIGNALLING =
                    MethodHandles.lookup()
                            .findVarHandle(EventDescriptor.class, "signalling", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Descriptor descriptor;
    private final int number; // asked once: the packet's way has no time to check
    private boolean signalling; // opaque

    private EventDescriptor(Descriptor descriptor) {
        this.descriptor = descriptor;
        number = descriptor.number();
    }

    /// Makes one.
    ///
    /// @return it
    /// @throws IOException if the process has too many descriptors
    public static EventDescriptor create() throws IOException {
        int fd = UnixCalls.eventfd(EFD_NONBLOCK | EFD_CLOEXEC);
        if (fd < 0) {
            throw new IOException("can't make an eventfd: errno " + -fd);
        }
        return new EventDescriptor(Descriptor.owning(fd));
    }

    /// Takes one that was received.
    ///
    /// @param received whatever it is; owned by the result, or closed
    /// @return it
    /// @throws IOException if it is something else, which could keep waiting whoever writes to it
    public static EventDescriptor of(Descriptor received) throws IOException {
        String what = received.target();
        if (!what.equals(KIND)) {
            received.close();
            throw new IOException("a descriptor that has to be an eventfd is " + what);
        }
        int fd = received.number();
        UnixCalls.fcntl(fd, F_SETFL, UnixCalls.fcntl(fd, F_GETFL, 0) | EFD_NONBLOCK);
        return new EventDescriptor(received);
    }

    /// Wakes the other side. Not during or after [#close].
    public void signal() {
        SIGNALLING.setOpaque(this, true);
        UnixCalls.signal(number, 1);
        SIGNALLING.setOpaque(this, false);
    }

    /// Whether a thread is in [#signal] now. If it still is a while later, it may wait.
    ///
    /// @return true if so
    public boolean isStuck() {
        return (boolean) SIGNALLING.getOpaque(this);
    }

    /// Frees a thread that waits in [#signal], if the counter is full; otherwise changes nothing,
    /// so nobody misses an event.
    ///
    /// @return whether the counter was full, which no honest side has it
    public boolean release() {
        long value = read();
        if (value == FULL) {
            return true;
        }
        if (value != 0) {
            UnixCalls.signal(number, value);
        }
        return false;
    }

    /// Empties the counter.
    ///
    /// @return whether it had been signalled
    public boolean drain() {
        return read() != 0;
    }

    // What was counted, or 0.
    private long read() {
        // The other side may have made it a blocking one again.
        UnixCalls.fcntl(number, F_SETFL, UnixCalls.fcntl(number, F_GETFL, 0) | EFD_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 8);
            return UnixCalls.read(number, value, 8) == 8 ? value.get(ValueLayout.JAVA_LONG, 0) : 0;
        }
    }

    /// Its descriptor, which stays its own: to be passed on, or waited for.
    ///
    /// @return the descriptor
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
