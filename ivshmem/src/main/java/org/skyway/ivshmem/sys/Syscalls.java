package org.skyway.ivshmem.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls of a packet socket. Each answers what the kernel answered, or the negated error
/// number. No call allocates once it is compiled.
final class Syscalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(PathElement.groupElement("errno")).withInvokeExactBehavior();

    private static final MethodHandle SOCKET = find("socket", -1, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = find("bind", -1, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            find("setsockopt", -1, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            find("getsockopt", -1, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle IOCTL = find("ioctl", 2, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle RECVMMSG =
            find("recvmmsg", -1, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle SENDMMSG =
            find("sendmmsg", -1, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = find("close", -1, JAVA_INT);

    private Syscalls() {}

    // Where a call leaves its error number: one for each thread that calls at the same time.
    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    static int socket(MemorySegment state, int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(MemorySegment state, int fd, MemorySegment address) {
        try {
            return result(
                    (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(MemorySegment state, int fd, int level, int option, MemorySegment value) {
        try {
            return result(
                    (int)
                            SETSOCKOPT.invokeExact(
                                    state, fd, level, option, value, (int) value.byteSize()),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int getsockopt(
            MemorySegment state,
            int fd,
            int level,
            int option,
            MemorySegment value,
            MemorySegment length) {
        try {
            return result(
                    (int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, MemorySegment argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int recvmmsg(MemorySegment state, int fd, MemorySegment messages, int count, int flags) {
        try {
            return result(
                    (int)
                            RECVMMSG.invokeExact(
                                    state, fd, messages, count, flags, MemorySegment.NULL),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendmmsg(MemorySegment state, int fd, MemorySegment messages, int count, int flags) {
        try {
            return result((int) SENDMMSG.invokeExact(state, fd, messages, count, flags), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(int rc, MemorySegment state) {
        return rc >= 0 ? rc : -(int) ERRNO.get(state, 0L);
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a downcall throws nothing else", e);
    }

    // firstVariadic is negative for a function of fixed arguments.
    @SuppressWarnings("restricted") // this module is the one that may
    private static MethodHandle find(
            String name, int firstVariadic, java.lang.foreign.MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup().find(name).orElseThrow();
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, arguments);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return firstVariadic < 0
                ? linker.downcallHandle(symbol, type, errno)
                : linker.downcallHandle(
                        symbol, type, errno, Linker.Option.firstVariadicArg(firstVariadic));
    }
}
